package storage

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/minio/minio-go/v7"
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
	response := minio.ToErrorResponse(err)
	switch response.Code {
	case "NoSuchBucket":
		return fmt.Errorf("there is no bucket '%s' at %s; create it, or name another in the block", b.Bucket, b.endpoint)
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidTokenId", "InvalidToken", "ExpiredToken", "XAdminUserNotFound":
		return fmt.Errorf("%s does not accept the credentials (%s); check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ~/.aws/credentials",
			b.endpoint, response.Code)
	case "AccessDenied", "Forbidden", "AllAccessDisabled":
		return fmt.Errorf("the credentials give no access to the bucket '%s' at %s", b.Bucket, b.endpoint)
	case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
		return fmt.Errorf("the bucket '%s' is in another region%s; set it with --region in the block, or with AWS_REGION", b.Bucket, inRegion(response.Region))
	case "RequestTimeTooSkewed":
		return fmt.Errorf("the clock of this machine differs too much from that of %s", b.endpoint)
	}
	if response.StatusCode == http.StatusForbidden || response.StatusCode == http.StatusUnauthorized {
		return fmt.Errorf("%s does not accept the credentials (%s)", b.endpoint, firstOf(response.Code, response.Message))
	}
	if errors.As(err, &network) || errors.As(err, &address) {
		return fmt.Errorf("%s can't be reached: %w; check the network, and the endpoint in the block", b.endpoint, lastOf(err))
	}
	if response.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("%s answers %d %s", b.endpoint, response.StatusCode, http.StatusText(response.StatusCode))
	}
	return err
}

func inRegion(region string) string {
	if region == "" {
		return ""
	}
	return ", " + region
}

// lastOf is the innermost cause: the address that was tried is said already.
func lastOf(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// isGone tells that an object is not there, or not as it was in the listing.
func isGone(err error) bool {
	code := minio.ToErrorResponse(err).Code
	return code == "NoSuchKey" || code == "PreconditionFailed"
}

// mayPass tells an error that another try may not have.
func mayPass(err error) bool {
	var network *net.OpError
	var address *url.Error
	return errors.As(err, &network) || errors.As(err, &address) || minio.ToErrorResponse(err).StatusCode >= http.StatusInternalServerError
}
