package block

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"prefect/engine/ordered"
)

// FromEnvironment says where credentials belong, for error messages.
const FromEnvironment = "credentials are never stored; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or keep them in ~/.aws/credentials"

// credentialKeys are the names under which Prefect's blocks hold what gives access.
var credentialKeys = []string{
	"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "key", "secret", "token", "username", "password",
}

func isCredential(key string) bool { return slices.Contains(credentialKeys, key) }

// Check gives the values of a block of a type in their order, or an error that says what is wrong
// with them. Of storage types it refuses credentials, wherever they stand: those come from the
// environment or the AWS files. The values of a type that isn't known here are taken as they are.
func Check(typ string, values yaml.MapSlice) (yaml.MapSlice, error) {
	t, ok := FindType(typ)
	if !ok {
		return values, nil
	}
	for _, item := range values {
		if key := fmt.Sprint(item.Key); !slices.Contains(t.Fields, key) {
			return nil, fmt.Errorf("a %s block has no %s; it has %s", t.Slug, key, strings.Join(t.Fields, ", "))
		}
	}
	if t.Storage {
		if err := refuseCredentials(values, ""); err != nil {
			return nil, err
		}
	}
	switch typ {
	case "local-file-system":
		_, err := text(values, "basepath", false)
		return orderLike(t, values), err
	case "s3":
		return orderLike(t, values), checkS3(values)
	case "remote-file-system":
		return orderLike(t, values), checkRemote(values)
	}
	return values, nil
}

// orderLike puts the values in the order of the type's fields.
func orderLike(t Type, values yaml.MapSlice) yaml.MapSlice {
	sorted := yaml.MapSlice{}
	for _, key := range t.Fields {
		if v, ok := ordered.Get(values, key); ok {
			sorted = append(sorted, yaml.MapItem{Key: key, Value: v})
		}
	}
	return sorted
}

// refuseCredentials looks for them among the values and in the addresses.
func refuseCredentials(values yaml.MapSlice, path string) error {
	for _, item := range values {
		key := path + fmt.Sprint(item.Key)
		switch v := item.Value.(type) {
		case yaml.MapSlice:
			if err := refuseCredentials(v, key+"."); err != nil {
				return err
			}
		case nil:
		case string:
			if withoutPassword(v) != v {
				return fmt.Errorf("%s holds a name and a password: %s", key, FromEnvironment)
			}
			if v != "" && isCredential(fmt.Sprint(item.Key)) {
				return fmt.Errorf("%s can't be part of a block: %s", key, FromEnvironment)
			}
		default:
			if isCredential(fmt.Sprint(item.Key)) {
				return fmt.Errorf("%s can't be part of a block: %s", key, FromEnvironment)
			}
		}
	}
	return nil
}

// withoutPassword covers what an address such as https://name:password@host gives away.
func withoutPassword(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	host, path, _ := strings.Cut(rest, "/")
	at := strings.LastIndexByte(host, '@')
	if at < 0 {
		return s
	}
	covered := scheme + "://" + hidden + host[at:]
	if len(host) < len(rest) {
		covered += "/" + path
	}
	return covered
}

func checkS3(values yaml.MapSlice) error {
	bucket, err := text(values, "bucket_path", true)
	if err != nil {
		return err
	}
	if strings.Contains(bucket, "://") {
		return fmt.Errorf("bucket_path is '%s', but must be BUCKET or BUCKET/FOLDER without a scheme", bucket)
	}
	if strings.HasPrefix(bucket, "/") {
		return fmt.Errorf("bucket_path is '%s', but must begin with the bucket's name", bucket)
	}
	if _, err := text(values, "region_name", false); err != nil {
		return err
	}
	return checkEndpoint(values, "")
}

func checkEndpoint(values yaml.MapSlice, path string) error {
	endpoint, err := text(values, "endpoint_url", false)
	if err != nil || endpoint == "" {
		return err
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%sendpoint_url is '%s', but must be an address such as https://minio.example.com:9000", path, endpoint)
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return fmt.Errorf("%sendpoint_url is '%s', but must end behind the host and port", path, endpoint)
	}
	return nil
}

// checkRemote checks the settings that mean something here. The others are those of Python
// packages that aren't used, and dropping one without a word could be dangerous.
func checkRemote(values yaml.MapSlice) error {
	base, err := text(values, "basepath", true)
	if err != nil {
		return err
	}
	scheme, rest, ok := strings.Cut(base, "://")
	switch {
	case !ok:
		return fmt.Errorf("basepath is '%s', but must start with a scheme: s3://BUCKET/FOLDER or file:///FOLDER", base)
	case scheme != "s3" && scheme != "file":
		return fmt.Errorf("basepath is '%s', but only s3:// and file:// can be used here", base)
	case scheme == "file" && !strings.HasPrefix(rest, "/"):
		return fmt.Errorf("basepath is '%s', but file:// must be followed by an absolute path: file:///FOLDER", base)
	case scheme == "s3" && (rest == "" || rest[0] == '/'):
		return fmt.Errorf("basepath is '%s', but must include a bucket after the scheme", base)
	}
	settings, err := mapping(values, "settings")
	if err != nil {
		return err
	}
	if err := onlyKeys(settings, "settings.", "anon", "endpoint_url", "client_kwargs", "key", "secret", "token", "username", "password"); err != nil {
		return err
	}
	if err := checkEndpoint(settings, "settings."); err != nil {
		return err
	}
	client, err := mapping(settings, "client_kwargs")
	if err != nil {
		return err
	}
	if err := onlyKeys(client, "settings.client_kwargs.", "endpoint_url", "region_name"); err != nil {
		return err
	}
	return checkEndpoint(client, "settings.client_kwargs.")
}

func onlyKeys(m yaml.MapSlice, path string, known ...string) error {
	for _, item := range m {
		if key := fmt.Sprint(item.Key); !slices.Contains(known, key) {
			return fmt.Errorf("%s%s has no effect here; known are anon, endpoint_url, client_kwargs.endpoint_url and client_kwargs.region_name", path, key)
		}
	}
	return nil
}

// text reads a text that may be null or absent unless it is required.
func text(values yaml.MapSlice, key string, required bool) (string, error) {
	v, _ := ordered.Get(values, key)
	s, ok := v.(string)
	switch {
	case v == nil && required || ok && s == "" && required:
		return "", fmt.Errorf("%s is missing", key)
	case v != nil && !ok:
		return "", fmt.Errorf("%s must be a text", key)
	case strings.ContainsRune(s, 0):
		return "", fmt.Errorf("%s holds a NUL", key)
	}
	return s, nil
}

func mapping(values yaml.MapSlice, key string) (yaml.MapSlice, error) {
	v, _ := ordered.Get(values, key)
	m, ok := v.(yaml.MapSlice)
	if v != nil && !ok {
		return nil, fmt.Errorf("%s must be a mapping", key)
	}
	return m, nil
}
