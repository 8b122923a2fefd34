"""Python's own start."""
