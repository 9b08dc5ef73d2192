package mastodon

import (
	"net/http"
	"strings"

	"praxis/handlers/oauth"
	"praxis/models"
)

const readAccounts = "read:accounts"

func accountRoutes() []route {
	return []route{
		open(http.MethodGet, "/api/v1/accounts", getAccounts, readAccounts),
		open(http.MethodGet, "/api/v1/accounts/lookup", lookupAccount, readAccounts),
		member(http.MethodGet, "/api/v1/accounts/search", searchAccounts, readAccounts),
		open(http.MethodGet, "/api/v1/directory", getDirectory, readAccounts),
		open(http.MethodGet, "/api/v1/accounts/{id}/statuses", getAccountStatuses, "read:statuses", oauth.RecoveryScope),
		open(http.MethodGet, "/api/v1/accounts/{id}/followers", getFollowers, readAccounts),
		open(http.MethodGet, "/api/v1/accounts/{id}/following", getFollowing, readAccounts),
	}
}

// getAccount stands after all fixed names under /api/v1/accounts.
func getAccount(c *call) (any, error) {
	actor, err := c.actor()
	if err != nil {
		return nil, err
	}
	return c.account(actor)
}

// actor gives whom the path names.
func (c *call) actor() (*models.Actor, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return c.standing(c.tx.Actor(id))
}

// standing refuses actors that are gone, and the one that is this server itself.
func (c *call) standing(actor *models.Actor, err error) (*models.Actor, error) {
	if err != nil {
		return nil, err
	}
	if actor.IsGone() || (actor.Local && actor.Type == models.TypeApplication) {
		return nil, errNotFound
	}
	known, err := c.tx.IsKnownTo(actor, c.viewer())
	if err == nil && !known {
		return nil, errNotFound
	}
	return actor, err
}

// maxBatch is how many entities one request may name.
const maxBatch = 40

// idList is the parameter id[].
type idList struct {
	ID []string `mapstructure:"id"`
}

func (c *call) idList(limit int) ([]int64, error) {
	var list idList
	err := c.params.decode(&list)
	return ids(list.ID, limit), err
}

func getAccounts(c *call) (any, error) {
	wanted, err := c.idList(maxBatch)
	if err != nil {
		return nil, err
	}
	found, err := c.tx.Actors(wanted)
	if err != nil {
		return nil, err
	}
	actors := []models.Actor{}
	for _, id := range wanted {
		if actor, err := c.standing(found[id], absent(found[id] == nil)); err == nil {
			actors = append(actors, *actor)
		}
	}
	return c.accounts(actors)
}

func absent(is bool) error {
	if is {
		return errNotFound
	}
	return nil
}

// lookupAccount finds an account by its handle among those that are known here.
func lookupAccount(c *call) (any, error) {
	actor, err := c.standing(c.handle(c.params.text("acct")))
	if err != nil {
		return nil, err
	}
	return c.account(actor)
}

// handle gives the actor of "user", "user@host", "@user@host" or "!user@host" that is known here.
func (c *call) handle(typed string) (*models.Actor, error) {
	user, host := splitHandle(typed)
	if host == "" {
		host = c.s.links.Host
	}
	return c.tx.ActorByHandle(user, host)
}

func splitHandle(typed string) (user, host string) {
	typed = strings.TrimPrefix(strings.TrimSpace(typed), "acct:")
	user, host, _ = strings.Cut(strings.TrimLeft(typed, "@!"), "@")
	return user, strings.TrimSuffix(host, ".")
}

// searchAccounts is for completing what somebody types.
func searchAccounts(c *call) (any, error) {
	var ask struct {
		Text      string `mapstructure:"q"`
		Resolve   bool   `mapstructure:"resolve"`
		Following bool   `mapstructure:"following"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	actors, err := c.findActors(ask.Text, ask.Resolve && !ask.Following, models.ActorSearch{
		Following: ask.Following, Limit: c.limit(40, 80), Offset: c.offset(),
	})
	if err != nil {
		return nil, err
	}
	return c.accounts(actors)
}

func getDirectory(c *call) (any, error) {
	var ask struct {
		Local bool   `mapstructure:"local"`
		Order string `mapstructure:"order"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	actors, err := c.tx.Directory(c.viewer(), models.DirectoryFilter{
		Local: ask.Local, Newest: ask.Order == "new", Limit: c.limit(40, 80), Offset: c.offset(),
	})
	if err != nil {
		return nil, err
	}
	return c.accounts(actors)
}

func getAccountStatuses(c *call) (any, error) {
	actor, err := c.actor()
	if err != nil {
		return nil, err
	}
	var ask struct {
		Pinned         bool   `mapstructure:"pinned"`
		OnlyMedia      bool   `mapstructure:"only_media"`
		ExcludeReplies bool   `mapstructure:"exclude_replies"`
		ExcludeReblogs bool   `mapstructure:"exclude_reblogs"`
		Tagged         string `mapstructure:"tagged"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	page, err := c.page(20, 40)
	if err != nil {
		return nil, err
	}
	if ask.Pinned {
		return c.pinned(actor)
	}
	posts, err := c.tx.ActorPosts(actor.ID, c.viewer(), models.ActorFilter{
		OnlyMedia: ask.OnlyMedia, ExcludeReplies: ask.ExcludeReplies, ExcludeReblogs: ask.ExcludeReblogs, Tag: tagName(ask.Tagged),
	}, more(page))
	return c.postPage(page, posts, err)
}

func getFollowers(c *call) (any, error) { return c.roster(c.tx.FollowersPage) }
func getFollowing(c *call) (any, error) { return c.roster(c.tx.FollowingPage) }

// roster pages over those who stand in a relation to whom the path names.
func (c *call) roster(read func(id, viewer int64, page models.Page) ([]models.Keyed[models.Actor], error)) (any, error) {
	actor, err := c.actor()
	if err != nil {
		return nil, err
	}
	if actor.HideCollections && actor.ID != c.viewer() {
		return []*account{}, nil
	}
	return c.actorPage(func(page models.Page) ([]models.Keyed[models.Actor], error) { return read(actor.ID, c.viewer(), page) })
}

// actorPage answers with a page of accounts.
func (c *call) actorPage(read func(page models.Page) ([]models.Keyed[models.Actor], error)) (any, error) {
	page, err := c.page(40, 80)
	if err != nil {
		return nil, err
	}
	rows, err := read(more(page))
	if err != nil {
		return nil, err
	}
	return c.accounts(keyed(c, page, rows))
}
