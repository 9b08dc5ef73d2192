package practice

import (
	"time"

	"praxis/internal/text"
	"praxis/models"
)

// commandsPerHour is how many commands one may give in an hour; what goes beyond is prose.
const commandsPerHour = 30

// setting is where a command is given: who gives it by which reply, what that answers, and the thread's first post.
type setting struct {
	actor             *models.Actor
	reply             *models.Post
	answered          *models.Post
	question          *models.Post
	row               *models.Practice
	community         *models.Actor // of ours; nil for none
	backfilled, quiet bool
}

// obey carries out the commands that a reply gives.
func (s *Service) obey(tx *models.Tx, post *models.Post, draft *Draft) error {
	at := &setting{actor: draft.Author, reply: post, backfilled: draft.Backfilled, quiet: draft.Backfilled}
	return s.obeyAt(tx, at)
}

func (s *Service) obeyAt(tx *models.Tx, at *setting) error {
	if at.reply.InReplyToID == 0 || at.actor.IsCommunity() {
		return nil
	}
	typed := at.reply.Source
	if !at.actor.Local {
		typed = text.Plain(at.reply.Content)
	}
	given := orders(typed)
	if at.reply.Kind == ReuseReport {
		given = withReuse(given)
	}
	if len(given) == 0 {
		return nil
	}
	if may, err := s.readSetting(tx, at); err != nil || !may {
		return err
	}
	for _, o := range given {
		done, err := s.carryOut(tx, at, o)
		if err != nil {
			return err
		}
		if done != nil {
			if err := s.acknowledge(tx, at, done); err != nil {
				return err
			}
		}
	}
	return nil
}

// withReuse: a report of reuse counts as one, whether it says the word or not.
func withReuse(given []order) []order {
	for _, o := range given {
		if o.name == commandReused {
			return given
		}
	}
	return append(given, order{name: commandReused})
}

// readSetting reads where a command is given, and reports whether commands are heard there.
func (s *Service) readSetting(tx *models.Tx, at *setting) (bool, error) {
	var err error
	if at.answered, err = tx.Post(at.reply.InReplyToID); err != nil {
		return false, err
	}
	if at.question, err = tx.LockPost(at.answered.ThreadID); err != nil {
		return false, err
	}
	if at.answered.ID == at.question.ID {
		at.answered = at.question
	}
	if at.answered.IsGone() || at.question.IsGone() {
		return false, nil
	}
	if at.row, err = tx.Practice(at.question.ID); err != nil {
		return false, err
	}
	if community, err := communityOfPost(tx, at.question); err != nil {
		return false, err
	} else if community != nil && community.Local && !community.IsGone() {
		at.community = community
	}
	return s.hearsCommands(tx, at)
}

func (s *Service) hearsCommands(tx *models.Tx, at *setting) (bool, error) {
	if at.community != nil {
		habits, err := tx.CommunityPractice(at.community.ID)
		if err != nil || habits.CommandsOff {
			return false, err
		}
	}
	if at.quiet {
		return true, nil
	}
	since := tx.Now().Add(-time.Hour)
	given, err := tx.CommandUses(at.actor.ID, since)
	if err != nil || given >= commandsPerHour {
		return false, err
	}
	return true, tx.UseCommand(at.actor.ID, since)
}

// carryOut does what a command says, and gives how to take it back; nil when it was just a word.
func (s *Service) carryOut(tx *models.Tx, at *setting, o order) (*Receipt, error) {
	switch o.name {
	case commandSolved, commandUnsolved:
		return s.solve(tx, at, o.name == commandUnsolved)
	case commandHelped:
		if at.answered.ID == at.question.ID || at.answered.AuthorID == at.actor.ID {
			return nil, nil
		}
		return s.respond(tx, at, at.answered, models.Response{Verb: models.ResponseHelped})
	case commandReused:
		return s.reuse(tx, at)
	case commandJoin, commandLeave:
		return s.pledge(tx, at, o)
	case Going, Maybe, NotGoing:
		return s.come(tx, at, o.name)
	case commandKeep:
		return s.respond(tx, at, at.question, models.Response{Verb: models.ResponseKeep})
	case commandKnow:
		return s.know(tx, at, o.topic)
	case commandDup:
		return s.duplicate(tx, at, o.uri)
	}
	return nil, nil
}

// solve: only the asker accepts, and only somebody else's answer. A remote asker's own host knows nothing of the command,
// so it is this instance that says what it means. What was only fetched is history.
func (s *Service) solve(tx *models.Tx, at *setting, withdraw bool) (*Receipt, error) {
	question, answer := at.question, at.answered
	if at.backfilled || question.AuthorID != at.actor.ID || answer.ID == question.ID || answer.AuthorID == question.AuthorID {
		return nil, nil
	}
	before := question.AcceptedAnswerID
	if err := s.answer(tx, at.actor, question, answer, withdraw, Cause{}); err != nil {
		return nil, err
	}
	current, err := tx.Post(question.ID)
	if err != nil || current.AcceptedAnswerID == before {
		return nil, err
	}
	at.question = current
	verb := commandSolved
	if withdraw {
		verb = commandUnsolved
	}
	return &Receipt{Verb: verb, PostID: question.ID, ActorID: at.actor.ID, Current: current.AcceptedAnswerID, Before: before}, nil
}

