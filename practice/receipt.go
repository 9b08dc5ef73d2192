package practice

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"praxis/models"
)

// undoFor is how long a command can be taken back by the link that confirmed it.
const undoFor = 7 * 24 * time.Hour

// Receipt is what a command did, and how it was before.
type Receipt struct {
	Verb    string `json:"v"`
	PostID  int64  `json:"p"`
	ActorID int64  `json:"a"`
	Topic   string `json:"t,omitempty"`
	Current int64  `json:"c,omitempty"` // what stands now: the response's id, or the accepted answer's
	Before  int64  `json:"b,omitempty"` // what stood before: not 0 for something
	Value   string `json:"o,omitempty"` // as it was before
	Amount  int64  `json:"n,omitempty"`
	ReplyID int64  `json:"r,omitempty"`
	Expires int64  `json:"e"`

	Full bool `json:"-"` // nothing was done: there is no place left
	said models.Response
}

func receiptOf(said, before *models.Response) *Receipt {
	r := &Receipt{Verb: said.Verb, PostID: said.PostID, ActorID: said.ActorID, Topic: said.Topic, Current: said.ID, said: *said}
	if before != nil {
		r.Before, r.Value, r.Amount, r.ReplyID = before.ID, before.Value, before.Amount, before.ReplyID
	}
	return r
}

// acknowledge lets the community tell privately what a command did, with a link that takes it back. Elsewhere than in
// communities of ours nobody does: who sent a command to another host is answered by that one.
func (s *Service) acknowledge(tx *models.Tx, at *setting, done *Receipt) error {
	if at.community == nil || at.quiet || at.actor.IsGone() {
		return nil
	}
	message := "@" + at.actor.Username + "@" + at.actor.Host + " " + done.sentence()
	if !done.Full {
		token, err := undoToken(tx, done)
		if err != nil {
			return err
		}
		message += "\n\nTo take it back, open this within seven days: " + s.links.Undo(token)
	}
	draft := &Draft{
		Author: at.community, Visibility: models.Direct, InReplyTo: at.reply, InReplyToURI: at.reply.URI, Text: message, Language: "en",
		Mentions: []*models.Actor{at.actor}, Published: tx.Now().Time(),
	}
	key := models.Handle(at.actor.Username, at.actor.Host)
	draft.Content = s.render(message, map[string]*models.Actor{key: at.actor})
	_, err := s.post(tx, draft)
	return err
}

// sentence says what a command did.
func (r *Receipt) sentence() string {
	if r.Full {
		return "There is no place left for this visit. Say #maybe, and watch the thread: somebody may step back."
	}
	switch r.Verb {
	case commandSolved:
		return "Noted: this is the accepted answer to your question."
	case commandUnsolved:
		return "Noted: your question has no accepted answer any more."
	case commandDup:
		return "Noted: this was asked before at " + r.Topic
	case models.ResponseHelped:
		return "Noted: this reply was of use to you."
	case models.ResponseReused:
		return "Noted: you used this again. Thank you for telling."
	case models.ResponseKeep:
		return "Noted: you would keep this thread in the repertoire."
	case models.ResponseKnows:
		return "Noted: you know about this, and may be asked."
	}
	return r.share()
}

// share says with what somebody takes part.
func (r *Receipt) share() string {
	if r.Current == 0 {
		return "Noted: you do not take part any more."
	}
	if r.Verb == models.ResponseJoined {
		return "Noted: you take part with " + strings.TrimSpace(FormatAmount(r.said.Amount)+" "+r.said.Value) + "."
	}
	switch r.said.Value {
	case Going:
		return "Noted: you come to this visit."
	case Maybe:
		return "Noted: you may come to this visit."
	}
	return "Noted: you do not come to this visit."
}

// FormatAmount writes a stored amount without needless zeros.
func FormatAmount(thousandths int64) string {
	return strconv.FormatFloat(Amount(thousandths), 'f', -1, 64)
}

// undoToken is what a link carries: what it takes back, and what nobody can make who does not hold the secret.
func undoToken(tx *models.Tx, r *Receipt) (string, error) {
	r.Expires = int64(tx.Now().Add(undoFor))
	payload, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("encode receipt: %w", err)
	}
	mac, err := undoMAC(tx, payload)
	return base64.RawURLEncoding.EncodeToString(payload) + "." + base64.RawURLEncoding.EncodeToString(mac), err
}

