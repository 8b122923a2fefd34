package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gopkg.in/ini.v1"
)

// profile is what AWS's files say: ~/.aws/config, and over it ~/.aws/credentials
// (docs.aws.amazon.com/sdkref/latest/guide/file-format.html).
type profile struct {
	name   string
	wanted bool // AWS_PROFILE asks for it
	there  bool

	region               string
	keyID, secret, token string
	process              string // a command that prints keys
	signsIn              bool   // by SSO or a role
}

// loadProfile reads AWS_PROFILE or "default". Most people have no such files.
func loadProfile() (profile, error) {
	p := profile{name: os.Getenv("AWS_PROFILE"), wanted: os.Getenv("AWS_PROFILE") != ""}
	p.name = firstOf(p.name, "default")
	for _, file := range []string{configFile(), credentialsFile()} {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) && !p.wanted {
			continue
		}
		if err != nil {
			return p, fmt.Errorf("read %s: %w", file, plain(err))
		}
		values, err := ini.LoadSources(ini.LoadOptions{SpaceBeforeInlineComment: true, IgnoreContinuation: true, KeyValueDelimiters: "=", SkipUnrecognizableLines: true}, text)
		if err != nil {
			return p, fmt.Errorf("read %s: %w", file, err)
		}
		p.take(values, p.name)
		if file == configFile() {
			p.take(values, "profile "+p.name)
		}
	}
	return p, nil
}

func (p *profile) take(values *ini.File, section string) {
	s, err := values.GetSection(section)
	if err != nil || len(s.Keys()) == 0 {
		return
	}
	p.there = true
	for key, field := range map[string]*string{
		"region": &p.region, "aws_access_key_id": &p.keyID, "aws_secret_access_key": &p.secret,
		"aws_session_token": &p.token, "credential_process": &p.process,
	} {
		*field = firstOf(s.Key(key).Value(), *field)
	}
	for _, key := range []string{"sso_session", "sso_start_url", "role_arn", "login_session"} {
		p.signsIn = p.signsIn || s.HasKey(key)
	}
}

func configFile() string { return fileOfAWS("AWS_CONFIG_FILE", "config") }

func credentialsFile() string { return fileOfAWS("AWS_SHARED_CREDENTIALS_FILE", "credentials") }

func fileOfAWS(variable, name string) string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = "~"
	}
	return firstOf(os.Getenv(variable), filepath.Join(home, ".aws", name))
}
