package sign

import (
	"context"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestB01_Unsigned(t *testing.T) {
	for _, s := range []*spec{cavagePost(), cavageGet()} {
		keys := anaSource()
		s.after = func(r *http.Request) { r.Header.Del("Signature") }
		x, err := s.run(t, keys)
		if !errors.Is(err, ErrUnsigned) || keys.asked > 0 {
			t.Errorf("got %v, key asked for %d times", err, keys.asked)
		}
		if err.Error() != "request refused: unsigned" {
			t.Error(err)
		}
		wantRefused(t, x, err, ReasonUnsigned, 401)
	}
	// An Authorization header is no signature of ours, whatever httpsig thinks of it.
	s := cavagePost()
	s.after = func(r *http.Request) {
		r.Header.Set("Authorization", "Signature "+r.Header.Get("Signature"))
		r.Header.Del("Signature")
	}
	if _, err := s.run(t, anaSource()); !errors.Is(err, ErrUnsigned) {
		t.Errorf("got %v", err)
	}
}

func TestB02_BodyChanged(t *testing.T) {
	longer := func(s *spec) { s.body += " " }
	cheap(t, slices.Concat(
		both("changed", cavagePost, rfcPost, func(s *spec) { s.body = strings.Replace(s.body, "peer", "beer", 1) }, ReasonDigest, 401),
		both("longer", cavagePost, rfcPost, longer, ReasonDigest, 401),
		both("removed", cavagePost, rfcPost, func(s *spec) { s.body = "" }, ReasonDigest, 401),
		both("on a GET", cavageGet, rfcGet, longer, ReasonNotCovered, 401),
	))
}

func TestB03_DigestNotCovered(t *testing.T) {
	cheap(t, []fault{
		{"cavage", cavagePost, func(s *spec) { s.uncover("digest") }, ReasonNotCovered, 401},
		{"rfc9421", rfcPost, func(s *spec) { s.uncover("content-digest") }, ReasonNotCovered, 401},
		{"covered and absent", cavagePost, func(s *spec) { s.header.Del("Digest") }, ReasonMissingHeader, 401},
		{"covered and absent, rfc9421", rfcPost, func(s *spec) { s.header.Del("Content-Digest") }, ReasonBadDigestField, 400},
	})
}

func TestB04_SeveralDigests(t *testing.T) {
	good := cavagePost().header.Get("Digest")
	for _, values := range [][]string{
		{good + ",MD5=AAAA"},
		{"MD5=AAAA," + good},
		{"MD5=AAAA", good},
		{"sha-256" + good[7:]},
		{"Sha-256" + good[7:] + " , unknown"},
		{good, good},
	} {
		s := cavagePost()
		s.header["Digest"] = values
		x, err := s.run(t, anaSource())
		if err != nil {
			t.Errorf("%q: %v", values, err)
			continue
		}
		wantGood(t, x, err)
	}
	other := "SHA-256=" + base64.StdEncoding.EncodeToString(make([]byte, 32))
	set := func(values ...string) func(*spec) { return func(s *spec) { s.header["Digest"] = values } }
	cheap(t, []fault{
		{"MD5 only", cavagePost, set("MD5=AAAA"), ReasonDigest, 401},
		{"right and wrong", cavagePost, set(good + "," + other), ReasonDigest, 401},
		{"wrong and right", cavagePost, set(other, good), ReasonDigest, 401},
		{"empty", cavagePost, set(""), ReasonDigest, 401},
		{"no base64", cavagePost, set("SHA-256=*"), ReasonDigest, 401},
		{"cut", cavagePost, set("SHA-256=AAAA"), ReasonDigest, 401},
		{"other base64 of the same bytes", cavagePost, set(strings.TrimSuffix(good, "=")), ReasonDigest, 401},
	})
}

func TestB04_SeveralContentDigests(t *testing.T) {
	good := rfcPost().header.Get("Content-Digest")
	other := "sha-256=:" + base64.StdEncoding.EncodeToString(make([]byte, 32)) + ":"
	s := rfcPost()
	s.header["Content-Digest"] = []string{"unixsum=:AAAA:", good}
	x, err := s.run(t, anaSource())
	wantGood(t, x, err)
	set := func(values ...string) func(*spec) { return func(s *spec) { s.header["Content-Digest"] = values } }
	cheap(t, []fault{
		{"unknown only", rfcPost, set("unixsum=:AAAA:"), ReasonDigest, 401},
		{"wrong", rfcPost, set(other), ReasonDigest, 401},
		{"right and wrong", rfcPost, set(good, strings.Replace(other, "256", "512", 1)), ReasonDigest, 401},
		{"twice", rfcPost, set(good, good), ReasonBadDigestField, 400},
	})
}

func TestB05_NoDate(t *testing.T) {
	cheap(t, []fault{
		{"not covered", cavagePost, func(s *spec) { s.uncover("date") }, ReasonNoDate, 401},
		{"absent", cavagePost, func(s *spec) { s.header.Del("Date") }, ReasonMissingHeader, 401},
		{"created given and not covered", cavagePost, func(s *spec) {
			s.uncover("date")
			s.params += ",created=" + strconv.FormatInt(noon.Unix(), 10)
		}, ReasonNoDate, 401},
		{"rfc9421 no created", rfcPost, func(s *spec) {
			s.replaceParams(";created="+strconv.FormatInt(noon.Unix(), 10), "")
		}, ReasonNoDate, 401},
		{"rfc9421 created zero", rfcPost, func(s *spec) {
			s.replaceParams(strconv.FormatInt(noon.Unix(), 10), "0")
		}, ReasonNoDate, 401},
	})
}

// signedAt changes when a request says it was signed.
func signedAt(at time.Time) func(*spec) {
	return func(s *spec) {
		s.header.Set("Date", at.UTC().Format(http.TimeFormat))
		if s.scheme == RFC9421 {
			s.replaceParams(strconv.FormatInt(noon.Unix(), 10), strconv.FormatInt(at.Unix(), 10))
		}
	}
}

func TestB06_Clock(t *testing.T) {
	for _, off := range []time.Duration{-time.Hour, -59 * time.Minute, 59 * time.Minute, time.Hour} {
		for _, s := range []*spec{cavagePost(), rfcPost()} {
			signedAt(noon.Add(off))(s)
			x, err := s.run(t, anaSource())
			wantGood(t, x, err)
		}
	}
	var faults []fault
	for _, c := range []struct {
		at     time.Time
		reason string
	}{
		{noon.Add(-time.Hour - time.Second), ReasonStale},
		{noon.Add(-2 * time.Hour), ReasonStale},
		{noon.Add(-13 * time.Hour), ReasonStale},
		{time.Date(2006, 1, 2, 15, 4, 5, 0, time.UTC), ReasonStale},
		{noon.Add(time.Hour + time.Second), ReasonFuture},
		{time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), ReasonFuture},
	} {
		faults = append(faults, both(c.at.String(), cavagePost, rfcPost, signedAt(c.at), c.reason, 401)...)
		faults = append(faults, both("GET "+c.at.String(), cavageGet, rfcGet, signedAt(c.at), c.reason, 401)...)
	}
	date := func(text string) func(*spec) { return func(s *spec) { s.header.Set("Date", text) } }
	create := func(text string) func(*spec) {
		return func(s *spec) { s.replaceParams(strconv.FormatInt(noon.Unix(), 10), text) }
	}
	cheap(t, append(
		faults,
		fault{"epoch", cavagePost, date(time.Unix(0, 0).UTC().Format(http.TimeFormat)), ReasonStale, 401},
		fault{"epoch", rfcPost, create("1"), ReasonStale, 401},
		fault{"year 31 million", rfcPost, create("999999999999999"), ReasonFuture, 401},
		fault{"beyond int64", rfcPost, create("99999999999999999999"), ReasonMalformed, 400},
		fault{"before 1970", rfcPost, create("-99"), ReasonNoDate, 401},
		fault{"no number", rfcPost, create("now"), ReasonMalformed, 400},
		fault{"a fraction", rfcPost, create("1.5"), ReasonMalformed, 400},
		fault{"unparsable", cavagePost, date("yesterday"), ReasonNoDate, 401},
		fault{"empty", cavagePost, date(""), ReasonNoDate, 401},
		fault{"ISO 8601", cavagePost, date(noon.Format(time.RFC3339)), ReasonNoDate, 401},
		fault{"two dates", cavagePost, func(s *spec) { s.header.Add("Date", s.header.Get("Date")) }, ReasonNoDate, 401},
	))
}

