package desk

import (
	"strconv"

	"praxis/models"
)

func subscriptionPath(id int64) string { return listsPath + "/subscriptions/" + format(id) }

// subscriptions are the lists of others that are followed.
func (s *Server) subscriptions(v *visit) ([]part, error) {
	subs, err := v.tx.ListSubscriptions("")
	if err != nil {
		return nil, err
	}
	listed := &table{Caption: "Lists that you follow", Heads: []string{"Address", "What it is", "Hosts", "State", ""}, Empty: "You follow no list."}
	for i := range subs {
		sub := &subs[i]
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: sub.URL, To: subscriptionPath(sub.ID), Hint: "priority " + strconv.Itoa(sub.Priority)},
			{Text: listKinds[sub.Kind], Hint: listModes[sub.Mode]},
			{Text: strconv.Itoa(sub.Hosts), Number: true},
			v.subscriptionState(sub),
			{Form: &form{Name: "soon", Inline: true, Button: "Read it now", Hidden: map[string]string{"id": format(sub.ID)}}},
		}})
	}
	add := &form{
		Name: "subscribe", Heading: "Follow a list", Button: "Follow it",
		Text: "It is read once a day. What changes becomes a draft for you; by itself it is applied only where nobody is cut off. Where two lists name a server, the one of higher priority is right.",
		Fields: []*field{
			{Name: "url", Label: "Address of the list", Kind: "url", Required: true, Max: 2000, Hint: "Such as https://lists.example/blocks.csv"},
			{Name: "kind", Label: "What it is", Kind: "choice", Options: options(models.ListBlocks, listKinds[models.ListBlocks], models.ListAllows, listKinds[models.ListAllows])},
			{Name: "mode", Label: "What becomes of changes", Kind: "choice", Options: options(models.ListDrafts, listModes[models.ListDrafts], models.ListApplies, listModes[models.ListApplies])},
			{Name: "priority", Label: "Priority", Kind: "number", Value: "100", Hint: "0 to 255."},
		},
	}
	return []part{{Heading: "Lists that you follow", ID: "followed", Table: listed}, {Card: true, Forms: []*form{v.fill(add)}}}, nil
}

var listKinds = map[string]string{models.ListBlocks: "servers to block", models.ListAllows: "servers to allow"}

var listModes = map[string]string{models.ListDrafts: "as a draft, for an admin to apply", models.ListApplies: "applied at once where that cuts off nobody"}

func (v *visit) subscriptionState(sub *models.ListSubscription) cell {
	switch {
	case sub.Trouble != "":
		return cell{Badge: badge{"not usable", "bad"}, Hint: sub.Trouble}
	case sub.TriedAt == 0:
		return cell{Badge: badge{"read soon", "warn"}}
	}
	return cell{Badge: badge{"good", "good"}, Hint: "read " + v.ago(sub.ReadAt)}
}

func (s *Server) subscribe(v *visit) (outcome, error) {
	priority, err := strconv.Atoi(v.text("priority"))
	if err != nil {
		return outcome{}, models.FieldErrorf("priority", "%.20q is no number from 0 to 255.", v.text("priority"))
	}
	_, err = s.cfg.Service.Subscribe(v.ctx(), v.decider(), models.ListSubscription{URL: v.text("url"), Kind: v.text("kind"), Mode: v.text("mode"), Priority: priority})
	return outcome{listsPath + "#followed", "The list is followed. It is read within a minute."}, err
}

func (s *Server) readSoon(v *visit) (outcome, error) {
	err := s.cfg.Service.ReadListSoon(v.ctx(), v.decider(), number(v.text("id")))
	return outcome{listsPath + "#followed", "It is read within a minute. Load this page again, then."}, err
}

func (s *Server) showSubscription(v *visit) (*screen, error) {
	sub, err := v.tx.ListSubscription(v.id("id"))
	if err != nil {
		return nil, err
	}
	state := v.subscriptionState(sub)
	return &screen{Title: "List that you follow", Above: []link{{Label: "Lists of hosts", To: listsPath}}, Parts: []part{
		{Card: true, Badges: []badge{state.Badge}, Facts: []fact{
			{Name: "Address", Value: sub.URL},
			{Name: "What it is", Value: listKinds[sub.Kind]},
			{Name: "Changes", Value: listModes[sub.Mode]},
			{Name: "Priority", Value: strconv.Itoa(sub.Priority)},
			{Name: "Hosts", Value: strconv.Itoa(sub.Hosts)},
			{Name: "Read", Value: v.when(sub.ReadAt)},
			{Name: "Looked at", Value: v.when(sub.TriedAt), Hint: sub.Trouble},
		}},
		{Card: true, Forms: []*form{v.twice(&form{
			Name: "end", Button: "Follow it no more", Danger: true, Text: "What came with it, and is on no other list, is taken back by a draft that you apply.", Cancel: listsPath,
		}, "Follow it no more")}},
	}}, nil
}

func (s *Server) unsubscribe(v *visit) (outcome, error) {
	if !v.agrees("What came with this list alone is no longer wanted: blocks of it are lifted, and servers that it let in are not allowed any more. A draft of that is made; apply it on the page of the list.") {
		return outcome{}, nil
	}
	err := s.cfg.Service.Unsubscribe(v.ctx(), v.decider(), v.id("id"))
	return outcome{listsPath, "The list is followed no more."}, err
}
