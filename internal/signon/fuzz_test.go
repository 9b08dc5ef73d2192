package signon

import (
	"encoding/json"
	"testing"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
)

// FuzzClaims: whatever a provider says of somebody becomes texts that can be stored.
func FuzzClaims(f *testing.F) {
	f.Add(`{"sub":"1","groups":["a","b"],"email":"ann@x.test","email_verified":true}`)
	f.Add(`{"realm_access":{"roles":["nurse"]},"email_verified":"true","email":"a"}`)
	f.Add(`{"groups":{"a":1},"sid":7,"name":"a\u0000b"}`)
	f.Fuzz(func(t *testing.T, raw string) {
		claims := map[string]any{}
		if json.Unmarshal([]byte(raw), &claims) != nil {
			return
		}
		for _, name := range []string{"groups", "realm_access.roles", "", ".", "a.b.c"} {
			p := &Provider{cfg: Config{GroupsClaim: name, ExternalIDClaim: name}}
			who := p.person(&oidc.IDToken{}, claims, "")
			for _, text := range append(who.Groups, who.Login, who.Name, who.Email, who.SID, who.ExternalID) {
				for _, c := range text {
					if unicode.IsControl(c) {
						t.Fatalf("%q has a control character", text)
					}
				}
			}
		}
	})
}
