package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	// tries is how often a request is made that fails for a reason that may pass.
	tries = 5
	// firstWait and longestWait are the pauses in between, which double: a network that is down is
	// reported after some seconds.
	firstWait, longestWait = 200 * time.Millisecond, time.Second
	// dialTime is how long a connection may take to come about, answerTime how long a service may
	// think about a request that it has got.
	dialTime, answerTime = 10 * time.Second, time.Minute
	// maxAnswer is the longest answer that is no content of an object, in bytes: a page of a list.
	maxAnswer = 16 << 20
)

// s3Client is how requests go out, made for the first of them. Redirections are not followed: the
// signature would not hold.
var s3Client = sync.OnceValue(func() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DialContext = (&net.Dialer{Timeout: dialTime}).DialContext
	t.MaxIdleConnsPerHost = s3Workers
	t.ResponseHeaderTimeout = answerTime
	t.DisableCompression = true // what is stored compressed is to stay so
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
})

// request is one of S3's REST API (docs.aws.amazon.com/AmazonS3/latest/API).
type request struct {
	method string
	key    string // "" for the bucket itself
	query  url.Values
	header http.Header
	body   []byte // which nobody may change any more
}

// do makes a request, again where that may help, and returns the answer to one that succeeded. Close
// its body.
func (b *bucket) do(ctx context.Context, r request) (*http.Response, error) {
	return again(ctx, func() (*http.Response, error) {
		q, err := b.signed(ctx, r)
		if err != nil {
			return nil, err
		}
		return try(q)
	})
}

// again calls try until it succeeds, or fails for a reason that stays.
func again[T any](ctx context.Context, try func() (T, error)) (T, error) {
	for n := 1; ; n++ {
		answer, err := try()
		if err == nil || n == tries || ctx.Err() != nil || !mayPass(err) {
			return answer, err
		}
		wait := min(firstWait<<(n-1), longestWait)
		select {
		case <-time.After(wait/2 + rand.N(wait)/2): // not all workers at once
		case <-ctx.Done():
			return answer, ctx.Err()
		}
	}
}

// ask is do for answers in XML, which are read into the value that answer points to.
func (b *bucket) ask(ctx context.Context, r request, answer any) error {
	response, err := b.do(ctx, r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil || answer == nil {
		return err
	}
	if refused := refusalIn(response, text); refused.Code != "" {
		return refused // some requests are answered before they are carried out
	}
	if err := xml.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("%s does not answer as S3 does: %w", b.endpoint, err)
	}
	return nil
}

// try makes a request once. An answer that is no success is an error, a refusal.
func try(q *http.Request) (*http.Response, error) {
	answer, err := s3Client().Do(q)
	if err != nil || answer.StatusCode < http.StatusMultipleChoices {
		return answer, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	return nil, refusalIn(answer, text)
}

// signed makes the request that goes out.
func (b *bucket) signed(ctx context.Context, r request) (*http.Request, error) {
	q, err := http.NewRequestWithContext(ctx, r.method, b.endpoint, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	q.URL = b.address(r.key)
	q.URL.RawQuery = strings.ReplaceAll(r.query.Encode(), "+", "%20")
	q.Host = q.URL.Host
	for name, values := range r.header {
		q.Header[name] = values
	}
	if b.Anonymous {
		return q, nil
	}
	keys, err := b.keys.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(r.body)
	hash := hex.EncodeToString(sum[:])
	q.Header.Set("X-Amz-Content-Sha256", hash)
	return q, b.signer.SignHTTP(ctx, keys, q, hash, "s3", b.region, time.Now())
}

// address is the URL of an object, or of the bucket.
func (b *bucket) address(key string) *url.URL {
	u := &url.URL{Scheme: b.service.Scheme, Host: b.service.Host, Path: "/" + key}
	switch {
	case b.hosted:
		u.Host = b.Bucket + "." + u.Host
	case key == "":
		u.Path = "/" + b.Bucket
	default:
		u.Path = "/" + b.Bucket + "/" + key
	}
	u.RawPath = escaped(u.Path)
	return u
}

// escaped is a path as S3 wants it signed: all but the letters, digits and signs that are never
// escaped, and slashes.
func escaped(path string) string {
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
