package storage

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"

	"prefect/engine/block"
	"prefect/engine/ordered"
)

// Location is where a package is kept: a folder of this machine, or what is below a prefix in a
// bucket of S3.
type Location struct {
	Folder string // absolute; "" for S3

	Bucket    string
	Prefix    string // without slashes at its ends; "" for the whole bucket
	Endpoint  string // address of the service; "" for Amazon's, or what the environment says
	Region    string // "" for what the environment says
	Anonymous bool   // a public bucket, read without credentials
}

// String is the location as Prefect writes it.
func (l Location) String() string {
	if l.Folder != "" {
		return l.Folder
	}
	return "s3://" + path.Join(l.Bucket, l.Prefix)
}

// Locate gives the place that a block's values and a path below it name. sub is "" or a relative
// path with slashes. Relative folders are taken from the current one.
func Locate(typ string, values yaml.MapSlice, sub string) (Location, error) {
	values, err := block.Check(typ, values)
	if err != nil {
		return Location{}, err
	}
	if sub, err = checkSub(sub); err != nil {
		return Location{}, err
	}
	switch typ {
	case "local-file-system":
		base, _ := ordered.Get(values, "basepath")
		return inFolder(textOf(base), sub)
	case "s3":
		return Location{Endpoint: get(values, "endpoint_url"), Region: get(values, "region_name")}.inBucket(get(values, "bucket_path"), sub)
	case "remote-file-system":
		return remote(values, sub)
	}
	return Location{}, fmt.Errorf("flows can't be stored in a block of the type %s; use local-file-system, s3 or remote-file-system", typ)
}

func remote(values yaml.MapSlice, sub string) (Location, error) {
	scheme, rest, _ := strings.Cut(get(values, "basepath"), "://")
	if scheme == "file" {
		folder, err := fileURL(rest)
		if err != nil {
			return Location{}, err
		}
		return inFolder(folder, sub)
	}
	settings := mapOf(values, "settings")
	client := mapOf(settings, "client_kwargs")
	l := Location{Endpoint: get(settings, "endpoint_url"), Region: get(client, "region_name")}
	if endpoint := get(client, "endpoint_url"); endpoint != "" {
		l.Endpoint = endpoint
	}
	anonymous, _ := ordered.Get(settings, "anon")
	l.Anonymous = anonymous == true
	return l.inBucket(rest, sub)
}

// fileURL gives the path of a file URL, behind its slashes.
func fileURL(rest string) (string, error) {
	text, err := url.PathUnescape(rest)
	if err != nil {
		return "", fmt.Errorf("basepath is 'file://%s': %w", rest, err)
	}
	if windows := strings.TrimPrefix(text, "/"); filepath.VolumeName(windows) != "" {
		text = windows // file:///C:/flows
	}
	return filepath.FromSlash(text), nil
}

func inFolder(folder, sub string) (Location, error) {
	if folder == "~" || strings.HasPrefix(folder, "~/") {
		home, err := os.UserHomeDir()
		if err != nil {
			return Location{}, fmt.Errorf("basepath is '%s', but there is no home folder", folder)
		}
		folder = home + folder[1:]
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return Location{}, fmt.Errorf("find the folder of the block: %w", err)
	}
	return Location{Folder: filepath.Join(folder, filepath.FromSlash(sub))}, nil
}

// inBucket adds the bucket and the prefix of "bucket/folder/...".
func (l Location) inBucket(bucketPath, sub string) (Location, error) {
	l.Bucket, l.Prefix, _ = strings.Cut(bucketPath, "/")
	l.Prefix = strings.Trim(l.Prefix, "/")
	for _, part := range []string{l.Prefix, sub} {
		if part == "" {
			continue
		}
		if err := checkPath(part); err != nil {
			return l, err
		}
	}
	l.Prefix = strings.Trim(l.Prefix+"/"+sub, "/")
	return l, nil
}

// checkSub gives the path below a block in one form.
func checkSub(sub string) (string, error) {
	if sub = strings.TrimSuffix(sub, "/"); sub == "" || sub == "." {
		return "", nil
	}
	sub = strings.TrimPrefix(sub, "./")
	if strings.HasPrefix(sub, "/") || checkPath(sub) != nil {
		return "", errors.New("the path '" + sub + "' is not one below the storage block; write it as FOLDER/FOLDER")
	}
	return sub, nil
}

func get(values yaml.MapSlice, key string) string {
	v, _ := ordered.Get(values, key)
	return textOf(v)
}

func textOf(v any) string {
	s, _ := v.(string)
	return s
}

func mapOf(values yaml.MapSlice, key string) yaml.MapSlice {
	v, _ := ordered.Get(values, key)
	m, _ := v.(yaml.MapSlice)
	return m
}
