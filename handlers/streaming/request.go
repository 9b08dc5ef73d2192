package streaming

import (
	"context"
	"encoding/json"
	"net/http"

	"praxis/models"
)

// request is a message of a client.
type request struct {
	Type   string `json:"type"`
	Stream string `json:"stream"`
	Tag    text   `json:"tag"`
	List   text   `json:"list"`
}

// text is a string that some clients send as a number.
type text string

// UnmarshalJSON takes strings and numbers.
func (t *text) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		*t = text(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return err
	}
	*t = text(n)
	return nil
}

func readRequest(raw []byte) (request, *problem) {
	var r request
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, wrong(http.StatusBadRequest, `The message is no object such as {"type": "subscribe", "stream": "user"}`)
	}
	return r, nil
}

// carryOut subscribes to a topic, or ends that.
func (s *Server) carryOut(ctx context.Context, c *conn, r request) *problem {
	if r.Type != "subscribe" && r.Type != "unsubscribe" {
		return wrong(http.StatusBadRequest, "Unknown message type: use subscribe or unsubscribe")
	}
	topic, label, trouble := parseTopic(r.Stream, string(r.Tag), string(r.List))
	if trouble != nil {
		return trouble
	}
	if r.Type == "unsubscribe" {
		c.unsubscribe(topic)
		return nil
	}
	if !mayHear(c.who, topic) {
		return wrong(http.StatusUnauthorized, "Access token does not cover required scopes")
	}
	if topic.name == lists {
		owns, err := s.cfg.Store.Read(ctx).OwnsList(models.ListOf{ListID: topic.list, OwnerID: c.viewer()})
		if err != nil {
			s.cfg.Log.ErrorContext(ctx, "list not looked up", "error", err)
			return wrong(http.StatusInternalServerError, "Something went wrong on this server.")
		}
		if !owns { // absent and somebody else's look the same (security case E23)
			return wrong(http.StatusNotFound, "Not authorized to stream this list")
		}
	}
	return c.subscribe(topic, label)
}
