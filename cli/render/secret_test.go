package render

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestLooksSecret(t *testing.T) {
	for name, want := range map[string]bool{
		"password": true, "DB_PASSWORD": true, "api_token": true, "apiToken": true, "APIToken": true, "API-KEY": true, "secret": true,
		"aws_secret_access_key": true, "AWS_ACCESS_KEY_ID": true, "env.API_TOKEN": true, "credentials": true, "apikey": true, "key": true,
		"SECRET_KEY_BASE": true, "userPwd": true,
		"name": false, "monkey": false, "keyboard": false, "tokenizer": false, "primary_key": false, "cacheKey": false, "secretary": false,
		"token_url": false, "PASSWORD_FILE": false, "key_path": false, "author": false, "": false, "compass": false,
	} {
		if got := LooksSecret(name); got != want {
			t.Errorf("LooksSecret(%q) is %v", name, got)
		}
	}
}

const secretSchema = `{"title": "Parameters", "properties": {
	"user": {"type": "string"},
	"pin": {"title": "pin", "type": "string", "writeOnly": true, "format": "password"},
	"account": {"allOf": [{"$ref": "#/definitions/Account"}]},
	"many": {"type": "array", "items": {"$ref": "#/definitions/Account"}},
	"maybe": {"anyOf": [{"type": "integer"}, {"type": "string", "format": "password"}]},
	"by_name": {"type": "object", "additionalProperties": {"type": "string", "format": "password"}}},
	"definitions": {"Account": {"properties": {"name": {"type": "string"},
		"code": {"type": "string", "format": "password", "default": "canary"}, "next": {"$ref": "#/definitions/Account"}}}}}`

func TestSecretsFindsThemByNameAndBySchema(t *testing.T) {
	given := `{"user": "me", "pin": "canary-1", "account": {"name": "x", "code": "canary-2", "next": {"code": "canary-3"}},
		"many": [{"code": "canary-4", "name": "y"}], "maybe": "canary-5", "by_name": {"a": "canary-6"},
		"password": 123456, "max_tokens": 100, "token": {"value": "canary-7", "ok": true}, "secret": null, "api_key": ""}`
	s := NewSecrets(json.RawMessage(secretSchema))
	var b bytes.Buffer
	c := NewConsole(&b, func(string) string { return "" })
	if err := c.JSONLine(s.Parameters(json.RawMessage(given))); err != nil {
		t.Fatal(err)
	}
	want := `{"user": "me", "pin": "********", "account": {"name": "x", "code": "********", "next": {"code": "********"}}, ` +
		`"many": [{"code": "********", "name": "y"}], "maybe": "********", "by_name": {"a": "********"}, ` +
		`"password": "********", "max_tokens": 100, "token": {"value": "********", "ok": true}, "secret": null, "api_key": ""}` + "\n"
	if b.String() != want {
		t.Errorf("got  %s\nwant %s", b.String(), want)
	}
	if got := s.Text("logged in with canary-1canary-7 and 123456 as me"); got != "logged in with ****************"+" and ******** as me" {
		t.Errorf("in a log: %q", got)
	}
}

func TestSecretsInTheSchemaItself(t *testing.T) {
	raw := strings.Replace(secretSchema, `"user": {"type": "string"}`,
		`"user": {"type": "string"}, "db_password": {"type": "string", "default": "canary"}, "n": {"default": 1}`, 1)
	s := NewSecrets(json.RawMessage(raw))
	var b bytes.Buffer
	c := NewConsole(&b, func(string) string { return "" })
	if err := c.JSONLine(s.Schema(json.RawMessage(raw))); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"db_password": {"type": "string", "default": "********"}`, `"n": {"default": 1}`,
		`"code": {"type": "string", "format": "password", "default": "********"}`} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("%s is not in %s", part, b.String())
		}
	}
	if strings.Contains(b.String(), "canary") {
		t.Errorf("a secret is shown: %s", b.String())
	}
}

// A schema that refers to itself without end must not hang, nor one that is no schema at all.
func TestSecretsSurvivesOddSchemas(t *testing.T) {
	for _, schema := range []string{`{"properties": {"a": {"$ref": "#/properties/a"}}}`, `{"$ref": "#"}`, `[]`, `"x"`, ``, `{`,
		`{"properties": {"a": {"allOf": [{"$ref": "#/properties/a"}, {"$ref": "#/properties/a"}]}}}`} {
		s := NewSecrets(json.RawMessage(schema))
		s.Parameters(json.RawMessage(`{"a": {"a": "x"}, "b": [1]}`))
		s.Schema(json.RawMessage(schema))
	}
}
