package practice

import (
	"context"
	"slices"
	"strings"
	"time"

	"praxis/models"
)

const (
	// moveEvery is how long somebody stays before they move again.
	moveEvery = 30 * 24 * time.Hour
	// maxAliases is how many other accounts somebody may name as their own.
	maxAliases = 10
)

// carriedAtOnce is how many followers are carried over in one go, so that the Move of somebody popular floods no host.
var carriedAtOnce = 100

// Moved: Actor, of ours, moved to Target.
type Moved struct {
	Actor, Target *models.Actor
	// Homes are communities elsewhere to which Actor belongs.
	Homes []models.Actor
}

func (Moved) event() {}

// AddAlias lets a member name another account as their own, by handle or address: it may then move here. Errors: NotFound for
// an account that is not found, Invalid for oneself and beyond maxAliases.
func (s *Service) AddAlias(ctx context.Context, actor *models.Actor, name string) (*models.Actor, error) {
	alias, err := s.personBy(ctx, "alias", name)
	if err != nil {
		return nil, err
	}
	if alias.ID == actor.ID {
		return nil, invalid("alias", "Validation failed: this is the account itself")
	}
	return alias, s.changeAliases(ctx, actor, func(known []string) ([]string, error) {
		if known = appendOnce(known, alias.URI); len(known) > maxAliases {
			return nil, invalid("alias", "Validation failed: an account names at most %d others", maxAliases)
		}
		return known, nil
	})
}

// RemoveAlias takes an account, by its address or handle, out of those that a member names as their own; one that is not named
// changes nothing.
func (s *Service) RemoveAlias(ctx context.Context, actor *models.Actor, name string) error {
	uri := name
	if known, err := s.knownBy(ctx, name); err == nil {
		uri = known.URI
	}
	return s.changeAliases(ctx, actor, func(known []string) ([]string, error) {
		return slices.DeleteFunc(known, func(alias string) bool { return alias == uri }), nil
	})
}

func (s *Service) changeAliases(ctx context.Context, actor *models.Actor, change func([]string) ([]string, error)) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.Actor(actor.ID)
		if err != nil {
			return err
		}
		aliases, err := change(current.Aliases())
		if err != nil || strings.Join(aliases, "\n") == current.AlsoKnownAs {
			return err
		}
		current.AlsoKnownAs = strings.Join(aliases, "\n")
		if err := tx.UpdateActor(current); err != nil {
			return err
		}
		return s.outbox.Publish(tx, ActorUpdated{Actor: current})
	})
}

// knownBy gives an actor that is known here, by handle or address.
func (s *Service) knownBy(ctx context.Context, name string) (*models.Actor, error) {
	tx := s.store.Read(ctx)
	if strings.HasPrefix(name, "https://") {
		return tx.ActorByURI(name)
	}
	user, host, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(name), "@"), "@")
	return tx.ActorByHandle(user, orElse(host, s.links.Host))
}

// personBy finds a person by handle or address, asking other hosts where need be.
func (s *Service) personBy(ctx context.Context, field, name string) (found *models.Actor, err error) {
	name = strings.TrimSpace(name)
	if strings.HasPrefix(name, "https://") {
		if found, _, err = s.directory.FindByURI(ctx, name); err == nil && found == nil {
			err = models.Errorf(models.NotFound, "%.200q is no account", name)
		}
	} else {
		user, host, _ := strings.Cut(strings.TrimPrefix(name, "@"), "@")
		if user == "" || strings.ContainsAny(name, " /") {
			return nil, invalid(field, "Validation failed: %.100q is neither a handle such as @ann@hospital.example nor an address", name)
		}
		if host == "" || strings.EqualFold(host, s.links.Host) {
			found, err = s.store.Read(ctx).ActorByHandle(user, s.links.Host)
		} else {
			found, err = s.directory.FindByHandle(ctx, user, host)
		}
	}
	if err != nil {
		return nil, err
	}
	if found.Type != models.TypePerson && found.Type != models.TypeService || found.IsGone() {
		return nil, invalid(field, "Validation failed: @%s is no person's account", found.Acct())
	}
	return found, nil
}

