package config

import (
	"strings"
	"testing"
)

func TestBucketSettings(t *testing.T) {
	full := []string{"PRAXIS_HOST=a.example", "PRAXIS_S3_ENDPOINT=https://s3.example.org/", "PRAXIS_S3_BUCKET=b", "PRAXIS_S3_ACCESS_KEY=k", "PRAXIS_S3_SECRET_KEY=hush"}
	cfg, err := Load("", full)
	if err != nil {
		t.Fatal(err)
	}
	if host, secure := cfg.S3Address(); host != "s3.example.org" || !secure {
		t.Errorf("address %q, secure %v", host, secure)
	}
	if strings.Contains(cfg.String(), "hush") {
		t.Error("the secret is shown")
	}
	for name, c := range map[string]struct {
		environ []string
		says    string
	}{
		"no bucket":   {append(full[:2:2], full[3:]...), "s3_bucket"},
		"no endpoint": {append(full[:1:1], full[2:]...), "s3_endpoint"},
		"no secret":   {full[:4], "s3_secret_key"},
		"no scheme":   {append(full[2:], "PRAXIS_HOST=a.example", "PRAXIS_S3_ENDPOINT=s3.example.org"), "https://"},
		"a path":      {append(full[2:], "PRAXIS_HOST=a.example", "PRAXIS_S3_ENDPOINT=https://s3.example.org/bucket"), "s3_endpoint"},
		"a user":      {append(full[2:], "PRAXIS_HOST=a.example", "PRAXIS_S3_ENDPOINT=https://me:pw@s3.example.org"), "s3_endpoint"},
	} {
		if _, err := Load("", c.environ); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
