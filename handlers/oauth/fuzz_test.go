package oauth

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func FuzzReadForm(f *testing.F) {
	f.Add("a=1&b[]=2", "application/x-www-form-urlencoded", "c=3")
	f.Add("", "application/json", `{"a":"b","c":[1,true,null],"d":{"e":1}}`)
	f.Add("", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n")
	f.Fuzz(func(t *testing.T, query, mediaType, body string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header["Content-Type"] = []string{mediaType}
		in, err := readForm(httptest.NewRecorder(), r)
		if err != nil {
			return
		}
		for name, list := range in {
			for _, value := range list {
				if strings.ContainsRune(value, 0) {
					t.Errorf("%q holds NUL", name)
				}
			}
		}
	})
}

func FuzzLocalPath(f *testing.F) {
	for _, seed := range []string{"/", "//evil.test", "/\\evil.test", "/a?b=//c", "https://x/", "/%2F%2fevil.test", "/.//evil.test"} {
		f.Add(seed)
	}
	here := &url.URL{Scheme: "https", Host: "here.test", Path: "/auth/sign_in"}
	f.Fuzz(func(t *testing.T, next string) {
		got := localPath(next)
		// As browsers read it: without what they drop, and with their idea of a slash.
		read := strings.ReplaceAll(strings.Map(func(c rune) rune {
			if c == '\t' || c == '\n' || c == '\r' {
				return -1
			}
			return c
		}, got), `\`, "/")
		led, err := here.Parse(read)
		if err != nil || led.Host != "here.test" || led.Scheme != "https" || !strings.HasPrefix(got, "/") || strings.HasPrefix(read, "//") {
			t.Errorf("%q became %q, which leads to %v, %v", next, got, led, err)
		}
	})
}

func FuzzRedirectURI(f *testing.F) {
	for _, seed := range []string{"https://a.test/x?y", "com.tapbots.Ivory.10217:/request_token", "x:y;script-src", "https://a.test;/", outOfBand, "javascript:x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		if checkRedirectURI(uri) != nil {
			return
		}
		for _, source := range policySource(uri) {
			if strings.ContainsAny(source, "; ,\r\n\t'\"") || source == "" || source == ":" {
				t.Errorf("%q gives the policy source %q", uri, source)
			}
		}
		if led := leadBack(uri, url.Values{"code": {"c"}}); !strings.HasPrefix(led, uri) || strings.ContainsAny(led, "\r\n") {
			t.Errorf("%q leads to %q", uri, led)
		}
	})
}

func FuzzParseScopes(f *testing.F) {
	f.Add("read write:statuses admin:read:accounts")
	f.Add(":::  +,read:")
	f.Fuzz(func(t *testing.T, list string) {
		found, err := parseScopes(list)
		if err != nil {
			return
		}
		again, err := parseScopes(found.String())
		if err != nil || again.String() != found.String() || !found.within(found) || (len(found) > 0) != (len(found.words()) > 0) {
			t.Errorf("%q: %v, %v, %v", list, found, again, err)
		}
	})
}
