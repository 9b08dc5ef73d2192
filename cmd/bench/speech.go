package bench

import (
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"praxis/federation/sign"
	"praxis/federation/vocab"
)

// speech is what the peers say: documents of actors that all have one key, and activities by them.
type speech struct {
	key *rsa.PrivateKey
	pem string
	run string // tells one run of the bench from another
}

type object = map[string]any

func newSpeech(key *rsa.PrivateKey, run string) (*speech, error) {
	text, err := sign.EncodePublicPEM(&key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("encode the key of the peers: %w", err)
	}
	return &speech{key: key, pem: text, run: run}, nil
}

func actorURI(p *peer, name string) string { return "https://" + p.host + "/users/" + name }

func (s *speech) actor(p *peer, name string) object {
	uri := actorURI(p, name)
	return object{
		"@context": []string{vocab.Namespace, "https://w3id.org/security/v1"}, "id": uri, "type": "Person", "preferredUsername": name, "name": name,
		"inbox": uri + "/inbox", "outbox": uri + "/outbox", "followers": uri + "/followers", "following": uri + "/following", "featured": uri + "/featured", "url": uri,
		"manuallyApprovesFollowers": false, "discoverable": true, "published": "2026-01-01T00:00:00Z",
		"endpoints": object{"sharedInbox": "https://" + p.host + "/inbox"},
		"publicKey": object{"id": uri + "#main-key", "owner": uri, "publicKeyPem": s.pem},
	}
}

func (s *speech) finger(p *peer, name string) object {
	return object{
		"subject": "acct:" + name + "@" + p.host, "aliases": []string{actorURI(p, name)},
		"links": []object{{"rel": "self", "type": "application/activity+json", "href": actorURI(p, name)}},
	}
}

// prose is what posts say beside their mark: about as long as posts are.
const prose = "The dressing was changed twice a day for a week, and the edges look better than before. " +
	"Has anybody tried the thinner foam on a heel? We would like to hear what you did, and how it went."

// note gives a public note with a mark.
func (s *speech) note(p *peer, name, mark string, at time.Time) object {
	uri := actorURI(p, name)
	return object{
		"id": uri + "/notes/" + mark, "type": "Note", "attributedTo": uri, "url": uri + "/notes/" + mark,
		"content": "<p>" + mark + " " + prose + "</p>", "published": vocab.FormatTime(at), "sensitive": false,
		"to": []string{vocab.Public}, "cc": []string{uri + "/followers"},
	}
}

func (s *speech) create(p *peer, name, mark string, at time.Time) object {
	note := s.note(p, name, mark, at)
	return object{
		"@context": vocab.Namespace, "id": note["id"].(string) + "/activity", "type": "Create", "actor": note["attributedTo"],
		"object": note, "published": note["published"], "to": note["to"], "cc": note["cc"],
	}
}

func (s *speech) follow(p *peer, name, target string) object {
	uri := actorURI(p, name)
	return object{"@context": vocab.Namespace, "id": uri + "/follows/" + s.run, "type": "Follow", "actor": uri, "object": target, "to": []string{target}}
}

func (s *speech) accept(p *peer, name string, follow json.RawMessage, follower string) object {
	uri := actorURI(p, name)
	return object{
		"@context": vocab.Namespace, "id": fmt.Sprintf("%s/accepts/%s-%d", uri, s.run, time.Now().UnixNano()), "type": "Accept", "actor": uri,
		"object": follow, "to": []string{follower},
	}
}

// signed gives a request that delivers an activity, signed by an actor of a peer.
func (s *speech) signed(p *peer, name, inbox string, activity object) (*http.Request, []byte, error) {
	body, err := json.Marshal(activity)
	if err != nil {
		return nil, nil, fmt.Errorf("encode an activity: %w", err)
	}
	r, err := http.NewRequest(http.MethodPost, inbox, bytes.NewReader(body))
	if err != nil {
		return nil, nil, fmt.Errorf("make a delivery: %w", err)
	}
	r.Header.Set("Content-Type", vocab.MediaType)
	r.Header.Set("User-Agent", "praxis-bench")
	signer := sign.Signer{KeyID: actorURI(p, name) + "#main-key", Key: s.key}
	if err := signer.Sign(r, body, sign.Cavage); err != nil {
		return nil, nil, err
	}
	return r, body, nil
}

// answerGet answers what a server asks a peer.
func (s *speech) answerGet(w http.ResponseWriter, r *http.Request, p *peer) {
	path := r.URL.Path
	switch {
	case path == "/.well-known/webfinger":
		resource := strings.TrimPrefix(r.URL.Query().Get("resource"), "acct:")
		name, _, ok := strings.Cut(strings.TrimPrefix(resource, "@"), "@")
		if at := strings.TrimPrefix(resource, "https://"+p.host+"/users/"); at != resource {
			name, ok = at, true
		}
		if !ok {
			http.NotFound(w, r)
			return
		}
		say(w, "application/jrd+json", s.finger(p, name))
	case path == "/.well-known/nodeinfo":
		say(w, "application/json", object{"links": []object{{
			"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "https://" + p.host + "/nodeinfo/2.0",
		}}})
	case path == "/nodeinfo/2.0":
		say(w, "application/json", object{
			"version": "2.0", "software": object{"name": "bench", "version": "1.0.0"}, "protocols": []string{"activitypub"},
			"services": object{"inbound": []string{}, "outbound": []string{}}, "openRegistrations": false,
			"usage": object{"users": object{"total": 2}}, "metadata": object{},
		})
	case strings.HasPrefix(path, "/users/"):
		s.answerUser(w, r, p, strings.Split(strings.TrimPrefix(path, "/users/"), "/"))
	default:
		http.NotFound(w, r)
	}
}

func (s *speech) answerUser(w http.ResponseWriter, r *http.Request, p *peer, parts []string) {
	switch {
	case len(parts) == 1:
		say(w, vocab.MediaType, s.actor(p, parts[0]))
	case len(parts) == 2:
		say(w, vocab.MediaType, object{
			"@context": vocab.Namespace, "id": "https://" + p.host + r.URL.Path, "type": "OrderedCollection", "totalItems": 0, "orderedItems": []string{},
		})
	case len(parts) == 3 && parts[1] == "notes":
		note := s.note(p, parts[0], parts[2], time.Now())
		note["@context"] = vocab.Namespace
		say(w, vocab.MediaType, note)
	default:
		http.NotFound(w, r)
	}
}

func say(w http.ResponseWriter, mediaType string, document object) {
	raw, err := json.Marshal(document)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", mediaType)
	_, _ = w.Write(raw)
}
