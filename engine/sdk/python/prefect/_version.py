"""The package's version: Prefect's, and ours after the plus sign. Written anew when it is extracted."""

VERSION = "2.1.1+go.dev"
