package storage

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"gopkg.in/ini.v1"
)

// retries is how often a request is tried that fails for a reason that may pass. minio waits up to
// a second in between, so a network that is down is reported after some seconds.
const retries = 5

// bucket is a place in S3 with a client for it.
type bucket struct {
	Location
	client   *minio.Client
	endpoint string // as messages have it
}

// connect makes a client. Credentials come from where every AWS tool looks:
// the environment, then ~/.aws, then the container or the web identity that the environment names.
func (l Location) connect(ctx context.Context) (*bucket, error) {
	address := firstOf(l.Endpoint, os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), "https://s3.amazonaws.com")
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("the endpoint '%s' is no address such as https://minio.example.com:9000", address)
	}
	creds, err := l.credentials()
	if err != nil {
		return nil, err
	}
	secure := u.Scheme != "http"
	transport, err := minio.DefaultTransport(secure)
	if err != nil {
		return nil, fmt.Errorf("use the endpoint %s: %w", address, err)
	}
	client, err := minio.New(u.Host, &minio.Options{Creds: creds, Secure: secure, Region: l.region(), MaxRetries: retries, Transport: ownBodies{transport}})
	if err != nil {
		return nil, fmt.Errorf("use the endpoint %s: %w", address, err)
	}
	b := &bucket{l, client, u.Scheme + "://" + u.Host}
	return b, b.findRegion(ctx)
}

// findRegion asks for the bucket's region where nothing says it. The client would do so by itself,
// but without trying again when that fails.
func (b *bucket) findRegion(ctx context.Context) error {
	for wait := 200 * time.Millisecond; ; wait *= 2 {
		_, err := b.client.GetBucketLocation(ctx, b.Bucket)
		if err == nil || !mayPass(err) {
			return nil // what is wrong with the bucket is said by what is done with it
		}
		if wait > time.Second {
			return b.failed("use", err)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func (l Location) credentials() (*credentials.Credentials, error) {
	if l.Anonymous {
		return credentials.NewStatic("", "", "", credentials.SignatureAnonymous), nil
	}
	if os.Getenv("AWS_ACCESS_KEY_ID") != "" || os.Getenv("AWS_SECRET_ACCESS_KEY") != "" {
		if os.Getenv("AWS_ACCESS_KEY_ID") == "" || os.Getenv("AWS_SECRET_ACCESS_KEY") == "" {
			return nil, errors.New("only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set; set both")
		}
		return credentials.NewEnvAWS(), nil
	}
	var files credentials.FileAWSCredentials
	value, err := files.RetrieveWithCredContext(nil)
	if err == nil && value.AccessKeyID != "" {
		return credentials.New(&files), nil
	}
	if profile := os.Getenv("AWS_PROFILE"); profile != "" {
		if err == nil {
			err = errors.New("it has no keys")
		}
		return nil, fmt.Errorf("use the AWS profile '%s': %w", profile, err)
	}
	for _, name := range []string{"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"} {
		if os.Getenv(name) != "" {
			return credentials.NewIAM(""), nil
		}
	}
	return nil, fmt.Errorf("there are no credentials for %s: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them to ~/.aws/credentials", l)
}

// region is what was set for the block, in the environment or in ~/.aws/config; "" lets the client
// ask the service.
func (l Location) region() string {
	if r := firstOf(l.Region, os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")); r != "" {
		return r
	}
	name := os.Getenv("AWS_CONFIG_FILE")
	if home, err := os.UserHomeDir(); name == "" && err == nil {
		name = filepath.Join(home, ".aws", "config")
	}
	config, err := ini.Load(name)
	if err != nil {
		return "" // most people have none
	}
	profile := firstOf(os.Getenv("AWS_PROFILE"), "default")
	return firstOf(config.Section("profile "+profile).Key("region").String(), config.Section(profile).Key("region").String())
}

// key is the name of the object for a path of a package.
func (b *bucket) key(path string) string {
	if b.Prefix == "" {
		return path
	}
	return b.Prefix + "/" + path
}
