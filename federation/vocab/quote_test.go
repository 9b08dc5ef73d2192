package vocab

import "testing"

func TestQuoteIsRead(t *testing.T) {
	for name, tc := range map[string]struct {
		doc    string
		quote  string
		legacy bool
	}{
		"none":           {`{"type":"Note"}`, "", false},
		"FEP-044f":       {`{"type":"Note","quote":"https://a.test/1","quoteUrl":"https://a.test/2"}`, "https://a.test/1", false},
		"embedded":       {`{"type":"Note","quote":{"id":"https://a.test/1","type":"Note"}}`, "https://a.test/1", false},
		"deleted":        {`{"type":"Note","quote":{"type":"Tombstone"},"quoteUri":"https://a.test/2"}`, "", false},
		"null":           {`{"type":"Note","quote":null,"quoteUri":"https://a.test/2"}`, "https://a.test/2", true},
		"misskey":        {`{"type":"Note","_misskey_quote":"https://a.test/3"}`, "https://a.test/3", true},
		"first of three": {`{"type":"Note","_misskey_quote":"https://a.test/3","quoteUrl":"https://a.test/2","quoteUri":"https://a.test/1"}`, "https://a.test/1", true},
		"no address":     {`{"type":"Note","quoteUrl":"javascript:alert(1)"}`, "", false},
		"of a wrong kind": {
			`{"type":"Note","quote":7,"quoteUrl":["",{}],"quoteAuthorization":true,"interactionPolicy":"x"}`, "", false,
		},
	} {
		o, err := DecodeObject([]byte(tc.doc))
		if err != nil || o.Quote != tc.quote || o.LegacyQuote != tc.legacy {
			t.Errorf("%s: %q, legacy %v, %v", name, o.Quote, o.LegacyQuote, err)
		}
		if o.CanQuote != nil || o.QuoteAuthorization != "" {
			t.Errorf("%s: %v %q", name, o.CanQuote, o.QuoteAuthorization)
		}
	}
}

func TestQuotePolicyAndAuthorizationAreRead(t *testing.T) {
	o, err := DecodeObject([]byte(`{"type":"Note","quoteAuthorization":"https://a.test/s","interactionPolicy":{"canQuote":
		{"automaticApproval":"as:Public","manualApproval":["https://a.test/followers"]}}}`))
	if err != nil || o.QuoteAuthorization != "https://a.test/s" || o.CanQuote == nil || !o.CanQuote.Automatic.Contains(Public) ||
		!o.CanQuote.Manual.Contains("https://a.test/followers") {
		t.Errorf("%v %v", o.CanQuote, err)
	}
	raw, err := Marshal(QuoteAuthorization("https://a.test/s", "https://a.test/u", "https://b.test/1", "https://a.test/1"))
	if err != nil {
		t.Fatal(err)
	}
	stamp, err := DecodeObject(raw)
	author, noAuthor := stamp.Author()
	if err != nil || noAuthor != nil || author != "https://a.test/u" || stamp.ID != "https://a.test/s" || stamp.Type != "QuoteAuthorization" ||
		stamp.InteractingObject != "https://b.test/1" || stamp.InteractionTarget != "https://a.test/1" {
		t.Errorf("%+v %v %v", stamp, err, noAuthor)
	}
}
