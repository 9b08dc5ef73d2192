package mastodon

import (
	"context"
	"net/http"
	"time"

	"praxis/models"
	"praxis/practice"
)

// moderationRoutes are what moderators of communities do with posts, and who looks after the instance hides here. Who may is
// for the verbs to say.
func moderationRoutes() []route {
	const one = "/api/praxis/v1/statuses/{id}/"
	act := func(name string, run endpoint) route { return member(http.MethodPost, one+name, run, writeStatuses) }
	return []route{
		act("remove", actOnPost((*practice.Service).Remove)),
		act("restore", actOnPost((*practice.Service).Restore)),
		act("lock", actOnPost((*practice.Service).Lock)),
		act("unlock", actOnPost((*practice.Service).Unlock)),
		act("pin_in_community", actOnPost((*practice.Service).PinInCommunity)),
		act("unpin_in_community", actOnPost((*practice.Service).UnpinInCommunity)),
		act("move", actOnPost((*practice.Service).MoveThread)),
		act("hide", hidePost),
		act("unhide", unhidePost),
		act("appeal", appealRemoval),
	}
}

// actAsk is what a moderator says of an act.
type actAsk struct {
	Reason      string `mapstructure:"reason"`
	TargetID    string `mapstructure:"target_id"`
	AccountID   string `mapstructure:"account_id"`
	Role        string `mapstructure:"role"`
	Until       string `mapstructure:"until"`    // a moment, as ISO 8601 has it
	Duration    int64  `mapstructure:"duration"` // in seconds, in the place of until
	RemovePosts bool   `mapstructure:"remove_posts"`
}

// act gives what the caller does in a community. Errors: Invalid for an end that is none.
func (c *call) act(community *models.Actor) (*practice.Act, error) {
	var ask actAsk
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	a := &practice.Act{Moderator: c.me(), Community: community, Reason: ask.Reason, Role: ask.Role, RemovePosts: ask.RemovePosts}
	if ask.Duration != 0 {
		a.Until = c.s.store.Now().Add(time.Duration(min(max(ask.Duration, -1), maxBanSeconds)) * time.Second)
	}
	if ask.Until != "" {
		var err error
		if a.Until, err = time.Parse(time.RFC3339, ask.Until); err != nil {
			return nil, models.FieldErrorf("until", "Validation failed: until is %.40q: write it like 2026-12-31T12:00:00Z", ask.Until)
		}
	}
	var err error
	if ask.TargetID != "" {
		if a.To, err = c.communityOf(ask.TargetID); err != nil {
			return nil, err
		}
	}
	if ask.AccountID != "" {
		var id int64
		if id, err = parseID(ask.AccountID); err == nil {
			a.Target, err = c.tx.Actor(id)
		}
	}
	return a, err
}

// maxBanSeconds is a hundred years: a longer ban has no end.
const maxBanSeconds = 100 * 365 * 24 * 3600

// moderatedPost gives the post that the path names, with its community: one that the caller may read, or that was removed from
// a community which they moderate. What is hidden looks like what is absent (security case E7).
func (c *call) moderatedPost() (*models.Post, *models.Actor, error) {
	id, err := c.id()
	if err != nil {
		return nil, nil, err
	}
	post, err := c.tx.Post(id)
	if err == nil && post.IsBoost() {
		post, err = c.tx.Post(post.ReblogOfID)
	}
	if err != nil || post.DeletedAt != 0 {
		return nil, nil, orAbsent(err)
	}
	communityID, moderates, err := c.moderatedIn(post)
	if err != nil {
		return nil, nil, err
	}
	if !moderates || !post.IsPublic() {
		if post, err = c.tx.VisiblePost(post.ID, c.viewer()); err != nil {
			return nil, nil, err
		}
	}
	if communityID == 0 {
		return nil, nil, models.FieldErrorf("id", "Validation failed: the post is in no community")
	}
	community, err := c.tx.Actor(communityID)
	return post, community, err
}

// moderatedIn gives the community in whose name the caller acts on a post: where it began, or else the one that took it from a sibling
// and that they moderate. The second is whether they moderate it.
func (c *call) moderatedIn(post *models.Post) (int64, bool, error) {
	moderates, err := c.tx.IsModerator(post.CommunityID, c.viewer())
	if err != nil || moderates {
		return post.CommunityID, moderates, err
	}
	taken, err := c.tx.AdmissionsOf(post.ID)
	for i := range taken {
		if moderates, err = c.tx.IsModerator(taken[i].CommunityID, c.viewer()); err != nil || moderates {
			return taken[i].CommunityID, moderates, err
		}
	}
	return post.CommunityID, false, err
}

func orAbsent(err error) error {
	if err != nil {
		return err
	}
	return errNotFound
}

// actOnPost makes an endpoint of an act about a post, which answers with the post as it is then.
func actOnPost(verb func(*practice.Service, context.Context, practice.Act) error) endpoint {
	return func(c *call) (any, error) {
		post, community, err := c.moderatedPost()
		if err != nil {
			return nil, err
		}
		a, err := c.act(community)
		if err != nil {
			return nil, err
		}
		a.PostURI = post.URI
		if err := verb(c.s.service, c.ctx(), *a); err != nil {
			return nil, err
		}
		if post, err = c.tx.Post(post.ID); err != nil {
			return nil, err
		}
		return c.status(post)
	}
}

func hidePost(c *call) (any, error) {
	return c.hide(func(id int64) (*models.Post, error) {
		return c.s.service.HideHere(c.ctx(), c.me(), id, c.params.text("reason"))
	})
}

func unhidePost(c *call) (any, error) {
	return c.hide(func(id int64) (*models.Post, error) { return c.s.service.ShowHere(c.ctx(), c.me(), id) })
}

func (c *call) hide(change func(id int64) (*models.Post, error)) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	post, err := change(id)
	if err != nil {
		return nil, err
	}
	return c.status(post)
}

// appealRemoval: the author of a removed post asks its community's moderators to think again.
func appealRemoval(c *call) (any, error) {
	post, err := c.ownPost()
	if err != nil {
		return nil, err
	}
	if post.CommunityID == 0 {
		return nil, errNotFound
	}
	community, err := c.tx.Actor(post.CommunityID)
	if err != nil {
		return nil, err
	}
	return c.appealed(c.s.service.Appeal(c.ctx(), c.me(), community, post, c.params.text("text")))
}
