package activitypub

import (
	"net/http"
	"strings"

	"github.com/munnerz/goautoneg"

	"praxis/federation/vocab"
)

// wishes are the weights that an Accept header gives, from 0 (unwanted) to 1.
type wishes struct{ activity, any, html float64 }

func wishesOf(r *http.Request) wishes {
	var wanted wishes
	for _, clause := range goautoneg.ParseAccept(strings.ToLower(strings.Join(r.Header.Values("Accept"), ","))) {
		switch clause.Type + "/" + clause.SubType {
		case "application/activity+json", "application/ld+json", "application/json":
			wanted.activity = max(wanted.activity, clause.Q)
		case "text/html", "application/xhtml+xml", "text/*":
			wanted.html = max(wanted.html, clause.Q)
		case "*/*", "application/*":
			wanted.any = max(wanted.any, clause.Q)
		}
	}
	return wanted
}

// prefersHTML reports somebody at a browser. Whoever asks for nothing in particular gets the document: our ids are for
// machines first.
func prefersHTML(r *http.Request) bool {
	wanted := wishesOf(r)
	return wanted.html > max(wanted.activity, wanted.any)
}

// prefersActivity reports a server that asks for ActivityStreams by name.
func prefersActivity(r *http.Request) bool {
	return vocab.Accepts(strings.Join(r.Header.Values("Accept"), ","))
}
