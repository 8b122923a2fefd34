package storage

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// keysOf gives the credentials that are found as "ID SECRET TOKEN", or the error.
func keysOf(t *testing.T) string {
	t.Helper()
	p, err := loadProfile()
	if err != nil {
		return err.Error()
	}
	provider, err := Location{Bucket: "flows"}.credentials(context.Background(), p, defaultRegion)
	if err != nil {
		return err.Error()
	}
	c, err := provider.Retrieve(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return c.AccessKeyID + " " + c.SecretAccessKey + " " + c.SessionToken
}

// plantAWS makes a home with AWS's files, and a PATH with the given commands alone.
func plantAWS(t *testing.T, files map[string]string) (home string) {
	t.Helper()
	forgetAWS(t)
	home = os.Getenv("HOME")
	plant(t, home, files)
	t.Setenv("USERPROFILE", home)
	t.Setenv("PATH", filepath.Join(home, "bin")+":/bin:/usr/bin")
	return home
}

func TestS3Profiles(t *testing.T) {
	const process = `#!/bin/sh
echo '{"Version": 1, "AccessKeyId": "P", "SecretAccessKey": "'"$1 $2 $3 $4"'", "SessionToken": "t"}'
`
	for name, test := range map[string]struct {
		files   map[string]string
		profile string
		want    string
	}{
		"none":                      {want: "there are no credentials for s3://flows: set AWS_ACCESS_KEY_ID"},
		"credentials":               {files: map[string]string{"credentials": "[default]\naws_access_key_id=A\naws_secret_access_key = s\naws_session_token = t"}, want: "A s t"},
		"config":                    {files: map[string]string{"config": "[default]\naws_access_key_id=A # mine\naws_secret_access_key = s\ns3 =\n  max_queue_size = 10\nregion = x"}, want: "A s "},
		"a secret with odd signs":   {files: map[string]string{"credentials": "[default]\naws_access_key_id=A\naws_secret_access_key = a/b+c;d#e=="}, want: "A a/b+c;d#e== "},
		"credentials before config": {files: map[string]string{"config": "[profile w]\naws_access_key_id=A\naws_secret_access_key=s", "credentials": "[w]\naws_access_key_id=B\naws_secret_access_key=z"}, profile: "w", want: "B z "},
		"half":                      {files: map[string]string{"config": "[profile w]\naws_access_key_id=A"}, profile: "w", want: "use the AWS profile 'w': it has only one of aws_access_key_id and"},
		"other":                     {files: map[string]string{"config": "[profile w]\nregion=x"}, profile: "v", want: "use the AWS profile 'v': it is in neither "},
		"no keys":                   {files: map[string]string{"config": "[profile w]\nregion=x"}, profile: "w", want: "use the AWS profile 'w': it has no keys"},
		"process":                   {files: map[string]string{"config": "[default]\ncredential_process = tool keys now", "bin/tool": "!" + process}, want: "P keys now   t"},
		"process fails":             {files: map[string]string{"config": "[default]\ncredential_process = false"}, want: "use the AWS profile 'default': exit status 1"},
		"sso":                       {files: map[string]string{"config": "[default]\nsso_session = work\n[sso-session work]\nsso_region = x", "bin/aws": "!" + process}, want: "P configure export-credentials --profile default t"},
		"role":                      {files: map[string]string{"config": "[profile w]\nrole_arn = arn:aws:iam::1:role/x", "bin/aws": "!" + process}, profile: "w", want: "P configure export-credentials --profile w t"},
		"sso without aws":           {files: map[string]string{"config": "[default]\nsso_session = work"}, want: "use the AWS profile 'default': it signs in by SSO or a role, which needs the aws command, version 2; install that"},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{}
			for file, text := range test.files {
				if !strings.Contains(file, "/") {
					file = ".aws/" + file
				}
				files[file] = text
			}
			plantAWS(t, files)
			t.Setenv("AWS_PROFILE", test.profile)
			if got := keysOf(t); !strings.HasPrefix(got, test.want) || strings.Contains(got, "\n") {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestS3CredentialsOfTheMachine(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		switch {
		case r.Form.Get("Action") == "AssumeRoleWithWebIdentity" && r.Form.Get("WebIdentityToken") == "identity" && r.Form.Get("RoleArn") == "role":
			fmt.Fprint(w, `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>W</AccessKeyId>`+
				`<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>`+
				`</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`)
		case r.URL.Path == "/task" && r.Header.Get("Authorization") == "let me in":
			fmt.Fprint(w, `{"AccessKeyId": "C", "SecretAccessKey": "s", "Token": "t", "Expiration": "2100-01-01T00:00:00Z"}`)
		default:
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>you may not</Message></Error></ErrorResponse>")
		}
	}))
	defer service.Close()
	home := plantAWS(t, map[string]string{"identity": "identity", "token": "let me in\n"})

	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", service.URL+"/task")
	if got := keysOf(t); !strings.HasPrefix(got, "use the container's credentials: ") {
		t.Errorf("without a token: %s", got)
	}
	t.Setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", filepath.Join(home, "token"))
	if got := keysOf(t); got != "C s t" {
		t.Errorf("the container's: %s", got)
	}
	t.Setenv("AWS_ENDPOINT_URL_STS", service.URL)
	t.Setenv("AWS_WEB_IDENTITY_TOKEN_FILE", filepath.Join(home, "identity"))
	t.Setenv("AWS_ROLE_ARN", "role")
	if got := keysOf(t); got != "W s t" {
		t.Errorf("the web identity's: %s", got)
	}
	t.Setenv("AWS_ROLE_ARN", "another")
	if got := keysOf(t); got != "use the web identity of AWS_WEB_IDENTITY_TOKEN_FILE: 403 you may not" {
		t.Errorf("a role that may not be taken: %s", got)
	}
	missing := filepath.Join(home, "missing")
	t.Setenv("AWS_WEB_IDENTITY_TOKEN_FILE", missing)
	if got := keysOf(t); !strings.HasPrefix(got, "use the web identity of AWS_WEB_IDENTITY_TOKEN_FILE: open "+missing+": ") {
		t.Errorf("a token that is not there: %s", got)
	}
}

// A bucket's region need not be said: requests are signed for the one that the service names, even
// to those who may not ask for it.
func TestS3FindsTheRegion(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request) {}
	var signed string
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("location") {
			answer(w, r)
			return
		}
		signed = r.Header.Get("Authorization")
		fmt.Fprint(w, "content")
	}))
	defer service.Close()
	forgetAWS(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "a")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "b")
	read := func(want string) {
		t.Helper()
		f, err := Open(context.Background(), Location{Bucket: "bucket", Endpoint: service.URL}, "flow.py")
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		if !strings.Contains(signed, "/"+want+"/s3/") {
			t.Errorf("signed for %s, want %s", signed, want)
		}
	}
	answer = func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "<LocationConstraint>eu-central-1</LocationConstraint>")
	}
	read("eu-central-1")
	answer = func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<LocationConstraint/>") }
	read("us-east-1")
	answer = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amz-Bucket-Region", "ap-south-1")
		w.WriteHeader(http.StatusForbidden)
	}
	read("ap-south-1")
	answer = func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotImplemented) }
	read("us-east-1")
	t.Setenv("AWS_REGION", "eu-north-1")
	read("eu-north-1")
}