func TestB07_Expires(t *testing.T) {
	expire := func(at time.Time) func(*spec) {
		return func(s *spec) {
			if s.scheme == RFC9421 {
				s.params += fmt.Sprintf(";expires=%d", at.Unix())
			} else {
				s.params += fmt.Sprintf(",expires=%d", at.Unix())
			}
		}
	}
	far := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, s := range []*spec{cavagePost(), rfcPost()} {
		expire(far)(s)
		x, err := s.run(t, anaSource())
		wantGood(t, x, err)
	}
	late := func(s *spec) { signedAt(noon.Add(-2 * time.Hour))(s); expire(far)(s) }
	cheap(t, slices.Concat(
		both("over", cavagePost, rfcPost, expire(noon.Add(-time.Second)), ReasonExpired, 401),
		both("far ahead saves nothing", cavagePost, rfcPost, late, ReasonStale, 401),
	))
}

func TestB08_Host(t *testing.T) {
	elsewhere := func(s *spec) { s.host = "elsewhere.test" }
	cheap(t, slices.Concat(
		both("replayed from another server", cavageGet, rfcGet, elsewhere, ReasonWrongHost, 401),
		both("replayed from another server", cavagePost, rfcPost, elsewhere, ReasonWrongHost, 401),
		both("port", cavagePost, rfcPost, func(s *spec) { s.host = "home.test:8443" }, ReasonWrongHost, 401),
		both("suffix", cavagePost, rfcPost, func(s *spec) { s.host = "evil.home.test" }, ReasonWrongHost, 401),
		both("none", cavagePost, rfcPost, func(s *spec) { s.host = "" }, ReasonWrongHost, 401),
		[]fault{
			{"GET host not covered", cavageGet, func(s *spec) { s.uncover("host") }, ReasonNotCovered, 401},
			{"POST host not covered", cavagePost, func(s *spec) { s.uncover("host") }, ReasonNotCovered, 401},
		},
	))
	toOther := func(s *spec) { s.signedHost = "other.home.test" }
	costly(t, both("signed for another of ours", cavagePost, rfcPost, toOther, ReasonSignature, 401))
	for _, host := range []string{"other.home.test", "home.test:443", "HOME.test"} {
		s := cavagePost()
		s.host = host
		x, err := s.run(t, anaSource())
		wantGood(t, x, err)
	}
}

func TestB09_Target(t *testing.T) {
	sign := func(target string) func(*spec) { return func(s *spec) { s.signedTarget = target } }
	costly(t, slices.Concat(
		both("other path", cavagePost, rfcPost, sign("/outbox?x=1"), ReasonSignature, 401),
		both("other query", cavagePost, rfcPost, sign("/inbox?x=2"), ReasonSignature, 401),
		both("POST without query", cavagePost, rfcPost, sign("/inbox"), ReasonSignature, 401),
		both("other query on GET", cavageGet, rfcGet, sign("/users/bo?page=3"), ReasonSignature, 401),
		both("query grown on GET", cavageGet, rfcGet, sign("/users/bo?page=2&x=1"), ReasonSignature, 401),
		both("other encoding", cavagePost, rfcPost, sign("/%69nbox?x=1"), ReasonSignature, 401),
		both("method", cavagePost, rfcPost, func(s *spec) {
			s.after = func(r *http.Request) { r.Method = "PUT" }
		}, ReasonSignature, 401),
		[]fault{{"rfc9421 GET without query", rfcGet, sign("/users/bo"), ReasonSignature, 401}},
	))
	cheap(t, []fault{
		{"not covered", cavagePost, func(s *spec) { s.uncover("(request-target)") }, ReasonNotCovered, 401},
		{"not covered on GET", cavageGet, func(s *spec) { s.uncover("(request-target)") }, ReasonNotCovered, 401},
		{"target not covered", rfcPost, func(s *spec) { s.uncover("@target-uri") }, ReasonNotCovered, 401},
		{"method not covered", rfcGet, func(s *spec) { s.uncover("@method") }, ReasonNotCovered, 401},
	})
	s := cavageGet() // the known quirk
	s.signedTarget = "/users/bo"
	x, err := s.run(t, anaSource())
	wantGood(t, x, err)
}

