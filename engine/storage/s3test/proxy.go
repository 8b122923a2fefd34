package s3test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Proxy stands before a server, writes down what it is asked, and can fail.
type Proxy struct {
	URL string

	server *httptest.Server
	mu     sync.Mutex
	asked  []string
	fail   func(w http.ResponseWriter, r *http.Request) bool
}

// NewProxy starts a proxy. Close it when done.
func NewProxy(s *Server) *Proxy {
	target, err := url.Parse(s.URL)
	if err != nil {
		panic(err) // it is our own
	}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // it is signed
	}}
	p := &Proxy{}
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked = append(p.asked, r.Method+" "+r.URL.RequestURI())
		fail := p.fail
		p.mu.Unlock()
		if fail == nil || !fail(w, r) {
			forward.ServeHTTP(w, r)
		}
	}))
	p.URL = p.server.URL
	return p
}

// Close ends the proxy.
func (p *Proxy) Close() { p.server.Close() }

// Fail sets what happens to requests before the server sees them: true means that the function
// has answered. It may be called by several at once.
func (p *Proxy) Fail(fail func(w http.ResponseWriter, r *http.Request) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = fail
}

// Asked gives the requests since the last call whose line begins with the prefix, such as "PUT ".
func (p *Proxy) Asked(prefix string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := slices.DeleteFunc(p.asked, func(line string) bool { return !strings.HasPrefix(line, prefix) })
	p.asked = nil
	return asked
}
