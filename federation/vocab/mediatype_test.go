package vocab

import "testing"

func TestA04_OnlyActivityStreamsMediaTypes(t *testing.T) {
	for contentType, want := range map[string]bool{
		MediaType:   true,
		LDMediaType: true,
		`application/ld+json; profile="http://www.w3.org/ns/json-ld#compacted https://www.w3.org/ns/activitystreams"`: true,
		"Application/Activity+JSON; charset=utf-8":                                                           true,
		"application/activity+json;broken":                                                                   true,
		" application/activity+json ":                                                                        true,
		`application/ld+json;profile="https://www.w3.org/ns/activitystreams"; charset=utf-8`:                 true,
		`application/ld+json; profile=https://www.w3.org/ns/activitystreams`:                                 false, // a token may hold no slash
		`application/ld+json; profile="https://www.w3.org/ns/activitystreamsx"`:                              false,
		`application/ld+json; x="profile=https://www.w3.org/ns/activitystreams"`:                             false,
		`application/ld+json; profile="https://evil.test/"; profile="https://www.w3.org/ns/activitystreams"`: false,
		"application/ld+json":                    false,
		"application/json":                       false,
		"text/html":                              false,
		"text/plain":                             false,
		"image/png":                              false,
		"":                                       false,
		"application/activity+json, text/html":   false,
		"text/html; x=application/activity+json": false,
		"application/activity+jsonx":             false,
	} {
		if got := IsMediaType(contentType); got != want {
			t.Errorf("IsMediaType(%q) = %v, want %v", contentType, got, want)
		}
	}
}

func TestAccepts(t *testing.T) {
	for header, want := range map[string]bool{
		MediaType:             true,
		LDMediaType:           true,
		"application/ld+json": true,
		"application/activity+json, application/ld+json":                             true,
		`application/ld+json; profile="a,b"; q=0.3, text/html;q=0.2`:                 true,
		"application/activity+json;q=0.5, text/html;q=0.9":                           false,
		"text/html, application/activity+json":                                       true,
		"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8": false,
		"application/activity+json;q=0":                                              false,
		"application/activity+json;q=NaN":                                            false,
		"application/activity+json;q=7":                                              false,
		"*/*":                                                                        false,
		"application/json":                                                           false,
		"":                                                                           false,
		`"application/activity+json, text/html`:                                      false,
	} {
		if got := Accepts(header); got != want {
			t.Errorf("Accepts(%q) = %v, want %v", header, got, want)
		}
	}
}