func TestB10_Created(t *testing.T) {
	at := strconv.FormatInt(noon.Unix(), 10)
	later := strconv.FormatInt(noon.Unix()+60, 10)
	made := func() *spec {
		s := cavagePost()
		s.covered = []string{"(created)", "(request-target)", "host", "(expires)", "digest"}
		s.created, s.expires = at, later
		s.params = `keyId="` + keyID + `",algorithm="hs2019",created=` + at + `,expires="` + later + `"`
		return s
	}
	x, err := made().run(t, anaSource())
	wantGood(t, x, err)
	s := made()
	s.replaceParams("=\"hs2019\"", "=\"HS2019\"")
	x, err = s.run(t, anaSource())
	wantGood(t, x, err)

	old := strconv.FormatInt(noon.Add(-2*time.Hour).Unix(), 10)
	cheap(t, []fault{
		{"rsa-sha256", made, func(s *spec) { s.replaceParams("hs2019", "rsa-sha256") }, ReasonMalformed, 400},
		{"absent", made, func(s *spec) { s.replaceParams(",created="+at, "") }, ReasonMalformed, 400},
		{"expires absent", made, func(s *spec) { s.replaceParams(`,expires="`+later+`"`, "") }, ReasonMalformed, 400},
		{"no number", made, func(s *spec) { s.replaceParams("created="+at, "created=soon") }, ReasonMalformed, 400},
		{"octal", made, func(s *spec) { s.replaceParams("created="+at, "created=0"+at) }, ReasonMalformed, 400},
		{"stale", made, func(s *spec) { s.created = old; s.replaceParams("created="+at, "created="+old) }, ReasonStale, 401},
		{"stale, and a fresh date", made, func(s *spec) {
			s.covered = append(s.covered, "date")
			s.created = old
			s.replaceParams("created="+at, "created="+old)
		}, ReasonStale, 401},
	})
	costly(t, []fault{
		{"changed", made, func(s *spec) { s.created = later }, ReasonSignature, 401},
		{"other body key", made, func(s *spec) { s.key = eve().RSA }, ReasonSignature, 401},
	})
}

