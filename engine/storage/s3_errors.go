package storage

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
)

// failed says what went wrong with S3 in the words of the one who has to mend it. doing is what
// was tried, such as "upload data/a.csv to". It never holds a key.
func (b *bucket) failed(doing string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%s %s: %w", doing, b.Location, b.reason(err))
}

func (b *bucket) reason(err error) error {
	var network *net.OpError
	var address *url.Error
	refused := refusalOf(err)
	switch refused.Code {
	case "NoSuchBucket":
		return fmt.Errorf("there is no bucket '%s' at %s; create it, or name another in the block", b.Bucket, b.endpoint)
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidTokenId", "InvalidToken", "ExpiredToken", "XAdminUserNotFound":
		return fmt.Errorf("%s does not accept the credentials (%s); check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ~/.aws/credentials",
			b.endpoint, refused.Code)
	case "AccessDenied", "Forbidden", "AllAccessDisabled":
		return fmt.Errorf("the credentials give no access to the bucket '%s' at %s", b.Bucket, b.endpoint)
	case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
		return fmt.Errorf("the bucket '%s' is in another region%s; set it with --region in the block, or with AWS_REGION", b.Bucket, inRegion(refused.Region))
	case "RequestTimeTooSkewed":
		return fmt.Errorf("the clock of this machine differs too much from that of %s", b.endpoint)
	}
	if refused.Status == http.StatusForbidden || refused.Status == http.StatusUnauthorized {
		return fmt.Errorf("%s does not accept the credentials (%s)", b.endpoint, firstOf(refused.Code, http.StatusText(refused.Status)))
	}
	if errors.As(err, &network) || errors.As(err, &address) {
		return fmt.Errorf("%s can't be reached: %w; check the network, and the endpoint in the block", b.endpoint, lastOf(err))
	}
	if refused.Status != 0 {
		return fmt.Errorf("%s answers %w", b.endpoint, refused)
	}
	return err
}

func inRegion(region string) string {
	if region == "" {
		return ""
	}
	return ", " + region
}

// refusal is a service's answer to a request that it did not carry out.
type refusal struct {
	Status  int // of HTTP
	Code    string
	Message string
	Region  string // the bucket's, where it is said
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%d %s", r.Status, firstOf(r.Message, r.Code, http.StatusText(r.Status)))
}

// refusalIn reads an answer: what stands before the service, such as a proxy, answers in other words.
func refusalIn(answer *http.Response, text []byte) *refusal {
	type said struct{ Code, Message, Region string }
	var document struct {
		XMLName xml.Name
		said         // S3's
		Inner   said `xml:"Error"` // STS's
	}
	if err := xml.Unmarshal(text, &document); err != nil || document.XMLName.Local != "Error" {
		document.said = document.Inner
	}
	return &refusal{answer.StatusCode, document.Code, document.Message, firstOf(document.Region, answer.Header.Get("X-Amz-Bucket-Region"))}
}

// refusalOf is the refusal in an error; an empty one if there is none.
func refusalOf(err error) *refusal {
	if r := new(refusal); errors.As(err, &r) {
		return r
	}
	return new(refusal)
}

// lastOf is the innermost cause: the address that was tried is said already. Which file can't be
// read is not.
func lastOf(err error) error {
	for {
		inner := errors.Unwrap(err)
		if _, isFile := err.(*fs.PathError); isFile || inner == nil {
			return err
		}
		err = inner
	}
}

// isGone tells that an object is not there, or not as it was in the listing.
func isGone(err error) bool {
	code := refusalOf(err).Code
	return code == "NoSuchKey" || code == "PreconditionFailed"
}

// mayPass tells an error that another try may not have.
func mayPass(err error) bool {
	var network *net.OpError
	var address *url.Error
	if errors.As(err, &network) || errors.As(err, &address) {
		return true
	}
	switch refusalOf(err).Status {
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusTooManyRequests:
		return true
	}
	return refusalOf(err).Code == "RequestTimeout"
}
