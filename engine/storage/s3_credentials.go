package storage

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
)

// taskHost is where a container of Amazon's asks for the credentials of its task
// (docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html).
const taskHost = "http://169.254.170.2"

// credentials come from where every AWS tool looks: the environment, then the profile in ~/.aws,
// then the web identity or the container that the environment names. They are looked up at once, so
// that what is wrong with them is said before anything is done.
func (l Location) credentials(ctx context.Context, p profile, region string) (aws.CredentialsProvider, error) {
	if l.Anonymous {
		return aws.AnonymousCredentials{}, nil
	}
	id, secret := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	switch {
	case id != "" && secret != "":
		return credentials.NewStaticCredentialsProvider(id, secret, os.Getenv("AWS_SESSION_TOKEN")), nil
	case id != "" || secret != "":
		return nil, errors.New("only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set; set both")
	}
	provider, from, err := p.provider()
	if err != nil {
		return nil, err
	}
	if provider == nil {
		provider, from = machineCredentials(region)
	}
	if provider == nil {
		return nil, fmt.Errorf("there are no credentials for %s: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them to ~/.aws/credentials", l)
	}
	kept := aws.NewCredentialsCache(provider)
	if _, err := kept.Retrieve(ctx); err != nil {
		return nil, fmt.Errorf("use %s: %w", from, lastOf(err))
	}
	return kept, nil
}

// provider gives what the profile says, nil if it says nothing, and how messages call it.
func (p profile) provider() (provider aws.CredentialsProvider, from string, err error) {
	from = fmt.Sprintf("the AWS profile '%s'", p.name)
	switch {
	case p.keyID != "" && p.secret != "":
		return credentials.NewStaticCredentialsProvider(p.keyID, p.secret, p.token), from, nil
	case p.keyID != "" || p.secret != "":
		return nil, from, fmt.Errorf("use %s: it has only one of aws_access_key_id and aws_secret_access_key", from)
	case p.process != "":
		return processcreds.NewProvider(p.process), from, nil
	case p.signsIn:
		return processcreds.NewProviderCommand(processcreds.NewCommandBuilderFunc(p.askAWS)), from, nil
	case p.wanted && !p.there:
		return nil, from, fmt.Errorf("use %s: it is in neither %s nor %s", from, credentialsFile(), configFile())
	case p.wanted:
		return nil, from, fmt.Errorf("use %s: it has no keys", from)
	}
	return nil, from, nil
}

// askAWS is the command of Amazon's that gives keys for any profile, of SSO or a role too.
func (p profile) askAWS(ctx context.Context) (*exec.Cmd, error) {
	program, err := exec.LookPath("aws")
	if err != nil {
		return nil, errors.New("it signs in by SSO or a role, which needs the aws command, version 2; install that, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	command := exec.CommandContext(ctx, program, "configure", "export-credentials", "--profile", p.name, "--format", "process")
	command.Stderr = os.Stderr // it says how to sign in
	return command, nil
}

// machineCredentials gives what the environment of a container or a CI job names, and how messages
// call it.
func machineCredentials(region string) (provider aws.CredentialsProvider, from string) {
	if os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE") != "" {
		return aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
			return again(ctx, func() (aws.Credentials, error) { return webIdentity(ctx, region) })
		}), "the web identity of AWS_WEB_IDENTITY_TOKEN_FILE"
	}
	address := os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
	if path := os.Getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); path != "" {
		address = taskHost + path
	}
	if address == "" {
		return nil, ""
	}
	return endpointcreds.New(address, func(o *endpointcreds.Options) {
		o.AuthorizationToken = os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN")
		if file := os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); file != "" {
			o.AuthorizationTokenProvider = endpointcreds.TokenProviderFunc(func() (string, error) {
				token, err := os.ReadFile(file)
				return strings.TrimSpace(string(token)), err
			})
		}
	}), "the container's credentials"
}

// webIdentity exchanges the token that a CI job or a pod was given for credentials
// (docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html).
func webIdentity(ctx context.Context, region string) (aws.Credentials, error) {
	token, err := os.ReadFile(os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE"))
	if err != nil {
		return aws.Credentials{}, err
	}
	address := firstOf(os.Getenv("AWS_ENDPOINT_URL_STS"), os.Getenv("AWS_ENDPOINT_URL"), "https://"+hostOf("sts", region))
	query := url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleArn": {os.Getenv("AWS_ROLE_ARN")},
		"RoleSessionName": {firstOf(os.Getenv("AWS_ROLE_SESSION_NAME"), "prefect")}, "WebIdentityToken": {string(token)},
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(query.Encode()))
	if err != nil {
		return aws.Credentials{}, err
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := try(q)
	if err != nil {
		return aws.Credentials{}, err
	}
	defer answer.Body.Close()
	var said struct {
		AccessKeyID     string    `xml:"AssumeRoleWithWebIdentityResult>Credentials>AccessKeyId"`
		SecretAccessKey string    `xml:"AssumeRoleWithWebIdentityResult>Credentials>SecretAccessKey"`
		SessionToken    string    `xml:"AssumeRoleWithWebIdentityResult>Credentials>SessionToken"`
		Expiration      time.Time `xml:"AssumeRoleWithWebIdentityResult>Credentials>Expiration"`
	}
	if err := xml.NewDecoder(answer.Body).Decode(&said); err != nil || said.AccessKeyID == "" {
		return aws.Credentials{}, fmt.Errorf("%s does not answer as STS does", address)
	}
	return aws.Credentials{
		AccessKeyID: said.AccessKeyID, SecretAccessKey: said.SecretAccessKey, SessionToken: said.SessionToken,
		CanExpire: true, Expires: said.Expiration,
	}, nil
}