func TestB11_Algorithm(t *testing.T) {
	alg := func(name string) func(*spec) {
		return func(s *spec) { s.replaceParams("rsa-sha256", name); s.replaceParams("rsa-v1_5-sha256", name) }
	}
	pem, err := EncodePublicPEM(&ana().RSA.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	confused := func(name string) func(*spec) {
		return func(s *spec) {
			alg(name)(s)
			s.key = func(text string) []byte {
				mac := hmac.New(sha256.New, []byte(pem))
				mac.Write([]byte(text))
				return mac.Sum(nil)
			}
		}
	}
	var faults []fault
	for _, name := range []string{"none", "hmac-sha256", "rsa-sha1", "rsa-sha512", "ecdsa-p256-sha256", "rsa-pss-sha512", "x"} {
		faults = append(faults, both(name, cavagePost, rfcPost, alg(name), ReasonAlgorithm, 401)...)
	}
	faults = append(faults, both("public key as secret", cavagePost, rfcPost, confused("hmac-sha256"), ReasonAlgorithm, 401)...)
	cheap(t, faults)

	drop := func(s *spec) {
		s.replaceParams(`,algorithm="rsa-sha256"`, "")
		s.replaceParams(`;alg="rsa-v1_5-sha256"`, "")
	}
	costly(t, slices.Concat(
		both("not that of the key", cavagePost, rfcPost, alg("ed25519"), ReasonAlgorithm, 401),
		both("public key as secret, unsaid", cavagePost, rfcPost, func(s *spec) { confused("")(s); drop(s); dropEmpty(s) }, ReasonSignature, 401),
		[]fault{{"public key as secret, hs2019", cavagePost, confused("hs2019"), ReasonSignature, 401}},
	))
	for _, s := range []*spec{cavagePost(), rfcPost()} {
		drop(s)
		x, err := s.run(t, anaSource())
		wantGood(t, x, err)
	}
}

func dropEmpty(s *spec) { s.replaceParams(`,algorithm=""`, ""); s.replaceParams(`;alg=""`, "") }

func TestB11_Ed25519(t *testing.T) {
	source := func() *source {
		return &source{key: &Key{ID: keyID, Owner: owner, Public: ana().Ed25519Public()}}
	}
	for _, name := range []string{"ed25519", "hs2019"} {
		s := cavagePost()
		s.key = ana().Ed25519
		s.replaceParams("rsa-sha256", name)
		x, err := s.run(t, source())
		wantGood(t, x, err)
	}
	s := rfcPost()
	s.key = ana().Ed25519
	s.replaceParams("rsa-v1_5-sha256", "ed25519")
	x, err := s.run(t, source())
	wantGood(t, x, err)
	for _, s := range []*spec{cavagePost(), rfcPost()} {
		x, err := s.run(t, source())
		wantRefused(t, x, err, ReasonAlgorithm, 401)
	}
}

// header replaces a header of the signed request, so that its syntax can be broken.
func header(name string, change func(string) string) func(*spec) {
	return func(s *spec) {
		s.after = func(r *http.Request) { r.Header.Set(name, change(r.Header.Get(name))) }
	}
}

func swap(old, new string) func(string) string {
	return func(text string) string { return strings.Replace(text, old, new, 1) }
}

func TestB12_CavageSyntax(t *testing.T) {
	huge := func(text string) string { return text + `,x="` + strings.Repeat("a", 64<<10) + `"` }
	all := func(to string) func(string) string { return func(string) string { return to } }
	many := func(text string) string {
		for i := range 40 {
			text += fmt.Sprintf(",x%d=1", i)
		}
		return text
	}
	var faults []fault
	for name, change := range map[string]func(string) string{
		"keyId twice":            swap(`keyId="`, `keyId="https://other.test/#k",keyId="`),
		"keyId twice, by case":   swap(`keyId="`, `keyid="https://other.test/#k",keyId="`),
		"signature twice":        swap(`signature="`, `signature="AAAA",signature="`),
		"headers twice":          swap(`headers="`, `headers="date",headers="`),
		"unknown twice":          swap(`keyId=`, `x=1,x=2,keyId=`),
		"covered twice":          swap(`(request-target) host`, `(request-target) host host`),
		"covered twice, by case": swap(`(request-target) host`, `(request-target) host Host`),
		"two spaces":             swap(`(request-target) host`, `(request-target)  host`),
		"unknown component":      swap(`(request-target) host`, `(request-target) (response) host`),
		"open quote":             func(text string) string { return strings.TrimSuffix(text, `"`) },
		"quote in the middle":    swap(`#main-key"`, `#main"key"`),
		"escaped quote":          swap(`#main-key"`, `#main\"key"`),
		"no comma":               swap(`",algorithm`, `" algorithm`),
		"two commas":             swap(`",algorithm`, `",,algorithm`),
		"comma at the end":       func(text string) string { return text + "," },
		"comma at the start":     func(text string) string { return "," + text },
		"no value":               swap(`"rsa-sha256"`, ``),
		"no equals":              swap(`algorithm="rsa-sha256"`, `algorithm`),
		"space before equals":    swap(`algorithm=`, `algorithm =`),
		"no keyId":               swap(`keyId=`, `kid=`),
		"no signature":           swap(`signature=`, `sig=`),
		"empty signature":        func(text string) string { return text[:strings.Index(text, `signature="`)] + `signature=""` },
		"no base64":              swap(`signature="`, `signature="*`),
		"unpadded":               func(text string) string { return strings.TrimRight(text, `="`) + `"` },
		"empty":                  all(""),
		"blank":                  all("  "),
		"garbage":                all("Ünsinn"),
		"not ASCII":              swap("#main-key", "#mäin-key"),
		"scheme in front":        func(text string) string { return "Signature " + text },
		"huge":                   huge,
		"too many parameters":    many,
		"too many headers":       swap("(request-target)", strings.TrimSpace(strings.Repeat("a b c d ", 20))),
	} {
		faults = append(faults, fault{name, cavagePost, header("Signature", change), ReasonMalformed, 400})
	}
	faults = append(faults, fault{"two headers", cavagePost, func(s *spec) {
		s.after = func(r *http.Request) { r.Header.Add("Signature", r.Header.Get("Signature")) }
	}, ReasonMalformed, 400})
	cheap(t, faults)
}

// TestB12_CavageFreedom: what honest senders write differently, and httpsig alone would not read.
func TestB12_CavageFreedom(t *testing.T) {
	for name, change := range map[string]func(string) string{
		"spaces after commas": func(text string) string { return strings.ReplaceAll(text, `",`, `", `) },
		"tabs":                func(text string) string { return strings.ReplaceAll(text, `",`, "\"\t,\t") },
		"unknown parameter":   func(text string) string { return text + `,opaque="a, b",v=1` },
		"upper case":          swap("host date", "Host Date"),
	} {
		t.Run(name, func(t *testing.T) {
			s := cavagePost()
			header("Signature", change)(s)
			x, err := s.run(t, anaSource())
			wantGood(t, x, err)
		})
	}
	id := "https://peer.test/users/ana,b#main-key"
	s := cavagePost()
	s.replaceParams(keyID, id)
	x, err := s.run(t, &source{key: &Key{ID: id, Owner: owner, Public: &ana().RSA.PublicKey}})
	if err != nil || x.KeyID() != id {
		t.Errorf("comma in keyId: %v", err)
	}
}

func TestB13_RepeatedHeaders(t *testing.T) {
	for _, s := range []*spec{cavagePost(), rfcPost()} {
		s.header["Content-Type"] = []string{"a/b", "c/d"}
		x, err := s.run(t, anaSource())
		wantGood(t, x, err)
	}
	split := func(values ...string) func(*spec) {
		return func(s *spec) {
			s.after = func(r *http.Request) { r.Header["Content-Type"] = values }
		}
	}
	signed := "application/activity+json"
	costly(t, slices.Concat(
		both("signed one first", cavagePost, rfcPost, split(signed, "text/html"), ReasonSignature, 401),
		both("signed one last", cavagePost, rfcPost, split("text/html", signed), ReasonSignature, 401),
	))
}

func TestB14_OwnerElsewhere(t *testing.T) {
	for _, other := range []string{
		"https://victim.test/users/vi", "http://peer.test/users/ana", "https://peer.test:8443/users/ana",
		"https://sub.peer.test/users/ana", "", "ana", "https://ana@peer.test/",
	} {
		for _, s := range []*spec{cavagePost(), rfcPost(), cavageGet()} {
			keys := anaSource()
			keys.key.Owner = other
			x, err := s.run(t, keys)
			wantRefused(t, x, err, ReasonOwner, 401)
		}
	}
}

// TestB15_TheOwnerSigns: the owner that the source vouches for is the signer, never a name out of the request.
func TestB15_TheOwnerSigns(t *testing.T) {
	keys := anaSource()
	keys.key.Owner = "https://peer.test/users/other"
	x, err := cavagePost().run(t, keys)
	if err != nil || x.Actor() != keys.key.Owner {
		t.Errorf("got %q, %v", x.Actor(), err)
	}
	keys = anaSource()
	keys.err = &KeyError{Err: errors.New("the owner does not list the key")}
	x, err = cavagePost().run(t, keys)
	wantRefused(t, x, err, ReasonKey, 401)
}

func TestB16_OtherKey(t *testing.T) {
	for _, id := range []string{"", owner, keyID + "2", "https://victim.test/users/vi#main-key"} {
		keys := anaSource()
		keys.key.ID = id
		x, err := cavagePost().run(t, keys)
		wantRefused(t, x, err, ReasonKey, 401)
	}
	x, err := cavagePost().run(t, &source{})
	wantRefused(t, x, err, ReasonKey, 401)
}

func TestB17_RotatedKey(t *testing.T) {
	for _, s := range []*spec{cavagePost(), rfcPost(), cavageGet(), rfcGet()} {
		keys := &source{
			key:   &Key{ID: keyID, Owner: owner, Public: &eve().RSA.PublicKey},
			fresh: &Key{ID: keyID, Owner: owner, Public: &ana().RSA.PublicKey},
		}
		x, err := s.run(t, keys)
		wantGood(t, x, err)
		if keys.asked != 1 || keys.refreshed != 1 {
			t.Errorf("asked %d, refreshed %d", keys.asked, keys.refreshed)
		}
		keys = anaSource()
		x, err = s.run(t, keys)
		wantGood(t, x, err)
		if keys.refreshed != 0 {
			t.Error("a good key was refreshed")
		}
	}
	// Another kind of key, and one that has moved to another owner.
	keys := &source{
		key:   &Key{ID: keyID, Owner: owner, Public: ana().Ed25519Public()},
		fresh: &Key{ID: keyID, Owner: owner, Public: &ana().RSA.PublicKey},
	}
	x, err := cavagePost().run(t, keys)
	wantGood(t, x, err)
	keys.fresh.Owner = "https://victim.test/users/vi"
	x, err = cavagePost().run(t, keys)
	wantRefused(t, x, err, ReasonOwner, 401)
}

func TestB18_OneRefresh(t *testing.T) {
	for _, s := range []*spec{cavagePost(), rfcPost()} {
		s.key = eve().RSA
		keys := anaSource()
		x, err := s.run(t, keys)
		wantRefused(t, x, err, ReasonSignature, 401)
		if keys.asked != 1 || keys.refreshed != 1 {
			t.Errorf("asked %d, refreshed %d", keys.asked, keys.refreshed)
		}
		keys = &source{key: anaSource().key, fresh: &Key{ID: keyID, Owner: owner, Public: &mustKeys().RSA.PublicKey}}
		x, err = s.run(t, keys)
		wantRefused(t, x, err, ReasonSignature, 401)
		if keys.asked != 1 || keys.refreshed != 1 {
			t.Errorf("asked %d, refreshed %d", keys.asked, keys.refreshed)
		}
	}
}

func TestB19_PrivateAddress(t *testing.T) {
	s := cavagePost()
	s.replaceParams(keyID, "https://169.254.169.254/latest")
	x, err := s.run(t, &source{err: &KeyError{Err: errors.New("not a public address")}})
	wantRefused(t, x, err, ReasonKey, 401)
	s = cavagePost()
	s.replaceParams(keyID, "http://169.254.169.254/latest")
	keys := anaSource()
	x, err = s.run(t, keys)
	wantRefused(t, x, err, ReasonKeyID, 401)
	if keys.asked > 0 {
		t.Error("an http key was asked for")
	}
}

func TestB20_NoKey(t *testing.T) {
	cause := errors.New("cause")
	for _, c := range []struct {
		err    error
		reason string
		status int
	}{
		{&KeyError{Err: cause}, ReasonKey, 401},
		{&KeyError{Temporary: true, Err: cause}, ReasonUnavailable, 503},
		{fmt.Errorf("asking: %w", &KeyError{Temporary: true, Err: cause}), ReasonUnavailable, 503},
		{cause, ReasonUnavailable, 503}, // a database that is down
	} {
		for _, s := range []*spec{cavagePost(), rfcPost()} {
			x, err := s.run(t, &source{err: c.err})
			wantRefused(t, x, err, c.reason, c.status)
			if !errors.Is(err, cause) {
				t.Errorf("%v hides its cause", err)
			}
			s.key = eve().RSA
			x, err = s.run(t, &source{key: anaSource().key, freshErr: c.err})
			wantRefused(t, x, err, c.reason, c.status)
		}
	}
}

func TestB21_Blocked(t *testing.T) {
	for _, s := range []*spec{cavagePost(), rfcPost(), cavageGet(), rfcGet()} {
		x, err := s.run(t, &source{err: &KeyError{Blocked: true, Err: errors.New("suspended")}})
		wantRefused(t, x, err, ReasonBlocked, 403)
	}
}

func TestB22_WeakKeyOfASource(t *testing.T) {
	good := &ana().RSA.PublicKey
	for name, public := range map[string]any{
		"exponent 1":    &rsa.PublicKey{N: good.N, E: 1},
		"even exponent": &rsa.PublicKey{N: good.N, E: 65536},
		"short":         &rsa.PublicKey{N: shortKey(t).N, E: 65537},
		"no modulus":    &rsa.PublicKey{E: 65537},
		"nil":           (*rsa.PublicKey)(nil),
		"nothing":       nil,
		"bytes":         []byte("secret"),
		"cut Ed25519":   ana().Ed25519Public()[:31],
	} {
		t.Run(name, func(t *testing.T) {
			x, err := cavagePost().run(t, &source{key: &Key{ID: keyID, Owner: owner, Public: public}})
			wantRefused(t, x, err, ReasonKey, 401)
		})
	}
}

// TestB24_Replay: inside the window a replay is the same request again, and says so; the inbox tells it by activity and
// signer. TestB25: after it, the clock refuses it.
func TestB24_Replay(t *testing.T) {
	for _, s := range []*spec{cavagePost(), rfcPost()} {
		r, v := s.request(t), verifier(anaSource())
		one, err := v.Request(context.Background(), r, s.bytes())
		wantGood(t, one, err)
		two, err := v.Request(context.Background(), r, s.bytes())
		wantGood(t, two, err)
		if !reflect.DeepEqual(one, two) {
			t.Errorf("got %+v and %+v", one, two)
		}
	}
}

func TestB25_LateReplay(t *testing.T) {
	for _, s := range []*spec{cavagePost(), rfcPost()} {
		now := noon
		v := NewVerifier(Config{Keys: anaSource(), Hosts: []string{"home.test"}, Now: func() time.Time { return now }})
		r := s.request(t)
		x, err := v.Request(context.Background(), r, s.bytes())
		wantGood(t, x, err)
		now = noon.Add(window + time.Second)
		x, err = v.Request(context.Background(), r, s.bytes())
		wantRefused(t, x, err, ReasonStale, 401)
	}
}

func TestB26_RFC9421(t *testing.T) {
	cover := func(names ...string) func(*spec) { return func(s *spec) { s.covered = names } }
	param := func(text string) func(*spec) { return func(s *spec) { s.params += text } }
	input, signature := "Signature-Input", "Signature"
	cheap(t, []fault{
		{"only @method", rfcPost, cover("@method"), ReasonNotCovered, 401},
		{"nothing", rfcPost, cover(), ReasonNotCovered, 401},
		{"authority without path", rfcGet, cover("@method", "@authority", "@query"), ReasonNotCovered, 401},
		{"path without authority", rfcGet, cover("@method", "@path", "@query"), ReasonNotCovered, 401},
		{"no query", rfcGet, cover("@method", "@authority", "@path"), ReasonNotCovered, 401},
		{"tag", rfcPost, param(`;tag="other"`), ReasonUnsupported, 401},
		{"label mismatch", rfcPost, header(signature, swap("sig1=", "sig2=")), ReasonMissingLabel, 401},
		{"no Signature", rfcPost, func(s *spec) { s.after = func(r *http.Request) { r.Header.Del(signature) } }, ReasonMissingLabel, 401},
		{"bad label first", rfcPost, header(input, func(text string) string {
			return `bad=("@method");created=1;keyid="x", ` + text
		}), ReasonMissingLabel, 401},
		{"bad label first, with a signature", rfcPost, func(s *spec) {
			s.after = func(r *http.Request) {
				r.Header.Set(input, `bad=("@method");created=1;keyid="x", `+r.Header.Get(input))
				r.Header.Set(signature, "bad=:AAAA:, "+r.Header.Get(signature))
			}
		}, ReasonNotCovered, 401},
		{"good label second", rfcPost, header(input, func(text string) string {
			return `other=` + strings.TrimPrefix(text, "sig1=") + ", " + text
		}), ReasonMissingLabel, 401},
		{"response component", rfcPost, cover("@method", "@target-uri", "content-digest", "@status"), ReasonUnsupported, 401},
		{"query parameter", rfcPost, cover("@method", "@target-uri", "content-digest", "@query-param"), ReasonUnsupported, 401},
		{"absent header", rfcPost, cover("@method", "@target-uri", "content-digest", "x-none"), ReasonMissingHeader, 401},
		{"component parameter", rfcPost, header(input, swap(`"content-digest"`, `"content-digest";sf`)), ReasonUnsupported, 401},
		{"of the request", rfcPost, header(input, swap(`"@method"`, `"@method";req`)), ReasonUnsupported, 401},
		{"no keyid", rfcPost, func(s *spec) { s.replaceParams(`;keyid="`+keyID+`"`, "") }, ReasonKeyID, 401},
	})
	costly(t, []fault{
		{"parameter added", rfcPost, header(input, func(text string) string { return text + `;nonce="n"` }), ReasonSignature, 401},
		{"component dropped", rfcPost, header(input, swap(` "content-type"`, "")), ReasonSignature, 401},
		{"components swapped", rfcPost, header(input, swap(`"@method" "@target-uri"`, `"@target-uri" "@method"`)), ReasonSignature, 401},
		{"other key", rfcPost, func(s *spec) { s.key = eve().RSA }, ReasonSignature, 401},
		{"bytes cut", rfcPost, header(signature, func(string) string { return "sig1=:AAAA:" }), ReasonSignature, 401},
		{"no bytes", rfcPost, header(signature, func(string) string { return "sig1=::" }), ReasonSignature, 401},
	})
}

func TestB26_RFC9421Syntax(t *testing.T) {
	input := map[string]func(string) string{
		"empty":               func(string) string { return "" },
		"no list":             func(string) string { return "sig1=1" },
		"no value":            func(string) string { return "sig1" },
		"open list":           swap(`")`, `"`),
		"open quote":          swap(`"@method"`, `"@method`),
		"glued items":         swap(`"@method" `, `"@method"`),
		"component twice":     swap(`"@method"`, `"@method" "@method"`),
		"upper case":          swap(`"content-type"`, `"Content-Type"`),
		"no component name":   swap(`"content-type"`, `"a b"`),
		"empty component":     swap(`"content-type"`, `""`),
		"only an at":          swap(`"content-type"`, `"@"`),
		"a line break":        swap(`"content-type"`, `"content-type\n"`),
		"token component":     swap(`"content-type"`, `content-type`),
		"label twice":         func(text string) string { return text + ", " + text },
		"parameter twice":     func(text string) string { return text + `;keyid="x"` },
		"keyid a token":       swap(`keyid="`+keyID+`"`, `keyid=x`),
		"alg a number":        swap(`alg="rsa-v1_5-sha256"`, `alg=1`),
		"created a string":    swap("created=", `created="1";x=`),
		"expires zero":        func(text string) string { return text + ";expires=0" },
		"expires a string":    func(text string) string { return text + `;expires="1"` },
		"comma at the end":    func(text string) string { return text + "," },
		"label in upper case": swap("sig1", "Sig1"),
		"decimal":             func(text string) string { return text + ";x=1.5" },
		"date":                func(text string) string { return text + ";x=@1" },
		"bad boolean":         func(text string) string { return text + ";x=?2" },
		"too long":            func(text string) string { return text + `;x="` + strings.Repeat("a", 9000) + `"` },
		"too many components": swap(`"@method"`, `"@method"`+manyStrings(40)),
		"too many labels":     func(text string) string { return text + strings.Repeat(", x", 1) + manyLabels(20) },
		"too many parameters": func(text string) string { return text + manyParams(20) },
		"quadratic":           func(string) string { return strings.Repeat("(", 8000) },
	}
	var faults []fault
	for name, change := range input {
		faults = append(faults, fault{name, rfcPost, header("Signature-Input", change), ReasonMalformed, 400})
	}
	for name, change := range map[string]func(string) string{
		"signature no bytes":       func(string) string { return `sig1="x"` },
		"signature a list":         func(string) string { return `sig1=(:AAAA:)` },
		"signature open":           func(text string) string { return strings.TrimSuffix(text, ":") },
		"signature no base64":      func(string) string { return "sig1=:*:" },
		"signature of draft style": func(string) string { return `keyId="x",signature="AAAA"` },
		"signature twice":          func(text string) string { return text + ", " + text },
	} {
		faults = append(faults, fault{name, rfcPost, header("Signature", change), ReasonMalformed, 400})
	}
	cheap(t, faults)
}

func manyStrings(n int) (text string) {
	for i := range n {
		text += fmt.Sprintf(` "x%d"`, i)
	}
	return text
}

func manyLabels(n int) (text string) {
	for i := range n {
		text += fmt.Sprintf(`, x%d`, i)
	}
	return text
}

func manyParams(n int) (text string) {
	for i := range n {
		text += fmt.Sprintf(`;x%d`, i)
	}
	return text
}

// TestB26_RFC9421Freedom: what honest senders write differently.
func TestB26_RFC9421Freedom(t *testing.T) {
	for name, change := range map[string]func(*spec){
		"authority and path": func(s *spec) { s.covered = []string{"@method", "@authority", "@path", "@query", "content-digest"} },
		"headers too":        func(s *spec) { s.covered = append(s.covered, "host", "date") },
		"no alg":             func(s *spec) { s.replaceParams(`;alg="rsa-v1_5-sha256"`, "") },
		"nonce and unknown":  func(s *spec) { s.params += `;nonce="a\"b\\c";x;y=?0;z=tok/en;b=:AAAA:` },
		"white space": header("Signature-Input", func(text string) string {
			return strings.Replace(strings.Replace(text, `" "`, `"   "`, 1), ";created", "; created", 1)
		}),
		"a second label": header("Signature-Input", func(text string) string { return text + `, proxy=("@method");created=1` }),
		"a second value": header("Signature", func(text string) string { return "proxy=:AAAA:, " + text }),
		"two lines": func(s *spec) {
			s.after = func(r *http.Request) { r.Header.Add("Signature-Input", `proxy=("@method")`) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := rfcPost()
			change(s)
			x, err := s.run(t, anaSource())
			wantGood(t, x, err)
		})
	}
	s := rfcGet()
	s.target, s.covered = "/users/bo", []string{"@method", "@authority", "@path"}
	x, err := s.run(t, anaSource())
	wantGood(t, x, err)
}

func TestB27_MalformedContentDigest(t *testing.T) {
	var faults []fault
	for _, value := range []string{
		"", "x", "sha-256", "sha-256=", "sha-256=abc", "sha-256=:abc", "sha-256=:*:", "SHA-256=:AAAA:", `sha-256="AAAA"`,
		"sha-256=:AAAA:,", "sha-256=:AAAA: x", "sha-256=(:AAAA:)", "sha-256=:AAAA:, sha-256=:AAAA:", strings.Repeat("a", 9000),
	} {
		faults = append(faults, fault{
			fmt.Sprintf("%.30q", value), rfcPost,
			func(s *spec) { s.header.Set("Content-Digest", value) }, ReasonBadDigestField, 400,
		})
	}
	cheap(t, faults)
}

func TestB28_NoFallBack(t *testing.T) {
	good := cavagePost().request(t)
	for _, input := range []string{
		"", "x", `sig1=("@method");created=1;keyid="x"`,
		fmt.Sprintf(`sig1=("@method" "@target-uri" "content-digest");created=%d;keyid="%s"`, noon.Unix(), keyID),
	} {
		r := good.Clone(context.Background())
		r.Header.Set("Signature-Input", input)
		r.Header.Set("Content-Digest", contentDigestOf([]byte(note)))
		x, err := verifier(anaSource()).Request(context.Background(), r, []byte(note))
		if x.Valid() || err == nil {
			t.Errorf("Signature-Input %q: the older signature was taken", input)
		}
	}
	// And a good signature of RFC 9421 is not harmed by what belongs to the other.
	s := rfcPost()
	s.after = func(r *http.Request) { r.Header.Set("Digest", "MD5=AAAA") }
	x, err := s.run(t, anaSource())
	wantGood(t, x, err)
	// Its remains, when Signature-Input is stripped, are no older signature.
	s.after = func(r *http.Request) { r.Header.Del("Signature-Input") }
	x, err = s.run(t, anaSource())
	wantRefused(t, x, err, ReasonMalformed, 400)
}

// TestB29_SignedAgain: a request that is sent on is good where it goes, and no longer where it was going.
func TestB29_SignedAgain(t *testing.T) {
	signer := Signer{KeyID: keyID, Key: ana().RSA, Now: func() time.Time { return noon }}
	for _, schemes := range [][2]Scheme{{Cavage, Cavage}, {RFC9421, RFC9421}, {Cavage, RFC9421}, {RFC9421, Cavage}} {
		r, err := http.NewRequest("GET", "https://home.test/old?a=1", nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := signer.Sign(r, nil, schemes[0]); err != nil {
			t.Fatal(err)
		}
		first := r.Header.Clone()
		r.URL.Host, r.URL.Path, r.Host = "other.home.test", "/new", ""
		if err := signer.Sign(r, nil, schemes[1]); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"Date", "Signature", "Signature-Input"} {
			if n := len(r.Header[name]); n > 1 {
				t.Errorf("%d headers %s", n, name)
			}
		}
		v := verifier(anaSource())
		x, err := v.Request(context.Background(), receive(t, "GET", "/new?a=1", "other.home.test", r.Header, ""), nil)
		wantGood(t, x, err)
		if x.Scheme() != schemes[1] {
			t.Errorf("scheme is %q", x.Scheme())
		}
		x, err = v.Request(context.Background(), receive(t, "GET", "/new?a=1", "other.home.test", first, ""), nil)
		wantRefused(t, x, err, ReasonSignature, 401)
	}
}

func TestB34_OnlyTheVerifierMakesVerified(t *testing.T) {
	shape := reflect.TypeFor[Verified]()
	for i := range shape.NumField() {
		if shape.Field(i).IsExported() {
			t.Errorf("field %s could be set from outside", shape.Field(i).Name)
		}
	}
	if (Verified{}).Valid() {
		t.Error("the zero value is valid")
	}
	if seal := verifier(anaSource()).Seal(Verified{}); seal != "" {
		t.Errorf("the zero value was sealed: %s", seal)
	}
}

func TestB35_KeyIDs(t *testing.T) {
	for _, id := range []string{
		"https://peer.test@victim.test/users/ana", `https://peer.test#@victim.test/`, "https://peer.test%2f@victim.test/",
		"https://[::1/users/ana", "https://peer.test:x/", "https://0x7f.1/", "https://127.1/", "//peer.test/users/ana",
		"ana@peer.test", "acct:ana@peer.test", "ftp://peer.test/ana", "file:///etc/passwd", "javascript:alert(1)", "x",
		"https:peer.test", "https:///users/ana", " https://peer.test/", "https://peer.test /",
		"http://peer.test/users/ana#main-key", "https://" + strings.Repeat("a", 3000) + ".test/",
	} {
		for _, s := range []*spec{cavagePost(), rfcPost()} {
			keys := anaSource()
			s.replaceParams(keyID, id)
			x, err := s.run(t, keys)
			if id == "https://peer.test#@victim.test/" {
				// Here the fragment begins early: all readers agree on peer.test, and the source is asked for just that.
				if keys.lastID != id {
					t.Errorf("%q was asked for as %q", id, keys.lastID)
				}
				wantRefused(t, x, err, ReasonKey, 401)
				continue
			}
			if keys.asked > 0 {
				t.Errorf("key %q was asked for", id)
			}
			wantRefused(t, x, err, ReasonKeyID, 401)
		}
	}
	// One form of the id is asked for, compared and reported.
	s := cavagePost()
	s.replaceParams("https://peer.test/", "https://PEER.test:443/")
	keys := anaSource()
	x, err := s.run(t, keys)
	wantGood(t, x, err)
	if keys.lastID != keyID {
		t.Errorf("asked for %q", keys.lastID)
	}
}

func TestB36_AttackerKeyOfTheVictim(t *testing.T) {
	id := "https://attacker.test/key"
	for _, s := range []*spec{cavagePost(), rfcPost()} {
		s.replaceParams(keyID, id)
		s.key = eve().RSA
		x, err := s.run(t, &source{key: &Key{ID: id, Owner: owner, Public: &eve().RSA.PublicKey}})
		wantRefused(t, x, err, ReasonOwner, 401)
	}
}

// TestRFC9421Vector is the signature of RFC 9421, appendix B.2.6, with the key of B.1.4.
func TestRFC9421Vector(t *testing.T) {
	raw, err := base64.RawURLEncoding.DecodeString("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs")
	if err != nil {
		t.Fatal(err)
	}
	public, err := ParseMultikey(EncodeMultikey(raw))
	if err != nil {
		t.Fatal(err)
	}
	body := `{"hello": "world"}`
	input := `sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`
	signature := "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:"
	digest := "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
	r := receive(t, "POST", "/foo?param=Value&Pet=dog", "example.com", http.Header{
		"Date": {"Tue, 20 Apr 2021 02:07:55 GMT"}, "Content-Type": {"application/json"},
		"Content-Digest": {digest}, "Signature-Input": {input}, "Signature": {signature},
	}, body)
	if err := checkContentDigest([]string{digest}, []byte(body)); err != nil {
		t.Error(err)
	}
	in, err := parse9421(r.Header["Signature-Input"], r.Header["Signature"])
	if err != nil {
		t.Fatal(err)
	}
	m := &message{Request: r, body: []byte(body), host: "example.com"}
	base, err := m.base(in, "https")
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.TrimPrefix(input, "sig-b26="); in.serialize() != want || !strings.HasSuffix(base, want) {
		t.Errorf("parameters are %s", in.serialize())
	}
	if err := in.check([]string{base}, public); err != nil {
		t.Errorf("%v\n%s", err, base)
	}
	if err := in.check([]string{base + " "}, public); err == nil {
		t.Error("another base fits as well")
	}
}

// TestDigestVectors: RFC 9530, appendix B.1 and B.2, and the digest of nothing.
func TestDigestVectors(t *testing.T) {
	if got := contentDigestOf([]byte("{\"hello\": \"world\"}\n")); got != "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:" {
		t.Error(got)
	}
	empty, err := hex.DecodeString("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
	if err != nil {
		t.Fatal(err)
	}
	if got := digestOf(nil); got != "SHA-256="+base64.StdEncoding.EncodeToString(empty) {
		t.Error(got)
	}
}
