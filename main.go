// Command prefect runs deployments on one machine, as Prefect 2.1 does.
package main

import (
	"os"

	"prefect/cli"
)

func main() {
	os.Exit(cli.Main(os.Args, os.Stdin, os.Stdout, os.Stderr))
}