func undoMAC(tx *models.Tx, payload []byte) ([]byte, error) {
	secret, err := tx.Secret()
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "undo\n%s", payload)
	return mac.Sum(nil), nil
}

// maxToken is how long a link's token can be, in bytes.
const maxToken = 8192

// ReadUndo gives what a link takes back. Errors: NotFound for a link that is wrong or too old.
func (s *Service) ReadUndo(ctx context.Context, token string) (*Receipt, error) {
	var r *Receipt
	err := s.store.Tx(ctx, func(tx *models.Tx) (err error) {
		r, err = readUndo(tx, token)
		return err
	})
	return r, err
}

func readUndo(tx *models.Tx, token string) (*Receipt, error) {
	over := models.Errorf(models.NotFound, "This link is wrong, or too old.")
	body, sum, found := strings.Cut(token, ".")
	if !found || len(token) > maxToken {
		return nil, over
	}
	payload, errBody := base64.RawURLEncoding.DecodeString(body)
	given, errSum := base64.RawURLEncoding.DecodeString(sum)
	if errBody != nil || errSum != nil {
		return nil, over
	}
	mac, err := undoMAC(tx, payload)
	if err != nil {
		return nil, err
	}
	var r Receipt
	if subtle.ConstantTimeCompare(mac, given) != 1 || json.Unmarshal(payload, &r) != nil || r.Expires < int64(tx.Now()) {
		return nil, over
	}
	return &r, nil
}

// Undo takes back what a command did. Errors: NotFound for a link that is wrong or too old, Conflict when something else was
// said since.
func (s *Service) Undo(ctx context.Context, token string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		r, err := readUndo(tx, token)
		if err != nil {
			return err
		}
		post, err := tx.LockPost(r.PostID)
		if err != nil {
			return err
		}
		actor, err := tx.Actor(r.ActorID)
		if err != nil {
			return err
		}
		switch r.Verb {
		case commandSolved, commandUnsolved:
			return s.undoAnswer(tx, actor, post, r)
		case commandDup:
			return s.undoDuplicate(tx, post, r)
		}
		return s.undoResponse(tx, actor, post, r)
	})
}

func errChanged() error {
	return models.Errorf(models.Conflict, "This was changed since: there is nothing to take back.")
}

func (s *Service) undoAnswer(tx *models.Tx, actor *models.Actor, question *models.Post, r *Receipt) error {
	if question.AcceptedAnswerID != r.Current {
		return errChanged()
	}
	id, withdraw := r.Before, false
	if id == 0 {
		id, withdraw = r.Current, true
	}
	answer, err := tx.Post(id)
	if err != nil {
		return err
	}
	return s.answer(tx, actor, question, answer, withdraw, Cause{})
}

func (s *Service) undoDuplicate(tx *models.Tx, question *models.Post, r *Receipt) error {
	row, err := tx.Practice(question.ID)
	if err != nil {
		return err
	}
	if row.DuplicateOf != r.Topic {
		return errChanged()
	}
	row.DuplicateOf = r.Value
	if err := tx.SavePractice(row); err != nil {
		return err
	}
	return s.tell(tx, question)
}

func (s *Service) undoResponse(tx *models.Tx, actor *models.Actor, post *models.Post, r *Receipt) error {
	now, err := tx.Response(post.ID, actor.ID, r.Verb, r.Topic)
	if err != nil {
		return err
	}
	if now == nil && r.Current != 0 || now != nil && now.ID != r.Current {
		return errChanged()
	}
	if r.Before == 0 {
		err = tx.DeleteResponse(post.ID, actor.ID, r.Verb, r.Topic)
	} else {
		err = tx.PutResponse(&models.Response{
			PostID: post.ID, ActorID: actor.ID, Verb: r.Verb, Topic: r.Topic, Value: r.Value, Amount: r.Amount, ReplyID: r.ReplyID,
		})
	}
	if err != nil {
		return err
	}
	question, err := tx.Post(post.ThreadID)
	if err != nil {
		return err
	}
	return s.tell(tx, question)
}
