package storage

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// indexName is the object beside a package in S3 that holds what objects can't: sums, which files
// are programs, and links. It is only believed about objects that are still as it says, so it does
// no harm that other programs write to the same place.
const indexName = ".prefect-files.json"

// maxIndex is the largest index that is read, in bytes.
const maxIndex = 256 << 20

type index struct {
	Version int          `json:"version"`
	Files   []indexEntry `json:"files"`
}

type indexEntry struct {
	Path string `json:"path"`
	ETag string `json:"etag,omitempty"`
	Size int64  `json:"size"`
	Sum  string `json:"sha256,omitempty"`
	Exec bool   `json:"exec,omitempty"`
	Link string `json:"link,omitempty"`
}

// object is one that a listing has, by its path below the prefix.
type object struct {
	ETag string
	Size int64
}

// list returns the objects below the prefix, and whether the index is one of them.
func (b *bucket) list(ctx context.Context) (objects map[string]object, indexed bool, err error) {
	prefix := b.key("")
	objects = map[string]object{}
	query := url.Values{"list-type": {"2"}, "prefix": {prefix}, "encoding-type": {"url"}}
	for more := true; more; {
		var page listPage
		if err := b.ask(ctx, request{method: http.MethodGet, query: query}, &page); err != nil {
			return nil, false, b.failed("list", err)
		}
		for _, o := range page.Contents {
			key, err := page.decode(o.Key)
			if err != nil {
				return nil, false, b.failed("list", err)
			}
			path := strings.TrimPrefix(key, prefix)
			switch {
			case path == indexName:
				indexed = true
			case path == "" || strings.HasSuffix(path, "/") && o.Size == 0:
				// What consoles make to show a folder.
			default:
				objects[path] = object{bareETag(o.ETag), o.Size}
			}
		}
		if more = page.IsTruncated; more && query.Get("continuation-token") == page.NextContinuationToken {
			return nil, false, fmt.Errorf("list %s: %s does not say how its list goes on", b.Location, b.endpoint)
		}
		query.Set("continuation-token", page.NextContinuationToken)
	}
	return objects, indexed, nil
}

// listPage is one answer to a request for a list.
type listPage struct {
	EncodingType          string
	IsTruncated           bool
	NextContinuationToken string
	Contents              []struct {
		Key  string
		ETag string
		Size int64
	}
}

// decode gives a name of the page. They are asked for encoded, as XML can't hold every character, and
// services that don't know that send them as they are.
func (p listPage) decode(key string) (string, error) {
	if p.EncodingType != "url" {
		return key, nil
	}
	return url.QueryUnescape(key)
}

// readIndex returns what the index says about objects that are as it has them, and about links
// whose place no object has taken.
func (b *bucket) readIndex(ctx context.Context, objects map[string]object) (map[string]indexEntry, error) {
	o, err := b.get(ctx, indexName, "")
	if isGone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, b.failed("read the index of", err)
	}
	defer o.Close()
	text, err := io.ReadAll(io.LimitReader(o, maxIndex))
	if err != nil {
		return nil, b.failed("read the index of", err)
	}
	var ix index
	if json.Unmarshal(text, &ix) != nil || ix.Version != 1 {
		return nil, nil // another program's; everything can be had without
	}
	known := map[string]indexEntry{}
	for _, e := range ix.Files {
		o, there := objects[e.Path]
		if there && e.Link == "" && e.ETag == o.ETag && e.Size == o.Size || !there && e.Link != "" {
			known[e.Path] = e
		}
	}
	return known, nil
}

// look lists the place and reads its index.
func (b *bucket) look(ctx context.Context) (map[string]object, map[string]indexEntry, error) {
	objects, indexed, err := b.list(ctx)
	if err != nil || !indexed {
		return objects, nil, err
	}
	known, err := b.readIndex(ctx, objects)
	return objects, known, err
}

// writeIndex replaces the index.
func (b *bucket) writeIndex(ctx context.Context, entries []indexEntry) error {
	text, err := json.Marshal(index{1, entries})
	if err != nil {
		return fmt.Errorf("write the index of %s: %w", b.Location, err)
	}
	_, err = b.put(ctx, indexName, bytes.NewReader(text), int64(len(text)), "application/json")
	if err != nil {
		return b.failed("write the index of", err)
	}
	return nil
}