func (s *Service) reuse(tx *models.Tx, at *setting) (*Receipt, error) {
	asset := at.answered
	if asset.Kind != AssetShare {
		asset = at.question
	}
	if asset.Kind != AssetShare || asset.AuthorID == at.actor.ID {
		return nil, nil
	}
	return s.respond(tx, at, asset, models.Response{Verb: models.ResponseReused})
}

// pledge: who takes part says with how much, until the deadline.
func (s *Service) pledge(tx *models.Tx, at *setting, o order) (*Receipt, error) {
	if at.question.Kind != Coordination || isClosed(Coordination, at.row, tx.Now()) {
		return nil, nil
	}
	if o.name == commandLeave {
		return s.withdraw(tx, at, at.question, models.ResponseJoined, "")
	}
	unit := o.unit
	if unit == "" {
		unit = at.row.Unit
	}
	return s.respond(tx, at, at.question, models.Response{Verb: models.ResponseJoined, Value: unit, Amount: o.amount})
}

// come: who comes to a visit says so, as long as there are places.
func (s *Service) come(tx *models.Tx, at *setting, word string) (*Receipt, error) {
	if at.question.Kind != Visit || isClosed(Visit, at.row, tx.Now()) {
		return nil, nil
	}
	said := models.Response{Verb: models.ResponseGoing, Value: word}
	if full, err := s.isFull(tx, at.question, at.row, at.actor); err != nil {
		return nil, err
	} else if word == Going && full {
		return &Receipt{Verb: models.ResponseGoing, PostID: at.question.ID, ActorID: at.actor.ID, Full: true}, nil
	}
	return s.respond(tx, at, at.question, said)
}

// isFull reports a visit that has no place for an actor who does not come so far.
func (s *Service) isFull(tx *models.Tx, visit *models.Post, row *models.Practice, actor *models.Actor) (bool, error) {
	if row.Capacity == 0 {
		return false, nil
	}
	before, err := tx.Response(visit.ID, actor.ID, models.ResponseGoing, "")
	if err != nil || before != nil && before.Value == Going {
		return false, err
	}
	tallies, err := tx.Tallies([]int64{visit.ID})
	return count(tallies, row).Going >= row.Capacity, err
}

func (s *Service) know(tx *models.Tx, at *setting, topic string) (*Receipt, error) {
	if at.question.Kind != KnowledgeMapping {
		return nil, nil
	}
	if topics := at.row.TopicList(); topic == "" && len(topics) > 0 {
		topic = topics[0]
	}
	return s.respond(tx, at, at.question, models.Response{Verb: models.ResponseKnows, Topic: topic})
}

// duplicate: the asker, or who moderates, says where the same was asked before.
func (s *Service) duplicate(tx *models.Tx, at *setting, uri string) (*Receipt, error) {
	if err := s.mayAnswer(tx, at.actor, at.question); err != nil || uri == at.question.URI || uri == at.question.URL {
		return nil, nil // just a word
	}
	done := &Receipt{Verb: commandDup, PostID: at.question.ID, ActorID: at.actor.ID, Value: at.row.DuplicateOf, Topic: uri}
	at.row.DuplicateOf = uri
	if err := tx.SavePractice(at.row); err != nil {
		return nil, err
	}
	return done, s.tell(tx, at.question)
}

// respond stores what somebody says to a post.
func (s *Service) respond(tx *models.Tx, at *setting, post *models.Post, said models.Response) (*Receipt, error) {
	before, err := tx.Response(post.ID, at.actor.ID, said.Verb, said.Topic)
	if err != nil {
		return nil, err
	}
	said.PostID, said.ActorID = post.ID, at.actor.ID
	if at.reply != nil {
		said.ReplyID = at.reply.ID
	}
	if err := tx.PutResponse(&said); err != nil {
		return nil, err
	}
	return receiptOf(&said, before), s.tell(tx, at.question)
}

// withdraw takes back what somebody said to a post; nil when they had said nothing.
func (s *Service) withdraw(tx *models.Tx, at *setting, post *models.Post, verb, topic string) (*Receipt, error) {
	before, err := tx.Response(post.ID, at.actor.ID, verb, topic)
	if err != nil || before == nil {
		return nil, err
	}
	if err := tx.DeleteResponse(post.ID, at.actor.ID, verb, topic); err != nil {
		return nil, err
	}
	return receiptOf(&models.Response{PostID: post.ID, ActorID: at.actor.ID, Verb: verb, Topic: topic}, before), s.tell(tx, at.question)
}

// tell lets those who look at a thread see its figures, and other servers know them.
func (s *Service) tell(tx *models.Tx, question *models.Post) error {
	tx.Emit(models.Change{Kind: models.PostEdited, ID: question.ID})
	author, err := tx.Actor(question.AuthorID)
	if err != nil || !author.Local {
		return err
	}
	return s.outbox.Publish(tx, PracticeTallied{Author: author, Post: question})
}

// obeyAdopted carries out the commands of replies that were here before the post which they hang below.
func (s *Service) obeyAdopted(tx *models.Tx, post *models.Post) error {
	replies, err := tx.RepliesBelow(post)
	if err != nil {
		return err
	}
	for i := range replies {
		reply := &replies[i]
		author, err := tx.Actor(reply.AuthorID)
		if err != nil {
			return err
		}
		if err := s.obeyAt(tx, &setting{actor: author, reply: reply, quiet: true}); err != nil {
			return err
		}
	}
	return nil
}