// MoveAway moves a member to another account, which has to name this one as its own: followers are told, those here follow the new
// account, and communities of ours take it in the place of the old one. Errors: Invalid for an account that does not name this one,
// that is this one, or that moved itself; Forbidden for blocked hosts and accounts, within moveEvery of the last Move, and after the
// grace of who left.
func (s *Service) MoveAway(ctx context.Context, actor *models.Actor, to string) (*models.Actor, error) {
	found, err := s.personBy(ctx, "to", to)
	if err != nil {
		return nil, err
	}
	target, err := s.directory.Refresh(ctx, found.URI) // it named us only lately
	if err != nil {
		return nil, err
	}
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.Actor(actor.ID)
		if err != nil {
			return err
		}
		if err := s.mayMoveTo(tx, current, target); err != nil {
			return err
		}
		return s.moveAway(tx, current, target)
	})
	if err != nil {
		return nil, err
	}
	return target, s.carrySome(ctx, actor.ID)
}

func (s *Service) mayMoveTo(tx *models.Tx, actor, target *models.Actor) error {
	if target.ID == actor.ID {
		return invalid("to", "Validation failed: this is the account itself")
	}
	if target.MovedToURI != "" {
		return invalid("to", "Validation failed: @%s moved away itself, to %s", target.Acct(), target.MovedToURI)
	}
	if !slices.Contains(target.Aliases(), actor.URI) {
		return invalid("to", "Validation failed: @%s does not name this account as its own: add %s (or @%s@%s) to the aliases there first, then move",
			target.Acct(), actor.URI, actor.Username, actor.Host)
	}
	if err := s.mayFollow(tx, actor, target); err != nil {
		return models.Errorf(models.Forbidden, "Nobody moves to @%s from here: %s", target.Acct(), models.ErrorMessage(err))
	}
	if err := mayStillMove(tx, actor); err != nil {
		return err
	}
	last, err := tx.LastMove(actor.ID)
	if err != nil || last == nil || tx.Now().Since(last.CreatedAt) >= moveEvery {
		return err
	}
	return models.Errorf(models.Forbidden, "@%s moved on %s: the next Move is possible 30 days later.", actor.Username,
		last.CreatedAt.Time().Format(time.DateOnly))
}

// mayStillMove: whoever left may move until the grace is over, and nobody may keep them from it.
func mayStillMove(tx *models.Tx, actor *models.Actor) error {
	if actor.LeftAt == 0 {
		return nil
	}
	account, err := tx.AccountByActor(actor.ID)
	if err != nil {
		return err
	}
	leaving, err := tx.LeavingIfAny(account.ID)
	if err == nil && leaving != nil && (leaving.EndedAt != 0 || leaving.Until <= tx.Now()) {
		err = models.Errorf(models.Forbidden, "The grace ended on %s.", leaving.Until.Time().Format(time.DateOnly))
	}
	return err
}

func (s *Service) moveAway(tx *models.Tx, actor, target *models.Actor) error {
	actor.MovedToURI = target.URI
	if err := tx.UpdateActor(actor); err != nil {
		return err
	}
	if err := s.audit(tx, nil, "account.move", s.about(actor), nil, target.URI); err != nil {
		return err
	}
	homes, err := tx.CommunitiesElsewhere(actor.ID)
	if err != nil {
		return err
	}
	if err := s.outbox.Publish(tx, ActorUpdated{Actor: actor}); err != nil {
		return err
	}
	if err := s.outbox.Publish(tx, Moved{Actor: actor, Target: target, Homes: homes}); err != nil {
		return err
	}
	return s.beginMove(tx, actor, target)
}

// Move carries the local followers of actor over to target, as actor's own server says that it moved there, and lets communities of
// ours take target in its place. The caller has checked that target names actor as an alias. What is not done at once is done by
// TendMoves.
func (s *Service) Move(ctx context.Context, actor, target *models.Actor) error {
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.Actor(actor.ID)
		if err != nil {
			return err
		}
		if last, err := tx.LastMove(actor.ID); err != nil || last != nil && last.TargetID == target.ID {
			return err // told before
		}
		current.MovedToURI = target.URI
		if err := tx.UpdateActor(current); err != nil {
			return err
		}
		return s.beginMove(tx, current, target)
	})
	if err != nil {
		return err
	}
	return s.carrySome(ctx, actor.ID)
}

