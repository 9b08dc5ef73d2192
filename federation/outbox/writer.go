package outbox

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// Writer writes activities into the outbox. It is safe for concurrent use.
type Writer struct {
	links   practice.Links
	poke    func(hosts ...string)
	provers provers
}

// NewWriter makes a Writer for an instance.
func NewWriter(links practice.Links) *Writer {
	return &Writer{links: links, poke: func(...string) {}, provers: provers{known: map[int64]ed25519.PrivateKey{}}}
}

// OnWrite sets what is called after a commit that wrote deliveries, with their hosts: the lanes are told so. Call it before
// first use.
func (w *Writer) OnWrite(poke func(hosts ...string)) { w.poke = poke }

// Publish writes the activities that an event causes, with their deliveries, in the caller's transaction. It is
// practice's Outbox.
func (w *Writer) Publish(tx *models.Tx, event practice.Event) error {
	switch e := event.(type) {
	case practice.PostCreated:
		return w.postCreated(tx, e)
	case practice.PostEdited:
		return w.postEdited(tx, e)
	case practice.PostDeleted:
		return w.postDeleted(tx, e)
	case practice.Followed:
		return w.followed(tx, e)
	case practice.Unfollowed:
		return w.unfollowed(tx, e)
	case practice.RequestForwarded:
		return w.requestForwarded(tx, e)
	case practice.RequestAnswered:
		return w.requestAnswered(tx, e)
	case practice.RequestSettled:
		return w.requestSettled(tx, e)
	case practice.FollowAnswered:
		return w.followAnswered(tx, e)
	case practice.Favourited:
		return w.favourited(tx, e)
	case practice.Unfavourited:
		return w.unfavourited(tx, e)
	case practice.Shared:
		return w.shared(tx, e)
	case practice.Unshared:
		return w.unshared(tx, e)
	case practice.AnswerChosen:
		return w.answerChosen(tx, e)
	case practice.PollVoted:
		return w.pollVoted(tx, e)
	case practice.PollTallied:
		return w.pollTallied(tx, e)
	case practice.PracticeTallied:
		return w.practiceTallied(tx, e)
	case practice.AttendanceAnswered:
		return w.attendanceAnswered(tx, e)
	case practice.ActorUpdated:
		return w.actorUpdated(tx, e)
	case practice.ActorDeleted:
		return w.actorDeleted(tx, e)
	case practice.Moved:
		return w.moved(tx, e)
	case practice.Reopened:
		return w.reopened(tx, e)
	case practice.FeedChanged:
		return w.feedChanged(tx, e)
	case practice.Blocked:
		return w.blocked(tx, e)
	case practice.QuoteRequested:
		return w.quoteRequested(tx, e)
	case practice.QuoteAnswered:
		return w.quoteAnswered(tx, e)
	case practice.QuoteRevoked:
		return w.quoteRevoked(tx, e)
	case practice.Pinned:
		return w.pinned(tx, e)
	case practice.Admitted:
		return w.admitted(tx, e)
	case practice.SiblingLost:
		return w.siblingLost(tx, e)
	case practice.Withdrawn:
		return w.withdrawn(tx, e)
	case practice.PartnerSaid:
		return w.partnerSaid(tx, e)
	case practice.SiblingSaid:
		return w.siblingSaid(tx, e)
	}
	return w.publishModeration(tx, event)
}

// publishModeration is Publish for what moderators do, and for complaints.
func (w *Writer) publishModeration(tx *models.Tx, event practice.Event) error {
	switch e := event.(type) {
	case practice.Moderated:
		return w.moderated(tx, e)
	case practice.CommunityReported:
		return w.communityReported(tx, e)
	case practice.ReportResolved:
		return w.reportResolved(tx, e)
	case practice.Reported:
		return w.reported(tx, e)
	}
	return fmt.Errorf("publish: no activity for %T", event)
}

// note describes an activity before it is written.
type note struct {
	id      int64 // row id; the activity's id follows from it unless the document has one
	actor   *models.Actor
	post    *models.Post
	doc     vocab.M
	inboxes []models.Inbox
	listed  bool
	public  bool
}

// write stores an activity with its proof and its deliveries, and gives its bytes.
func (w *Writer) write(tx *models.Tx, n note) ([]byte, error) {
	if n.id == 0 {
		n.id = tx.NewID()
	}
	if n.doc["id"] == nil {
		n.doc["id"] = w.links.Activity(n.id)
	}
	n.doc["actor"] = n.actor.URI
	payload, err := vocab.Marshal(n.doc)
	if err != nil {
		return nil, fmt.Errorf("encode %v: %w", n.doc["type"], err)
	}
	if payload, err = w.provers.prove(tx, n.actor, payload); err != nil {
		return nil, err
	}
	return payload, w.store(tx, n, payload)
}

// store stores an activity with its deliveries.
func (w *Writer) store(tx *models.Tx, n note, payload []byte) error {
	if speaksForum(payload) {
		var err error
		if n.inboxes, err = w.forForums(tx, n.actor, n.inboxes); err != nil {
			return err
		}
	}
	entry := &models.OutboxEntry{
		ID: n.id, ActivityURI: n.doc["id"].(string), ActorID: n.actor.ID, Type: n.doc["type"].(string),
		ObjectURI: objectID(n.doc["object"]), Public: n.public, Listed: n.listed, Payload: string(payload),
	}
	if n.post != nil {
		entry.PostID = n.post.ID
	}
	entry.Verb, entry.SubjectURI = innermost(n.doc, payload)
	if hosts := hostsOf(n.inboxes); len(hosts) > 0 {
		tx.AfterCommit(func() { w.poke(hosts...) })
	}
	return tx.AddOutboxEntry(entry, n.inboxes)
}

func hostsOf(inboxes []models.Inbox) []string {
	hosts := make([]string, 0, len(inboxes))
	for i := range inboxes {
		hosts = append(hosts, inboxes[i].Host)
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// innermost gives the type of an activity, or of the one that it announces, and the id of what that is about.
func innermost(doc vocab.M, payload []byte) (verb, subject string) {
	verb, subject = doc["type"].(string), objectID(doc["object"])
	if verb != "Announce" {
		return verb, subject
	}
	var outer struct {
		Object struct {
			Type   string          `json:"type"`
			Actor  json.RawMessage `json:"actor"`
			Object json.RawMessage `json:"object"`
		} `json:"object"`
	}
	if json.Unmarshal(payload, &outer) != nil || len(outer.Object.Actor) == 0 {
		return verb, subject // it announces no activity
	}
	return outer.Object.Type, rawID(outer.Object.Object)
}

// rawID gives the id of a thing that is named or embedded.
func rawID(raw json.RawMessage) string {
	var named string
	if json.Unmarshal(raw, &named) == nil {
		return named
	}
	head, err := vocab.PeekHead(raw)
	if err != nil {
		return ""
	}
	return head.ID
}

func objectID(object any) string {
	switch o := object.(type) {
	case string:
		return o
	case vocab.M:
		if id, ok := o["id"].(string); ok {
			return id
		}
	case json.RawMessage:
		if head, err := vocab.PeekHead(o); err == nil {
			return head.ID
		}
	}
	return ""
}
