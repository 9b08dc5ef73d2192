package sign

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/mr-tron/base58"
	"pgregory.net/rapid"

	"praxis/federation/vocab"
)

// The test vectors that FEP-8b32 and the cryptosuite publish: a key, documents, and the values of their proofs.
const (
	vectorSecret = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
	vectorPublic = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
	vectorActor  = "https://server.example/users/alice"
	vectorMoment = "2023-02-24T23:36:38Z"
	vectorBody   = `"id":"https://server.example/activities/1","type":"Create","actor":"https://server.example/users/alice",` +
		`"object":{"id":"https://server.example/objects/1","type":"Note","attributedTo":"https://server.example/users/alice",` +
		`"content":"Hello world","location":{"type":"Place","longitude":-71.184902,"latitude":25.273962}}`
)

func vectorDocument(version string) string {
	return `{"@context":["https://www.w3.org/ns/activitystreams","https://w3id.org/security/data-integrity/` + version + `"],` + vectorBody + `}`
}

var vectors = map[string]string{
	"v1": "zLaewdp4H9kqtwyrLatK4cjY5oRHwVcw4gibPSUDYDMhi4M49v8pcYk3ZB6D69dNpAPbUmY8ocuJ3m9KhKJEEg7z",
	"v2": "z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL",
}

func vectorProver(t *testing.T) Prover {
	t.Helper()
	secret, err := base58.Decode(vectorSecret[1:])
	if err != nil {
		t.Fatal(err)
	}
	moment, err := time.Parse(time.RFC3339, vectorMoment)
	if err != nil {
		t.Fatal(err)
	}
	return Prover{KeyID: vectorActor + "#ed25519-key", Key: ed25519.NewKeyFromSeed(secret[2:]), Now: func() time.Time { return moment }}
}

func TestProofVectors(t *testing.T) {
	public, err := ParseMultikey(vectorPublic)
	if err != nil {
		t.Fatal(err)
	}
	keys := &source{key: &Key{ID: vectorActor + "#ed25519-key", Owner: vectorActor, Public: public}}
	for version, value := range vectors {
		document := vectorDocument(version)
		proven, err := vectorProver(t).Prove([]byte(document))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(proven, []byte(document[:len(document)-1])) || !bytes.Contains(proven, []byte(`"proofValue":"`+value+`"`)) {
			t.Errorf("%s: made %s", version, proven)
		}
		x, err := verifier(keys).Proof(t.Context(), proven, vectorActor)
		if err != nil || x.Actor() != vectorActor || x.Created().Format(time.RFC3339) != vectorMoment || !bytes.Equal(x.Document(), proven) {
			t.Errorf("%s: %+v, %v", version, x, err)
		}
	}
}