func TestS3Addresses(t *testing.T) {
	forgetAWS(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "a")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "b")
	for _, test := range []struct{ endpoint, region, bucket, want string }{
		{"", "eu-west-1", "flows", "https://flows.s3.eu-west-1.amazonaws.com/a/b%20c%2Bd.py"},
		{"https://s3.amazonaws.com", "eu-west-1", "flows", "https://flows.s3.eu-west-1.amazonaws.com/a/b%20c%2Bd.py"},
		{"", "cn-north-1", "flows", "https://flows.s3.cn-north-1.amazonaws.com.cn/a/b%20c%2Bd.py"},
		{"", "us-east-1", "my.flows", "https://s3.us-east-1.amazonaws.com/my.flows/a/b%20c%2Bd.py"},
		{"https://s3.eu-west-1.amazonaws.com", "eu-west-1", "flows", "https://flows.s3.eu-west-1.amazonaws.com/a/b%20c%2Bd.py"},
		{"https://storage.googleapis.com/", "auto", "flows", "https://flows.storage.googleapis.com/a/b%20c%2Bd.py"},
		{"http://localhost:9000", "us-east-1", "flows", "http://localhost:9000/flows/a/b%20c%2Bd.py"},
		{"http://[::1]:9000/", "us-east-1", "flows", "http://[::1]:9000/flows/a/b%20c%2Bd.py"},
	} {
		b, err := Location{Bucket: test.bucket, Prefix: "a", Endpoint: test.endpoint, Region: test.region}.connect(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if got := b.address(b.key("b c+d.py")).String(); got != test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
}
