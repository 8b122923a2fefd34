package cli

import (
	"fmt"

	"prefect/engine/storage/s3test"

	"github.com/rogpeppe/go-internal/testscript"
)

// condition knows [s3]: a real S3 server can be started.
func condition(name string) (bool, error) {
	if name != "s3" {
		return false, fmt.Errorf("unknown condition %q", name)
	}
	return s3test.Available() == nil, nil
}

func startS3(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: s3server")
	}
	s, err := s3test.Run(ts.MkAbs("s3"), "flows")
	ts.Check(err)
	ts.Defer(s.Stop)
	ts.Setenv("S3", s.URL)
	ts.Setenv("AWS_ACCESS_KEY_ID", s3test.AccessKey)
	ts.Setenv("AWS_SECRET_ACCESS_KEY", s3test.SecretKey)
}
