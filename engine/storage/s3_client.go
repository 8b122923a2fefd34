package storage

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	amazon        = "https://s3.amazonaws.com"
	defaultRegion = "us-east-1"
)

// bucket is a place in S3, and how it is reached.
type bucket struct {
	Location
	endpoint string // as messages have it
	service  *url.URL
	region   string
	hosted   bool // addresses are BUCKET.HOST/KEY, not HOST/BUCKET/KEY
	keys     aws.CredentialsProvider
	signer   *v4.Signer
}

// connect finds out how a bucket is reached. The endpoint and the region come from the block, or from
// where every AWS tool looks.
func (l Location) connect(ctx context.Context) (*bucket, error) {
	address := firstOf(l.Endpoint, os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), amazon)
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("the endpoint '%s' is no address such as https://minio.example.com:9000", address)
	}
	profile, err := loadProfile()
	if err != nil {
		return nil, err
	}
	region := firstOf(l.Region, os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"), profile.region)
	keys, err := l.credentials(ctx, profile, firstOf(region, defaultRegion))
	if err != nil {
		return nil, err
	}
	b := &bucket{Location: l, endpoint: u.Scheme + "://" + u.Host, service: u, region: region, keys: keys}
	// Paths of S3 are escaped once, not twice.
	b.signer = v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	if region == "" {
		if err := b.findRegion(ctx); err != nil {
			return nil, err
		}
	}
	if b.endpoint == amazon {
		b.service = &url.URL{Scheme: "https", Host: hostOf("s3", b.region)}
	}
	// Certificates hold for one more label.
	b.hosted = bucketsAreHosts(u.Hostname()) && !strings.Contains(l.Bucket, ".")
	return b, nil
}

// hostOf is where a service of Amazon's is in a region.
func hostOf(service, region string) string {
	host := service + "." + region + ".amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		host += ".cn"
	}
	return host
}

// bucketsAreHosts tells the services that want BUCKET.HOST/KEY; all others take HOST/BUCKET/KEY.
func bucketsAreHosts(host string) bool {
	for _, service := range []string{"amazonaws.com", "amazonaws.com.cn", "storage.googleapis.com", "aliyuncs.com"} {
		if host == service || strings.HasSuffix(host, "."+service) {
			return true
		}
	}
	return false
}

// findRegion asks for the bucket's region where nothing says it. What is wrong with the bucket is
// said by what is done with it.
func (b *bucket) findRegion(ctx context.Context) error {
	b.region = defaultRegion // from where any region's bucket may be asked for
	var answer struct {
		Region string `xml:",chardata"`
	}
	err := b.ask(ctx, request{method: http.MethodGet, query: url.Values{"location": {""}}}, &answer)
	if err != nil && (mayPass(err) || ctx.Err() != nil) {
		return b.failed("use", err)
	}
	// Amazon says it to those who may not ask, too.
	b.region = firstOf(strings.TrimSpace(answer.Region), refusalOf(err).Region, defaultRegion)
	if b.region == "EU" { // of buckets from before 2008
		b.region = "eu-west-1"
	}
	return nil
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// key is the name of the object for a path of a package.
func (b *bucket) key(path string) string {
	if b.Prefix == "" {
		return path
	}
	return b.Prefix + "/" + path
}
