package sign

import (
	"context"
	"net/http"
	"testing"
)

func BenchmarkSign(b *testing.B) {
	signer := Signer{KeyID: keyID, Key: ana().RSA}
	for name, scheme := range map[string]Scheme{"cavage": Cavage, "rfc9421": RFC9421} {
		b.Run(name, func(b *testing.B) {
			r, err := http.NewRequest("POST", "https://home.test/inbox", nil)
			if err != nil {
				b.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/activity+json")
			for b.Loop() {
				if err := signer.Sign(r, []byte(note), scheme); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for name, s := range map[string]*spec{"cavage": cavagePost(), "rfc9421": rfcPost()} {
		b.Run(name, func(b *testing.B) {
			r, v := s.request(b), verifier(anaSource())
			for b.Loop() {
				if _, err := v.Request(context.Background(), r, []byte(note)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRefuse is what a request costs that fails before its key is asked for.
func BenchmarkRefuse(b *testing.B) {
	s := cavagePost()
	s.body += " "
	r, v := s.request(b), verifier(anaSource())
	for b.Loop() {
		if _, err := v.Request(context.Background(), r, s.bytes()); err == nil {
			b.Fatal("not refused")
		}
	}
}
