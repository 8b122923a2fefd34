// Package s3test starts a real S3 server for tests: versitygw over a plain folder, where each
// bucket is a folder and each object a file. It is built once from the Go module proxy into the
// user's cache folder; where that can't be done the test is skipped.
package s3test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

const (
	module  = "github.com/versity/versitygw/cmd/versitygw"
	version = "v1.8.0"

	// AccessKey and SecretKey are those of the server's only user.
	AccessKey = "test-access-key"
	SecretKey = "test-secret-key-of-the-server"
)

// T is the part of *testing.T that is needed.
type T interface {
	Helper()
	Skip(args ...any)
	Fatal(args ...any)
}

// Server is one that runs.
type Server struct {
	URL     string // of its endpoint
	Folder  string // its buckets, as folders
	process *exec.Cmd
	output  bytes.Buffer
}

// build gives the path of the server's program.
var build = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "prefect-tests", "versitygw-"+version)
	program := filepath.Join(dir, "versitygw")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	cmd := exec.Command("go", "install", module+"@"+version)
	cmd.Env = append(os.Environ(), "GOBIN="+dir, "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go install %s@%s: %w\n%s", module, version, err, out)
	}
	return program, nil
})

// Available says whether a server can be started here, or why not.
func Available() error {
	_, err := build()
	return err
}

// Start starts a server for a test, see Run, or skips the test where there can be none.
func Start(t T, folder, bucket string) *Server {
	t.Helper()
	if err := Available(); err != nil {
		t.Skip("needs a real S3 server: ", err)
	}
	s, err := Run(folder, bucket)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Run starts a server over a folder, with one bucket in it. Stop it when done.
func Run(folder, bucket string) (*Server, error) {
	program, err := build()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(folder, bucket), 0o755); err != nil {
		return nil, err
	}
	// The port may be taken by somebody else between the look and the start.
	for range 5 {
		s := &Server{Folder: folder}
		if err = s.start(program); err == nil {
			return s, nil
		}
	}
	return nil, err
}

func (s *Server) start(program string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := l.Addr().String()
	l.Close()
	s.URL = "http://" + address
	s.process = exec.Command(program, "--port", address, "--quiet", "--health", "/health", "posix", s.Folder)
	s.process.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+AccessKey, "ROOT_SECRET_KEY="+SecretKey)
	s.process.Stdout, s.process.Stderr = &s.output, &s.output
	if err := s.process.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { s.process.Wait(); close(ended) }()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		select {
		case <-ended:
			return fmt.Errorf("the S3 server has ended: %s", s.output.Bytes())
		default:
		}
		if answer, err := http.Get(s.URL + "/health"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
	}
	s.Stop()
	return fmt.Errorf("the S3 server does not answer: %s", s.output.Bytes())
}

// Stop ends the server.
func (s *Server) Stop() { s.process.Process.Kill() }
