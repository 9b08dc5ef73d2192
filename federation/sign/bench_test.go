package sign

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"praxis/federation/vocab"
)

func BenchmarkSign(b *testing.B) {
	signer := anaSigner()
	for name, scheme := range map[string]Scheme{"cavage": Cavage, "rfc9421": RFC9421, "ed25519": Ed25519} {
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
	for name, scheme := range map[string]Scheme{"cavage": Cavage, "rfc9421": RFC9421, "ed25519": Ed25519} {
		b.Run(name, func(b *testing.B) {
			r, v := signedPost(b, scheme, ""), verifier(anaKeys(scheme))
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

// BenchmarkProve and BenchmarkProof take a document of the size of a thread with our @context.
func BenchmarkProve(b *testing.B) {
	document := sizeable(b)
	for b.Loop() {
		if _, err := anaProver().Prove(document); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkProof(b *testing.B) {
	raw, err := anaProver().Prove(sizeable(b))
	if err != nil {
		b.Fatal(err)
	}
	v := verifier(proofSource())
	for b.Loop() {
		if _, err := v.Proof(b.Context(), raw, owner); err != nil {
			b.Fatal(err)
		}
	}
}

func sizeable(b *testing.B) []byte {
	b.Helper()
	raw, err := vocab.Marshal(vocab.M{
		"id": owner + "/1", "type": "Create", "actor": owner, "to": []string{vocab.Public}, "cc": []string{owner + "/followers"},
		"object": vocab.M{"id": owner + "/2", "type": "Note", "attributedTo": owner, "content": strings.Repeat("<p>A paragraph of some length.</p>", 60)},
	})
	if err != nil {
		b.Fatal(err)
	}
	return raw
}
