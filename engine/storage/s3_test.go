package storage

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"prefect/engine/storage/s3test"
)

// s3Place starts a server, a proxy before it, and gives the location "bucket/flows" there.
func s3Place(t *testing.T) (Location, *s3test.Server, *s3test.Proxy) {
	t.Helper()
	s := s3test.Start(t, t.TempDir(), "bucket")
	t.Cleanup(s.Stop)
	p := s3test.NewProxy(s)
	t.Cleanup(p.Close)
	forgetAWS(t)
	t.Setenv("AWS_ACCESS_KEY_ID", s3test.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3test.SecretKey)
	return Location{Bucket: "bucket", Prefix: "flows", Endpoint: p.URL}, s, p
}

// forgetAWS keeps the settings of whoever runs the tests out of them.
func forgetAWS(t *testing.T) {
	t.Helper()
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("HOME", t.TempDir())
}

func upload(t *testing.T, l Location, root string) Uploaded {
	t.Helper()
	u, err := Upload(context.Background(), l, root, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func fetch(t *testing.T, l Location, home string) (Fetched, string) {
	t.Helper()
	dir := t.TempDir()
	f, err := Fetch(context.Background(), l, home, dir)
	if err != nil {
		t.Fatal(err)
	}
	return f, dir
}

func TestS3ThereAndBack(t *testing.T) {
	l, _, proxy := s3Place(t)
	root, home := t.TempDir(), t.TempDir()
	large := bytes.Repeat([]byte("0123456789abcdef"), 20<<20/16+7) // three parts
	plant(t, root, map[string]string{
		"flow.py": "one", "empty.txt": "", "data/große Datei.bin": string(large), "a b+c&d=e%20.txt": "odd", "new\nline": "n", "run.sh": "!x",
		"link": "->flow.py", "data/up": "->../flow.py", "folder": "->data", "quote\"'<>?#.txt": "q", "z;:@,$!*(){}[]|\\^~`": "z",
	})
	if u := upload(t, l, root); u.Files != 11 || u.Sent != 11 {
		t.Errorf("%+v", u)
	}
	f, dir := fetch(t, l, home)
	if f.Files != 11 || f.Bytes != int64(len(large))+3+3+1+1+1+1 {
		t.Errorf("%+v", f)
	}
	sameTree(t, root, dir)

	// A second run asks for the list and fetches nothing.
	proxy.Asked("")
	f, dir = fetch(t, l, home)
	sameTree(t, root, dir)
	if asked := proxy.Asked("GET /bucket/flows/"); f.Bytes != 0 || len(asked) != 1 || !strings.HasPrefix(asked[0], "GET /bucket/flows/"+indexName) {
		t.Errorf("fetched %d bytes by %q", f.Bytes, asked)
	}

	// A second build with one changed file sends one file.
	plant(t, root, map[string]string{"flow.py": "two"})
	if u := upload(t, l, root); u.Sent != 1 || u.Bytes != 3 {
		t.Errorf("%+v", u)
	}
	if asked := proxy.Asked("PUT "); len(asked) != 2 || !strings.HasPrefix(asked[0], "PUT /bucket/flows/flow.py") || !strings.HasPrefix(asked[1], "PUT /bucket/flows/"+indexName) {
		t.Errorf("%q", asked)
	}
	if u := upload(t, l, root); u.Sent != 0 {
		t.Errorf("%+v", u)
	}
	if asked := proxy.Asked("PUT "); len(asked) != 0 {
		t.Errorf("a build without a change has sent %q", asked)
	}
	f, dir = fetch(t, l, home)
	sameTree(t, root, dir)
	if f.Bytes != 3 {
		t.Errorf("fetched %d bytes of one changed file", f.Bytes)
	}
}

// What other programs have put there is fetched as well, and remembered by its ETag.
func TestS3FilesOfOthers(t *testing.T) {
	l, server, proxy := s3Place(t)
	home := t.TempDir()
	if err := Write(context.Background(), l, "sub/flow.py", []byte("theirs")); err != nil {
		t.Fatal(err)
	}
	f, dir := fetch(t, l, home)
	if got := read(t, dir, "sub/flow.py"); got != "theirs" || f.Bytes != 6 {
		t.Errorf("%q, %+v", got, f)
	}
	proxy.Asked("")
	if f, _ = fetch(t, l, home); f.Bytes != 0 || len(proxy.Asked("GET /bucket/flows/")) != 0 {
		t.Errorf("fetched again: %+v", f)
	}
	// Ours over theirs, then theirs over ours: an index is believed only about what it describes.
	root := t.TempDir()
	plant(t, root, map[string]string{"sub/flow.py": "ours!!"})
	upload(t, l, root)
	if err := Write(context.Background(), l, "sub/flow.py", []byte("theirs")); err != nil {
		t.Fatal(err)
	}
	if _, dir = fetch(t, l, home); read(t, dir, "sub/flow.py") != "theirs" {
		t.Error("the stored copy was taken for what is there")
	}
	if u := upload(t, l, root); u.Sent != 1 {
		t.Errorf("%+v", u)
	}
	if got := read(t, server.Folder, "bucket/flows/sub/flow.py"); got != "ours!!" {
		t.Errorf("%q", got)
	}
}

func TestS3Errors(t *testing.T) {
	l, _, proxy := s3Place(t)
	root := t.TempDir()
	plant(t, root, map[string]string{"flow.py": "one"})
	try := func(l Location) string {
		t.Helper()
		_, err := Upload(context.Background(), l, root, Options{})
		if err == nil {
			t.Fatal("no error")
		}
		_, other := Fetch(context.Background(), l, t.TempDir(), t.TempDir())
		if other == nil {
			t.Fatal("no error when fetching")
		}
		if text := err.Error() + other.Error(); strings.Contains(text, s3test.SecretKey) || strings.Contains(text, "wrong-secret") || strings.Contains(text, "\n") {
			t.Errorf("%s", text)
		}
		return err.Error()
	}
	expect := func(l Location, want string) {
		t.Helper()
		if got := try(l); !strings.Contains(got, want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	missing := l
	missing.Bucket = "no-such-bucket"
	expect(missing, "list s3://no-such-bucket/flows: there is no bucket 'no-such-bucket' at http://127.0.0.1:")

	nowhere := l
	nowhere.Endpoint = "http://127.0.0.1:1"
	expect(nowhere, "http://127.0.0.1:1 can't be reached: connection refused; check the network")

	proxy.Fail(func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusBadGateway)
		return true
	})
	expect(l, "answers 502 Bad Gateway")
	proxy.Fail(nil)

	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong-secret")
	expect(l, "does not accept the credentials (SignatureDoesNotMatch); check AWS_ACCESS_KEY_ID")
	t.Setenv("AWS_ACCESS_KEY_ID", "nobody")
	expect(l, "does not accept the credentials (")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	expect(l, "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	expect(l, "there are no credentials for s3://bucket/flows: set AWS_ACCESS_KEY_ID")
	t.Setenv("AWS_PROFILE", "work")
	expect(l, "use the AWS profile 'work': ")

	// The usual files are read.
	file := filepath.Join(os.Getenv("HOME"), ".aws", "credentials")
	plant(t, filepath.Dir(file), map[string]string{"credentials": "[work]\naws_access_key_id = " + s3test.AccessKey + "\naws_secret_access_key = " + s3test.SecretKey + "\n"})
	if u := upload(t, l, root); u.Sent != 1 {
		t.Errorf("%+v", u)
	}
}

// A service that fails for a while costs some time and nothing else.
func TestS3Retries(t *testing.T) {
	l, _, proxy := s3Place(t)
	root := t.TempDir()
	plant(t, root, map[string]string{"a.py": "a", "b.py": "b", "large.bin": strings.Repeat("x", partSize+1)})
	var mu sync.Mutex
	tries := map[string]int{}
	proxy.Fail(func(w http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		tries[r.Method+r.URL.RequestURI()]++
		switch tries[r.Method+r.URL.RequestURI()] {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		case 2:
			panic(http.ErrAbortHandler) // the connection ends without an answer
		}
		return false
	})
	if u := upload(t, l, root); u.Sent != 3 {
		t.Errorf("%+v", u)
	}
	_, dir := fetch(t, l, t.TempDir())
	sameTree(t, root, dir)
}

func TestS3TakesNotEveryName(t *testing.T) {
	l, server, _ := s3Place(t)
	for name, want := range map[string]string{
		"bad\xff.txt": "is not UTF-8",
		strings.Repeat(strings.Repeat("d", 200)+"/", 5) + strings.Repeat("f", 100): "longer than the 1024 bytes",
		indexName: "is needed for the list of the files",
	} {
		root := t.TempDir()
		plant(t, root, map[string]string{"a.py": "a", name: "x"})
		_, err := Upload(context.Background(), l, root, Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v", name, err)
		}
	}
	if entries, _ := os.ReadDir(filepath.Join(server.Folder, "bucket")); len(entries) != 0 {
		t.Errorf("%v was sent nevertheless", entries)
	}
}

func TestS3LongLists(t *testing.T) {
	l, server, proxy := s3Place(t)
	const n = 2100 // three pages
	for i := range n {
		plant(t, filepath.Join(server.Folder, "bucket", "flows"), map[string]string{fmt.Sprintf("%04d ä+&.py", i): "x"})
	}
	b, err := l.connect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	objects, _, err := b.list(context.Background())
	if _, ok := objects["2099 ä+&.py"]; len(objects) != n || !ok || err != nil {
		t.Errorf("%d objects, %v", len(objects), err)
	}
	// A service that always answers with the same page is not asked for ever.
	proxy.Fail(func(w http.ResponseWriter, r *http.Request) bool {
		fmt.Fprint(w, "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken></ListBucketResult>")
		return true
	})
	if _, _, err := b.list(context.Background()); err == nil || !strings.Contains(err.Error(), "does not say how its list goes on") {
		t.Errorf("%v", err)
	}
}

// Parts are put together in answer to a request that is answered before it is carried out, and may
// fail after all. What was sent is thrown away then.
func TestS3LargeFileThatIsRefused(t *testing.T) {
	l, server, proxy := s3Place(t)
	root := t.TempDir()
	plant(t, root, map[string]string{"large.bin": strings.Repeat("x", partSize+1)})
	proxy.Fail(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == "POST" && r.URL.Query().Has("uploadId") {
			fmt.Fprint(w, "<?xml version='1.0'?>   <Error><Code>InternalError</Code><Message>We encountered an error.</Message></Error>")
			return true
		}
		return false
	})
	_, err := Upload(context.Background(), l, root, Options{})
	if err == nil || !strings.Contains(err.Error(), "upload large.bin to s3://bucket/flows: "+proxy.URL+" answers 200 We encountered an error.") {
		t.Errorf("%v", err)
	}
	if asked := proxy.Asked("DELETE /bucket/flows/large.bin?uploadId="); len(asked) != 1 {
		t.Errorf("%q", asked)
	}
	if entries, err := os.ReadDir(filepath.Join(server.Folder, "bucket", "flows")); len(entries) != 0 {
		t.Errorf("%v, %v", entries, err)
	}
}
