package block

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"prefect/engine/ordered"

	"github.com/goccy/go-yaml"
)

var noon = time.Date(2030, 1, 2, 12, 0, 0, 0, time.UTC)

func values(t *testing.T, json string) yaml.MapSlice {
	t.Helper()
	m, err := ordered.DecodeMap([]byte(json))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func encoded(t *testing.T, m yaml.MapSlice) string {
	t.Helper()
	raw, err := ordered.Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestSaveLoadDelete(t *testing.T) {
	home := t.TempDir()
	b := Block{Type: "s3", Name: "prod", Values: values(t, `{"endpoint_url":"http://h:9000","bucket_path":"b/dir"}`)}
	saved, err := Save(home, b, false, noon)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Load(home, "s3", "prod")
	if err != nil || fmt.Sprint(got) != fmt.Sprint(saved) || got.TypeName != "S3" || !got.Created.Equal(noon) {
		t.Errorf("%+v, %v", got, err)
	}
	if got := encoded(t, got.Values); got != `{"bucket_path":"b/dir","endpoint_url":"http://h:9000"}` {
		t.Error(got)
	}
	file := filepath.Join(home, "blocks", "s3", "prod.json")
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, err := Save(home, b, false, noon); !errors.Is(err, ErrTaken) {
		t.Error(err)
	}
	b.Values = values(t, `{"bucket_path":"other"}`)
	again, err := Save(home, b, true, noon.Add(time.Hour))
	if err != nil || again.ID != saved.ID || !again.Created.Equal(noon) || !again.Updated.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v, %v", again, err)
	}
	if byID, err := ByID(home, strings.ToUpper(saved.ID)); err != nil || byID.Slug() != "s3/prod" {
		t.Errorf("%+v, %v", byID, err)
	}
	if err := Delete(home, "s3", "prod"); err != nil {
		t.Error(err)
	}
	for _, err := range []error{Delete(home, "s3", "prod"), second(Load(home, "s3", "prod")), second(Load(home, "../x", "y")), Delete(home, "s3", "../x"), second(ByID(home, saved.ID))} {
		if !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(home, "blocks", "s3", "*")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func second(_ Block, err error) error { return err }

// The file that Python has written long ago has an id and values only.
func TestFilesOfPython(t *testing.T) {
	home := t.TempDir()
	write := func(path, content string) {
		t.Helper()
		full := filepath.Join(home, "blocks", path)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("my-type/one.json", `{"id": "0b3c9b5e-3c1a-4d6e-8a43-54d3a1c3b1aa", "values": {"b": 1, "a": [true, null]}}`)
	write("secret/two.json", `{"id": "0b3c9b5e-3c1a-4d6e-8a43-54d3a1c3b1ab", "values": {"value": "hush"}}`)
	write("secret/two.json.123.tmp", `half`)
	write("s3/old.json", `{"id": "0b3c9b5e-3c1a-4d6e-8a43-54d3a1c3b1ac", "values": {"bucket_path": "b", "aws_secret_access_key": "hush", "endpoint_url": "http://me:hush@h:1/x"}}`)
	write("my-type/three.json", `{"id": "0b3c9b5e-3c1a-4d6e-8a43-54d3a1c3b1ad", "type_name": "My Type", "secrets": ["deep"], "values": {"deep": {"x": "hush"}, "n": 1}}`)
	all, err := List(home)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, b := range all {
		got += fmt.Sprintf("%s (%s): %s\n", b.Slug(), b.TypeName, encoded(t, b.Shown()))
		if b.Created.IsZero() {
			t.Errorf("%s was never created", b.Slug())
		}
	}
	if want := `my-type/one (my-type): {"b":1,"a":[true,null]}
my-type/three (My Type): {"deep":"********","n":1}
s3/old (S3): {"bucket_path":"b","aws_secret_access_key":"********","endpoint_url":"http://********@h:1/x"}
secret/two (Secret): {"value":"********"}
`; got != want {
		t.Errorf("%s", got)
	}
	write("s3/bad.json", `{"id":`)
	if _, err := List(home); err == nil || !strings.Contains(err.Error(), "bad.json is not a block: ") {
		t.Error(err)
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct{ typ, values, want string }{
		{"local-file-system", `{"basepath":"/x"}`, ""},
		{"local-file-system", `{}`, ""},
		{"local-file-system", `{"basepath":null}`, ""},
		{"local-file-system", `{"basepath":3}`, "basepath must be a text"},
		{"local-file-system", `{"base":"/x"}`, "a local-file-system block has no base; it has basepath"},
		{"s3", `{"bucket_path":"b"}`, ""},
		{"s3", `{"bucket_path":"b/x/","aws_access_key_id":null,"aws_secret_access_key":null,"endpoint_url":"https://h","region_name":"eu-west-1"}`, ""},
		{"s3", `{}`, "bucket_path is missing"},
		{"s3", `{"bucket_path":""}`, "bucket_path is missing"},
		{"s3", `{"bucket_path":"s3://b"}`, "without a scheme"},
		{"s3", `{"bucket_path":"/b"}`, "must begin with the bucket's name"},
		{"s3", `{"bucket_path":"b","endpoint_url":"h:9000"}`, "endpoint_url is 'h:9000', but must be an address"},
		{"s3", `{"bucket_path":"b","endpoint_url":"http://h/x"}`, "must end behind the host and port"},
		{"s3", `{"bucket_path":"b","endpoint_url":"http://u:hush@h"}`, "endpoint_url holds a name and a password: credentials are never stored"},
		{"s3", `{"bucket_path":"b","aws_access_key_id":"hush"}`, "aws_access_key_id can't be part of a block: credentials are never stored; set AWS_ACCESS_KEY_ID"},
		{"s3", `{"bucket_path":"b","aws_secret_access_key":"hush"}`, "aws_secret_access_key can't be part"},
		{"remote-file-system", `{"basepath":"s3://b/x"}`, ""},
		{"remote-file-system", `{"basepath":"file:///x","settings":{}}`, ""},
		{"remote-file-system", `{"basepath":"s3://b","settings":{"anon":true,"client_kwargs":{"endpoint_url":"http://h:1","region_name":"x"}}}`, ""},
		{"remote-file-system", `{"basepath":"b/x"}`, "must start with a scheme"},
		{"remote-file-system", `{"basepath":"gs://b"}`, "only s3:// and file:// can be used here"},
		{"remote-file-system", `{"basepath":"file://x"}`, "must be followed by an absolute path"},
		{"remote-file-system", `{"basepath":"s3://"}`, "must include a bucket"},
		{"remote-file-system", `{"basepath":"s3://k:hush@b"}`, "basepath holds a name and a password"},
		{"remote-file-system", `{"basepath":"s3://b","settings":{"key":"hush"}}`, "settings.key can't be part"},
		{"remote-file-system", `{"basepath":"s3://b","settings":{"client_kwargs":{"aws_secret_access_key":"hush"}}}`, "settings.client_kwargs.aws_secret_access_key can't be part"},
		{"remote-file-system", `{"basepath":"s3://b","settings":{"secret":["hush"]}}`, "settings.secret can't be part"},
		{"remote-file-system", `{"basepath":"s3://b","settings":{"use_ssl":false}}`, "settings.use_ssl has no effect here"},
		{"remote-file-system", `{"basepath":"s3://b","settings":[]}`, "settings must be a mapping"},
		{"remote-file-system", `{"basepath":"s3://b","settings":{"client_kwargs":{"endpoint_url":"x"}}}`, "settings.client_kwargs.endpoint_url is 'x'"},
		{"string", `{"value":"x"}`, ""},
		{"unknown", `{"key":"any"}`, ""},
	} {
		_, err := Check(c.typ, values(t, c.values))
		if (c.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v", c.typ, c.values, err)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("it tells the secret: %v", err)
		}
		home := t.TempDir()
		if _, err := Save(home, Block{Type: c.typ, Name: "x", Values: values(t, c.values)}, true, noon); (c.want == "") != (err == nil) {
			t.Errorf("%s %s saved: %v", c.typ, c.values, err)
		}
		if left, _ := filepath.Glob(filepath.Join(home, "blocks", "*", "*")); c.want != "" && len(left) != 0 {
			t.Errorf("%s %s: %v was written", c.typ, c.values, left)
		}
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"", "Prod", "a_b", "a b", "../x", "a/b", "ä"} {
		if _, err := Save(t.TempDir(), Block{Type: "string", Name: name}, false, noon); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
	for slug, ok := range map[string]bool{"s3/prod": true, "s3": false, "s3/": false, "/x": false, "s3/a/b": false} {
		if _, _, err := ParseSlug(slug); (err == nil) != ok {
			t.Errorf("%s: %v", slug, err)
		}
	}
}
