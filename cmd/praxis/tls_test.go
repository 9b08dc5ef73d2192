package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// authority is an organization's own certificate authority, as its admin would have it in files.
type authority struct {
	file  string
	roots *x509.CertPool
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{file: filepath.Join(t.TempDir(), "ca.pem"), roots: x509.NewCertPool()}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	a.key = newKey(t)
	raw := signCertificate(t, template, template, a.key, a.key)
	var err error
	if a.cert, err = x509.ParseCertificate(raw); err != nil {
		t.Fatal(err)
	}
	a.roots.AddCert(a.cert)
	writePEM(t, a.file, "CERTIFICATE", raw)
	return a
}

// issue writes a certificate for a name and its key, and gives the settings that name them.
func (a *authority) issue(t *testing.T, dir string, serial int64, name string) []string {
	t.Helper()
	return a.issueUntil(t, dir, serial, name, time.Now().Add(time.Hour))
}

// issueUntil does so for a certificate that ends at a moment.
func (a *authority) issueUntil(t *testing.T, dir string, serial int64, name string, end time.Time) []string {
	t.Helper()
	key := newKey(t)
	raw := signCertificate(t, &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: end,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, a.cert, key, a.key)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePEM(t, keyFile, "PRIVATE KEY", der)
	writePEM(t, certFile, "CERTIFICATE", raw)
	return []string{"PRAXIS_TLS_CERTIFICATE=" + certFile, "PRAXIS_TLS_KEY=" + keyFile, "SSL_CERT_FILE=" + a.file}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signCertificate(t *testing.T, template, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) []byte {
	t.Helper()
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func writePEM(t *testing.T, file, kind string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestProcessesOverTLS has the main job done by two processes that know each other by https only.
func TestProcessesOverTLS(t *testing.T) {
	ca := newAuthority(t)
	hospital := newProcess(t, "hospital", "ana", ca.issue(t, t.TempDir(), 2, "hospital.localhost")...)
	clinic := newProcess(t, "clinic", "bo", ca.issue(t, t.TempDir(), 3, "clinic.localhost")...)
	if got := praxis(t, hospital.environ, "", "community", "create", "woundcare", "--convener", "ana"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	for _, p := range []*process{hospital, clinic} {
		p.member.house.roots = ca.roots
		p.start()
	}
	quiet := &safeBuffer{}
	play := &demo{narrator: narrator{std: &streams{out: quiet, err: quiet}}, hospital: hospital.member.house, clinic: clinic.member.house}
	ana, bo, group := hospital.member, clinic.member, "@woundcare@"+hospital.member.house.app.Config.Host
	for _, step := range []func(context.Context, *participant, *participant, string) error{play.signIn, play.lookUp, play.follow} {
		if err := step(t.Context(), ana, bo, group); err != nil {
			t.Fatalf("%v\n%s\n%s", err, hospital.log, clinic.log)
		}
	}
	var question, seen, answer demoStatus
	if err := bo.post(t.Context(), group+" Does TLS hold? #ask", "", &question); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(question.URI, "https://clinic.localhost:"+strconv.Itoa(clinic.port)+"/") {
		t.Errorf("the question's id is %q", question.URI)
	}
	hospital.await("the question in ana's home", func() bool {
		status, err := ana.inHome(t.Context(), question.URI)
		if err != nil {
			t.Fatal(err)
		}
		if status != nil {
			seen = *status
		}
		return status != nil
	})
	if err := ana.post(t.Context(), group+" It does.", seen.ID, &answer); err != nil {
		t.Fatal(err)
	}
	clinic.await("the answer in the question's thread", func() bool {
		var thread struct {
			Descendants []demoStatus `json:"descendants"`
		}
		if err := bo.call(t.Context(), http.MethodGet, "/api/v1/statuses/"+question.ID+"/context", nil, &thread); err != nil {
			t.Fatal(err)
		}
		return len(thread.Descendants) == 1 && thread.Descendants[0].URI == answer.URI
	})
	for _, p := range []*process{hospital, clinic} {
		if code := p.end(syscall.SIGTERM); code != 0 {
			t.Errorf("after SIGTERM serve ended with %d: %s", code, p.log)
		}
	}
}

// TestCertificateIsTakenUpWhenRenewed: the old one serves while the files do not fit each other.
func TestCertificateIsTakenUpWhenRenewed(t *testing.T) {
	ca, dir := newAuthority(t), t.TempDir()
	ca.issue(t, dir, 2, "hospital.localhost")
	files := &certificateFiles{certificate: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
	begun := time.Now()
	first := serialAt(t, files, begun)
	ca.issue(t, dir, 3, "hospital.localhost")
	if err := os.Chtimes(files.certificate, begun, begun.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := serialAt(t, files, begun.Add(certificateRecheck/2)); got != first {
		t.Errorf("before the recheck: serial %d, want %d", got, first)
	}
	if got := serialAt(t, files, begun.Add(certificateRecheck)); got != 3 {
		t.Errorf("after the recheck: serial %d, want 3", got)
	}
	if err := os.WriteFile(files.certificate, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := serialAt(t, files, begun.Add(3*certificateRecheck)); got != 3 {
		t.Errorf("with a broken file: serial %d, want 3", got)
	}
}

func serialAt(t *testing.T, files *certificateFiles, now time.Time) int64 {
	t.Helper()
	pair, err := files.load(now)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return cert.SerialNumber.Int64()
}

func TestServeSaysWhatIsWrongWithACertificate(t *testing.T) {
	dir := t.TempDir()
	environ := []string{"PRAXIS_HOST=hospital.example", "PRAXIS_LISTEN=127.0.0.1:0", "PRAXIS_DATABASE=sqlite:" + filepath.Join(dir, "p.db")}
	for name, c := range map[string]struct {
		more []string
		want string
	}{
		"no key":  {[]string{"PRAXIS_TLS_CERTIFICATE=a.pem"}, "tls_key"},
		"no file": {[]string{"PRAXIS_TLS_CERTIFICATE=" + dir + "/a.pem", "PRAXIS_TLS_KEY=" + dir + "/k.pem"}, "tls_certificate"},
		"both":    {[]string{"PRAXIS_TLS_CERTIFICATE=a", "PRAXIS_TLS_KEY=b", "PRAXIS_ACME=true", "PRAXIS_LISTEN=:443"}, "one of the two"},
	} {
		got := praxis(t, append(environ[:len(environ):len(environ)], c.more...), "", "serve")
		if got.code != 2 || !strings.Contains(got.err, c.want) || strings.Count(got.err, "\n") != 1 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