// beginMove keeps what members decided about the old account for the new one, and lets our communities take it in.
func (s *Service) beginMove(tx *models.Tx, actor, target *models.Actor) error {
	if err := s.keepAway(tx, actor, target); err != nil {
		return err
	}
	if actor.IsCommunity() {
		if err := s.adopt(tx, actor, target); err != nil {
			return err
		}
	} else if err := s.succeedEverywhere(tx, actor, target); err != nil {
		return err
	}
	return tx.CreateMove(&models.ActorMove{ActorID: actor.ID, TargetID: target.ID})
}

// keepAway: whoever blocked or muted the old account blocks or mutes the new one.
func (s *Service) keepAway(tx *models.Tx, actor, target *models.Actor) error {
	blocks, err := tx.LocalBlocksOf(actor.ID)
	if err != nil {
		return err
	}
	for _, block := range blocks {
		owner, err := tx.Actor(block.ActorID)
		if err != nil {
			return err
		}
		if owner.ID == target.ID {
			continue
		}
		if err := s.block(tx, owner, target, ""); err != nil {
			return err
		}
	}
	mutes, err := tx.MutesOf(actor.ID)
	if err != nil {
		return err
	}
	for _, mute := range mutes {
		known, err := tx.Mutes(mute.ActorID, []int64{target.ID})
		if err != nil {
			return err
		}
		if known[target.ID] != nil || mute.ActorID == target.ID {
			continue
		}
		mute.TargetID = target.ID
		if err := tx.PutMute(&mute); err != nil {
			return err
		}
	}
	return nil
}

// TendMoves carries followers over for moves that are under way. It reports whether there were any.
func (s *Service) TendMoves(ctx context.Context) (bool, error) {
	moves, err := s.store.Read(ctx).MovesUnderWay(10)
	if err != nil {
		return false, err
	}
	for i := range moves {
		if err := s.carry(ctx, &moves[i]); err != nil {
			return false, err
		}
	}
	return len(moves) > 0, nil
}

func (s *Service) carrySome(ctx context.Context, actorID int64) error {
	last, err := s.store.Read(ctx).LastMove(actorID)
	if err != nil || last == nil || last.DoneAt != 0 {
		return err
	}
	return s.carry(ctx, last)
}

// carry carries the next followers over, each in a transaction of its own that also notes how far it is.
func (s *Service) carry(ctx context.Context, move *models.ActorMove) error {
	tx := s.store.Read(ctx)
	follows, err := tx.LocalFollowsAfter(move.ActorID, move.At, carriedAtOnce)
	if err != nil {
		return err
	}
	ends, err := tx.Actors([]int64{move.ActorID, move.TargetID})
	if err != nil {
		return err
	}
	from, to := ends[move.ActorID], ends[move.TargetID]
	for i := range follows {
		move.At = follows[i].ID
		if err := s.carryOver(ctx, move, follows[i].ActorID, from, to); err != nil {
			return err
		}
	}
	if len(follows) == carriedAtOnce {
		return nil
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		move.DoneAt = tx.Now()
		return tx.SaveMove(move)
	})
}

func (s *Service) carryOver(ctx context.Context, move *models.ActorMove, followerID int64, from, to *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.SaveMove(move); err != nil {
			return err
		}
		follower, err := tx.Actor(followerID)
		if err != nil {
			return err
		}
		old, err := tx.FollowBetween(follower.ID, from.ID)
		if err != nil {
			return ignoreMissing(err)
		}
		if err := s.mayFollow(tx, follower, to); err != nil {
			if code := models.ErrorCode(err); code == models.Forbidden || code == models.Gone {
				return nil // a block stands in the way: they stay with the old account
			}
			return err
		}
		if err := s.refollow(tx, follower, from, to, old); err != nil || !from.IsCommunity() {
			return err
		}
		return s.tellMoved(tx, follower, from, to)
	})
}

// refollow puts one follow in the place of another, with its settings and its places in lists.
func (s *Service) refollow(tx *models.Tx, follower, from, to *models.Actor, old *models.Follow) error {
	lists, err := tx.ListsWith(follower.ID, from.ID)
	if err != nil {
		return err
	}
	if _, err := tx.FollowBetween(follower.ID, to.ID); models.IsNotFound(err) {
		_, err = s.follow(tx, follower, to, FollowOptions{HideReblogs: !old.ShowReblogs, Notify: old.Notify, Languages: old.LanguageList()})
		if err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	for _, l := range lists {
		if _, err := tx.AddToList(l.ID, to.ID); err != nil {
			return err
		}
	}
	return s.unfollow(tx, follower, from)
}