// TestProofVectorOfTheSuite: the document of the cryptosuite's own specification. Its key is a did:key, which is no address.
func TestProofVectorOfTheSuite(t *testing.T) {
	document := `{"@context":["https://www.w3.org/ns/credentials/v2","https://www.w3.org/ns/credentials/examples/v2"],
		"id":"urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33","type":["VerifiableCredential","AlumniCredential"],
		"name":"Alumni Credential","description":"A minimum viable example of an Alumni Credential.",
		"issuer":"https://vc.example/issuers/5678","validFrom":"2023-01-01T00:00:00Z",
		"credentialSubject":{"id":"did:example:abcdefgh","alumniOf":"The School of Examples"},
		"proof":{"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022","created":"2023-02-24T23:36:38Z",
		"verificationMethod":"did:key:` + vectorPublic + `#` + vectorPublic + `","proofPurpose":"assertionMethod",
		"@context":["https://www.w3.org/ns/credentials/v2","https://www.w3.org/ns/credentials/examples/v2"],
		"proofValue":"z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"}}`
	public, err := ParseMultikey(vectorPublic)
	if err != nil {
		t.Fatal(err)
	}
	check := func(text string) error {
		s, err := openSecured([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(s.proofs[0], &members); err != nil {
			t.Fatal(err)
		}
		hashes, err := hashesOf(s, members)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := proofValue(textOf(members["proofValue"]))
		if err != nil {
			t.Fatal(err)
		}
		return checkProof(public, hashes, signature)
	}
	if err := check(document); err != nil {
		t.Error(err)
	}
	if err := check(strings.Replace(document, "Examples", "examples", 1)); err == nil {
		t.Error("a changed document holds")
	}
}

const anaProof = owner + "#ed25519-key"

func anaProver() Prover {
	return Prover{KeyID: anaProof, Key: ana().Ed25519, Now: func() time.Time { return noon }}
}

func proofSource() *source {
	return &source{key: &Key{ID: anaProof, Owner: owner, Public: ana().Ed25519Public()}}
}

func proved(t testing.TB, document string) string {
	t.Helper()
	raw, err := anaProver().Prove([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

const like = `{"@context":["https://www.w3.org/ns/activitystreams",{"x":"y:z"}],"id":"https://peer.test/1","type":"Like","actor":"` + owner +
	`","object":"https://home.test/o/1","n":[1.5,-3,1e3,"<&>",null,true]}`

func TestProveKeepsEveryByte(t *testing.T) {
	odd := "  {\n \"type\" :\"Like\", \"actor\":\"" + owner + "\",\"a\": 1.50,\t\"<\":\"\\u003c\\u00e9\" }\n"
	got := proved(t, odd)
	if !strings.HasPrefix(got, strings.TrimSuffix(strings.TrimSpace(odd), "}")+`,"proof":{`) {
		t.Errorf("made %s", got)
	}
	if strings.Contains(got, `"proof":{"@context"`) {
		t.Error("the proof has a @context that the document has not")
	}
	if _, err := verifier(proofSource()).Proof(t.Context(), []byte(got), owner); err != nil {
		t.Error(err)
	}
	for name, document := range map[string]string{
		"proven":  got,
		"signed":  `{"type":"Like","signature":{}}`,
		"empty":   `{}`,
		"list":    `[]`,
		"twice":   `{"a":1,"a":2}`,
		"case":    `{"a":1,"A":2}`,
		"number":  `{"a":9007199254740993}`,
		"endless": `{"a":1e400}`,
		"cut":     `{"a":`,
	} {
		if made, err := anaProver().Prove([]byte(document)); err == nil {
			t.Errorf("%s: made %s", name, made)
		}
	}
	if _, err := (Prover{Key: ana().Ed25519}).Prove([]byte(like)); err == nil {
		t.Error("a proof without a key id was made")
	}
	if _, err := (Prover{KeyID: anaProof}).Prove([]byte(like)); err == nil {
		t.Error("a proof without a key was made")
	}
}

// withProof gives the proven like with some of its proof's members changed, signed anew, so that nothing but the change is
// wrong; nil takes a member away.
func withProof(t testing.TB, changes map[string]any) string {
	t.Helper()
	s, err := openSecured([]byte(like))
	if err != nil {
		t.Fatal(err)
	}
	config := map[string]any{
		"@context": s.members["@context"], "type": proofType, "cryptosuite": proofSuite, "created": noon.Format(time.RFC3339),
		"verificationMethod": anaProof, "proofPurpose": proofPurpose,
	}
	for name, value := range changes {
		if config[name] = value; value == nil {
			delete(config, name)
		}
	}
	raw, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	head, err := canonical(raw)
	if err != nil {
		t.Fatal(err)
	}
	text, err := canonical([]byte(like))
	if err != nil {
		t.Fatal(err)
	}
	config["proofValue"] = "z" + base58.Encode(ed25519.Sign(ana().Ed25519, append(sum256(head), sum256(text)...)))
	if raw, err = json.Marshal(config); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(like, "}") + `,"proof":` + string(raw) + "}"
}

func TestProofForms(t *testing.T) {
	good := withProof(t, nil)
	member := good[strings.Index(good, `"proof":`)+len(`"proof":`) : len(good)-1]
	for name, document := range map[string]string{
		"as we make it":            proved(t, like),
		"signed by hand":           good,
		"without @context":         withProof(t, map[string]any{"@context": nil}),
		"not over yet":             withProof(t, map[string]any{"expires": noon.Add(time.Minute).Format(time.RFC3339)}),
		"years old":                withProof(t, map[string]any{"created": "2019-01-01T00:00:00Z"}),
		"fractions of a second":    withProof(t, map[string]any{"created": "2026-03-04T11:59:59.123+01:00"}),
		"clock a little ahead":     withProof(t, map[string]any{"created": noon.Add(time.Minute).Format(time.RFC3339)}),
		"more members":             withProof(t, map[string]any{"id": "urn:x", "nonce": "y"}),
		"in a list":                strings.Replace(good, member, "["+member+"]", 1),
		"after one of other kind":  strings.Replace(good, member, `[{"type":"DataIntegrityProof","cryptosuite":"mldsa44-jcs-2024"},`+member+"]", 1),
		"beside an LD signature":   strings.TrimSuffix(good, "}") + `,"signature":{"type":"RsaSignature2017"}}`,
		"relayed without @context": strings.Replace(good, `"@context":["https://www.w3.org/ns/activitystreams",{"x":"y:z"}],"id"`, `"id"`, 1),
		"written otherwise":        strings.Replace(strings.Replace(good, "1.5,-3,1e3", "1.50, -3.0, 1000", 1), `<&>`, `\u003c\u0026\u003e`, 1),
	} {
		x, err := verifier(proofSource()).Proof(t.Context(), []byte(document), owner)
		if err != nil || !x.Valid() || x.Actor() != owner || x.KeyID() != anaProof {
			t.Errorf("%s: %+v, %v", name, x, err)
		}
	}
	// The context of the document may go on where that of the proof ends.
	first := `["https://www.w3.org/ns/activitystreams",{"x":"y:z"}]`
	longer := strings.Replace(good, first, strings.TrimSuffix(first, "]")+`,"https://more.test/"]`, 1)
	if _, err := verifier(proofSource()).Proof(t.Context(), []byte(longer), owner); err != nil {
		t.Error(err)
	}
}

func TestB33_ProofsThatProveNothing(t *testing.T) {
	good := withProof(t, nil)
	if _, err := verifier(proofSource()).Proof(t.Context(), []byte(good), owner); err != nil {
		t.Fatal(err)
	}
	hour := func(d time.Duration) string { return noon.Add(d).Format(time.RFC3339) }
	for name, c := range map[string]struct {
		document, actor, reason string
		status                  int
	}{
		"no proof":                {like, owner, ReasonUnproven, 401},
		"of no known kind":        {withProof(t, map[string]any{"cryptosuite": "eddsa-rdfc-2022"}), owner, ReasonUnproven, 401},
		"an LD signature":         {strings.TrimSuffix(like, "}") + `,"signature":{"type":"RsaSignature2017","creator":"` + keyID + `"}}`, owner, ReasonUnproven, 401},
		"a proof that is a text":  {strings.TrimSuffix(like, "}") + `,"proof":"trust me"}`, owner, ReasonUnproven, 401},
		"an empty list":           {strings.TrimSuffix(like, "}") + `,"proof":[]}`, owner, ReasonUnproven, 401},
		"another purpose":         {withProof(t, map[string]any{"proofPurpose": "authentication"}), owner, ReasonProof, 401},
		"no purpose":              {withProof(t, map[string]any{"proofPurpose": nil}), owner, ReasonProof, 401},
		"changed object":          {strings.Replace(good, "home.test/o/1", "home.test/o/2", 1), owner, ReasonSignature, 401},
		"changed moment":          {strings.Replace(good, hour(0), hour(time.Second), 1), owner, ReasonSignature, 401},
		"added member":            {strings.Replace(good, `"type":"Like"`, `"type":"Like","summary":"x"`, 1), owner, ReasonSignature, 401},
		"added to the proof":      {strings.Replace(good, `"cryptosuite"`, `"domain":"x","cryptosuite"`, 1), owner, ReasonSignature, 401},
		"context before its own":  {strings.Replace(good, `[`, `["https://evil.test/",`, 1), owner, ReasonProof, 401},
		"context cut":             {strings.Replace(good, `,{"x":"y:z"}]`, `]`, 1), owner, ReasonProof, 401},
		"from tomorrow":           {withProof(t, map[string]any{"created": hour(2 * time.Hour)}), owner, ReasonFuture, 401},
		"without a moment":        {withProof(t, map[string]any{"created": nil}), owner, ReasonNoDate, 401},
		"a moment that is none":   {withProof(t, map[string]any{"created": "yesterday"}), owner, ReasonNoDate, 401},
		"over":                    {withProof(t, map[string]any{"expires": hour(-time.Second)}), owner, ReasonExpired, 401},
		"an end that is none":     {withProof(t, map[string]any{"expires": 7}), owner, ReasonExpired, 401},
		"somebody else of a host": {good, "https://peer.test/users/eve", ReasonOwner, 401},
		"somebody elsewhere":      {good, "https://home.test/u/bo", ReasonOwner, 401},
		"key elsewhere":           {withProof(t, map[string]any{"verificationMethod": "https://evil.test/users/ana#ed25519-key"}), owner, ReasonOwner, 401},
		"key on another port":     {withProof(t, map[string]any{"verificationMethod": "https://peer.test:8443/users/ana#ed25519-key"}), owner, ReasonOwner, 401},
		"key over http":           {withProof(t, map[string]any{"verificationMethod": "http://peer.test/users/ana#ed25519-key"}), owner, ReasonKeyID, 401},
		"a did":                   {withProof(t, map[string]any{"verificationMethod": "did:key:" + vectorPublic}), owner, ReasonKeyID, 401},
		"no key":                  {withProof(t, map[string]any{"verificationMethod": nil}), owner, ReasonKeyID, 401},
		"no value":                {strings.Replace(good, `"proofValue":"z`, `"proofValue":"`, 1), owner, ReasonProof, 401},
		"a short value":           {strings.Replace(good, `"proofValue":"z`, `"proofValue":"z1", "was":"`, 1), owner, ReasonProof, 401},
		"a long value":            {strings.Replace(good, `"proofValue":"z`, `"proofValue":"z`+strings.Repeat("1", 100_000), 1), owner, ReasonProof, 401},
		"key twice":               {strings.Replace(good, `"type":"Like"`, `"type":"Like","type":"Like"`, 1), owner, ReasonProof, 401},
		"key in two cases":        {strings.Replace(good, `"type":"Like"`, `"type":"Like","Type":"Delete"`, 1), owner, ReasonProof, 401},
		"number beyond exactness": {strings.Replace(good, `1e3`, `9007199254740993`, 1), owner, ReasonProof, 401},
		"endless number":          {strings.Replace(good, `1e3`, `1e999`, 1), owner, ReasonProof, 401},
		"bytes behind":            {good + "x", owner, ReasonProof, 401},
	} {
		x, err := verifier(proofSource()).Proof(t.Context(), []byte(c.document), c.actor)
		var refused *Error
		if !errors.As(err, &refused) || refused.Reason != c.reason || refused.Status != c.status || x.Valid() || x.Document() != nil {
			t.Errorf("%s: %+v, %v; want %s", name, x, err, c.reason)
		}
	}
}

func TestB17_B21_KeysOfProofs(t *testing.T) {
	document := []byte(withProof(t, nil))
	strange := &Key{ID: anaProof, Owner: owner, Public: eve().Ed25519Public()}
	right := proofSource().key
	for name, c := range map[string]struct {
		keys              *source
		reason            string
		status, refreshed int
	}{
		"right":           {&source{key: right}, "", 0, 0},
		"rotated":         {&source{key: strange, fresh: right}, "", 0, 1},
		"another's":       {&source{key: strange}, ReasonSignature, 401, 1},
		"another's twice": {&source{key: strange, fresh: &Key{ID: anaProof, Owner: owner, Public: ed25519.PublicKey(make([]byte, 32))}}, ReasonSignature, 401, 1},
		"an RSA key":      {&source{key: &Key{ID: anaProof, Owner: owner, Public: &ana().RSA.PublicKey}}, ReasonKey, 401, 1},
		"owned by eve":    {&source{key: &Key{ID: anaProof, Owner: "https://peer.test/users/eve", Public: right.Public}}, ReasonOwner, 401, 0},
		"owned elsewhere": {&source{key: &Key{ID: anaProof, Owner: "https://evil.test/users/ana", Public: right.Public}}, ReasonOwner, 401, 0},
		"blocked":         {&source{err: &KeyError{Blocked: true}}, ReasonBlocked, 403, 0},
		"gone":            {&source{err: &KeyError{}}, ReasonKey, 401, 0},
		"not now":         {&source{err: &KeyError{Temporary: true}}, ReasonUnavailable, 503, 0},
	} {
		x, err := verifier(c.keys).Proof(t.Context(), document, owner)
		if c.keys.lastID != anaProof || c.keys.refreshed != c.refreshed {
			t.Errorf("%s: asked for %q, refreshed %d times", name, c.keys.lastID, c.keys.refreshed)
		}
		var refused *Error
		switch {
		case c.reason == "" && (err != nil || !x.Valid()):
			t.Errorf("%s: %v", name, err)
		case c.reason != "" && (!errors.As(err, &refused) || refused.Reason != c.reason || refused.Status != c.status || x.Valid()):
			t.Errorf("%s: %+v, %v; want %s", name, x, err, c.reason)
		}
	}
}

// TestProofHoldsForWhatIsProven: whatever the text, its proof holds, and for no other text.
func TestProofHoldsForWhatIsProven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.String(), 2, 2).Filter(func(s []string) bool { return s[0] != s[1] }).Draw(t, "texts")
		number := rapid.Float64Range(-maxExact, maxExact).Draw(t, "number")
		write := func(content string) []byte {
			raw, err := vocab.Marshal(vocab.M{"type": "Note", "content": content, "n": number})
			if err != nil {
				t.Fatal(err)
			}
			return raw
		}
		a, b := write(text[0]), write(text[1])
		proven, err := anaProver().Prove(a)
		if err != nil {
			t.Fatal(err)
		}
		if x, err := verifier(proofSource()).Proof(t.Context(), proven, owner); err != nil || !x.Valid() {
			t.Fatalf("%s: %v", proven, err)
		}
		if bytes.Equal(a, b) {
			return // they differ in what Marshal leaves out
		}
		forged := append(bytes.TrimSuffix(bytes.Clone(b), []byte("}")), proven[len(a)-1:]...)
		if x, err := verifier(proofSource()).Proof(t.Context(), forged, owner); err == nil || x.Valid() {
			t.Fatalf("the proof of %s holds for %s", a, b)
		}
	})
}

// FuzzProof: nothing is proven but what ana proved, however it is written.
func FuzzProof(f *testing.F) {
	f.Add(proved(f, like))
	f.Add(withProof(f, map[string]any{"@context": nil}))
	f.Add(`{"proof":[{"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022","proofPurpose":"assertionMethod"}]}`)
	f.Add(`{"proof":{"@context":[[[]]],"created":1e999}}`)
	f.Add(`{"proof":null}`)
	want, err := canonical([]byte(like))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x, err := verifier(proofSource()).Proof(t.Context(), []byte(text), owner)
		var refused *Error
		if err != nil {
			if x.Valid() || !errors.As(err, &refused) || refused.Status != 401 {
				t.Fatalf("got %+v, %v", x, err)
			}
			return
		}
		s, err := openSecured(x.Document())
		if err != nil {
			t.Fatal(err)
		}
		s.members["@context"] = json.RawMessage(`["https://www.w3.org/ns/activitystreams",{"x":"y:z"}]`)
		if got, err := canonicalMembers(s.members); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%q is proven", text)
		}
	})
}
