package storage

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// partSize is from where on a file is sent in parts, and how large these are at least, in bytes.
	partSize = 8 << 20
	// maxParts is how many parts S3 takes.
	maxParts = 10_000
	// tidyTime is how long it may take to have the parts of an upload thrown away that was given up.
	tidyTime = 5 * time.Second
)

// get opens an object. With an ETag it is an error if the object is not that any more; isGone tells it.
func (b *bucket) get(ctx context.Context, path, etag string) (io.ReadCloser, error) {
	r := request{method: http.MethodGet, key: b.key(path)}
	if etag != "" {
		r.header = http.Header{"If-Match": {`"` + etag + `"`}}
	}
	answer, err := b.do(ctx, r)
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}

// remove takes an object away.
func (b *bucket) remove(ctx context.Context, path string) error {
	return b.ask(ctx, request{method: http.MethodDelete, key: b.key(path)}, nil)
}

// put sends size bytes and returns the object's ETag. Nothing is to be seen of an object whose body
// ends with an error.
func (b *bucket) put(ctx context.Context, path string, body io.Reader, size int64, contentType string) (etag string, err error) {
	header := http.Header{"Content-Type": {contentType}}
	if size > partSize {
		return b.putParts(ctx, b.key(path), header, body, size)
	}
	content, err := readPart(body, size, true)
	if err != nil {
		return "", err
	}
	return b.store(ctx, request{method: http.MethodPut, key: b.key(path), header: header, body: content})
}

// store sends an object or a part, and returns its ETag.
func (b *bucket) store(ctx context.Context, r request) (etag string, err error) {
	answer, err := b.do(ctx, r)
	if err != nil {
		return "", err
	}
	return bareETag(answer.Header.Get("ETag")), answer.Body.Close()
}

// part is a piece of an object that was sent.
type part struct {
	PartNumber int
	ETag       string
}

func (b *bucket) putParts(ctx context.Context, key string, header http.Header, body io.Reader, size int64) (etag string, err error) {
	var upload struct{ UploadId string }
	err = b.ask(ctx, request{method: http.MethodPost, key: key, query: url.Values{"uploads": {""}}, header: header}, &upload)
	if err != nil {
		return "", err
	}
	whole := request{key: key, query: url.Values{"uploadId": {upload.UploadId}}}
	if etag, err = b.finish(ctx, whole, body, size); err != nil {
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
		defer stop()
		whole.method = http.MethodDelete
		b.ask(ctx, whole, nil)
	}
	return etag, err
}

// finish sends the parts of an upload and has them put together.
func (b *bucket) finish(ctx context.Context, whole request, body io.Reader, size int64) (etag string, err error) {
	parts, err := b.sendParts(ctx, whole, body, size)
	if err != nil {
		return "", err
	}
	whole.method = http.MethodPost
	whole.body, err = xml.Marshal(struct {
		XMLName xml.Name `xml:"CompleteMultipartUpload"`
		Part    []part
	}{Part: parts})
	if err != nil {
		return "", err
	}
	var object struct{ ETag string }
	err = b.ask(ctx, whole, &object)
	return bareETag(object.ETag), err
}

func (b *bucket) sendParts(ctx context.Context, whole request, body io.Reader, size int64) ([]part, error) {
	length := max(partSize, (size+maxParts-1)/maxParts)
	var parts []part
	for n := 1; size > 0; n++ {
		content, err := readPart(body, min(length, size), size <= length)
		if err != nil {
			return nil, err
		}
		size -= int64(len(content))
		query := url.Values{"uploadId": whole.query["uploadId"], "partNumber": {strconv.Itoa(n)}}
		etag, err := b.store(ctx, request{method: http.MethodPut, key: whole.key, query: query, body: content})
		if err != nil {
			return nil, err
		}
		parts = append(parts, part{n, etag})
	}
	return parts, nil
}

// readPart reads so many bytes, so that they can be sent again. After the last part the body must be
// at its end. Each has memory of its own: after an early answer an earlier one may still be on its way.
func readPart(body io.Reader, size int64, last bool) ([]byte, error) {
	content := make([]byte, size)
	if _, err := io.ReadFull(body, content); err != nil || !last {
		return content, err
	}
	switch _, err := io.ReadFull(body, make([]byte, 1)); err {
	case io.EOF:
		return content, nil
	case nil:
		return nil, errors.New("there is more than was announced")
	default:
		return nil, err
	}
}

// bareETag is an ETag as the index has it.
func bareETag(etag string) string { return strings.Trim(etag, `"`) }
