package s3test

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// NewFake starts a service that lists the given keys, which a real one would never take, and has
// the same content for each. Close it when done.
func NewFake(keys []string, content string) *httptest.Server {
	type object struct {
		Key  string
		ETag string
		Size int
	}
	type listing struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []object
	}
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"0123"`)
		w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
		if !r.URL.Query().Has("list-type") {
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
			return
		}
		var l listing
		for _, key := range keys {
			l.Contents = append(l.Contents, object{key, `"0123"`, len(content)})
		}
		w.Header().Set("Content-Type", "application/xml")
		xml.NewEncoder(w).Encode(l)
	}))
}
