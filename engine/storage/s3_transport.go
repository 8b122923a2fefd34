package storage

import (
	"errors"
	"io"
	"net/http"
	"sync"
)

// ownBodies makes sure that nobody reads the body of a request any more once there is an answer.
// Otherwise, where a service answers with an error before it has heard all, the transport goes on
// reading what minio rewinds at the same time to send it again, and parts would be lost or mixed.
type ownBodies struct{ inner http.RoundTripper }

func (t ownBodies) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return t.inner.RoundTrip(r)
	}
	own, body := *r, &ownBody{ReadCloser: r.Body}
	own.Body, own.GetBody = body, nil
	response, err := t.inner.RoundTrip(&own)
	body.stop()
	return response, err
}

type ownBody struct {
	io.ReadCloser
	mu   sync.Mutex
	over bool
}

var errAnswered = errors.New("the request was answered before all of it was sent")

func (b *ownBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.over {
		return 0, errAnswered
	}
	return b.ReadCloser.Read(p)
}

func (b *ownBody) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
}
