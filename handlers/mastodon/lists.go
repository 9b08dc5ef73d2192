package mastodon

import (
	"net/http"

	"praxis/models"
	"praxis/practice"
)

const (
	readLists  = "read:lists"
	writeLists = "write:lists"
)

func listRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/lists", getLists, readLists),
		member(http.MethodPost, "/api/v1/lists", createList, writeLists),
		member(http.MethodGet, "/api/v1/lists/{id}", getList, readLists),
		member(http.MethodPut, "/api/v1/lists/{id}", changeList, writeLists),
		member(http.MethodDelete, "/api/v1/lists/{id}", deleteList, writeLists),
		member(http.MethodGet, "/api/v1/lists/{id}/accounts", getListAccounts, readLists),
		member(http.MethodPost, "/api/v1/lists/{id}/accounts", addListAccounts, writeLists),
		member(http.MethodDelete, "/api/v1/lists/{id}/accounts", removeListAccounts, writeLists),
		member(http.MethodGet, "/api/v1/accounts/{id}/lists", getListsWith, readLists),
		member(http.MethodGet, "/api/v1/timelines/list/{id}", getListTimeline, readLists),
	}
}

// memberList is Mastodon's List. Each community that the caller follows is one, too, with the id of its account, so that
// every app that knows lists can show a community's feed.
type memberList struct {
	ID            string `json:"id"`
	Title         string `json:"title"`
	RepliesPolicy string `json:"replies_policy"`
	Exclusive     bool   `json:"exclusive"`
}

func showList(l *models.MemberList) memberList {
	return memberList{ID: formatID(l.ID), Title: l.Title, RepliesPolicy: l.RepliesPolicy, Exclusive: l.Exclusive}
}

// communityList shows a community as a list; its feed has the first posts of its threads, and no answers.
func communityList(a *models.Actor) memberList {
	title := a.DisplayName
	if title == "" {
		title = a.Username
	}
	return memberList{ID: formatID(a.ID), Title: title, RepliesPolicy: models.RepliesNone}
}

func showLists(lists []models.MemberList, communities []models.Actor) []memberList {
	shown := []memberList{}
	for i := range lists {
		shown = append(shown, showList(&lists[i]))
	}
	for i := range communities {
		shown = append(shown, communityList(&communities[i]))
	}
	return shown
}

func getLists(c *call) (any, error) {
	lists, err := c.tx.Lists(c.viewer())
	if err != nil {
		return nil, err
	}
	communities, err := c.tx.FollowedCommunities(c.viewer())
	return showLists(lists, communities), err
}

// list gives what the path names: a list of the caller's, or else a community that they follow.
func (c *call) list() (*models.MemberList, *models.Actor, error) {
	id, err := c.id()
	if err != nil {
		return nil, nil, err
	}
	l, err := c.tx.List(c.viewer(), id)
	if !models.IsNotFound(err) {
		return l, nil, err
	}
	community, err := c.tx.FollowedCommunity(c.viewer(), id)
	return nil, community, err
}

func getList(c *call) (any, error) {
	l, community, err := c.list()
	switch {
	case err != nil:
		return nil, err
	case community != nil:
		return communityList(community), nil
	}
	return showList(l), nil
}

func (c *call) listChange() (practice.ListChange, error) {
	var ask struct {
		Title         *string `mapstructure:"title"`
		RepliesPolicy *string `mapstructure:"replies_policy"`
		Exclusive     *bool   `mapstructure:"exclusive"`
	}
	err := c.params.decode(&ask)
	return practice.ListChange{Title: ask.Title, RepliesPolicy: ask.RepliesPolicy, Exclusive: ask.Exclusive}, err
}

func createList(c *call) (any, error) {
	change, err := c.listChange()
	if err != nil {
		return nil, err
	}
	l, err := c.s.service.CreateList(c.ctx(), c.me(), change)
	if err != nil {
		return nil, err
	}
	return showList(l), nil
}

func changeList(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	change, err := c.listChange()
	if err != nil {
		return nil, err
	}
	l, err := c.s.service.ChangeList(c.ctx(), c.me(), id, change)
	if err != nil {
		return nil, err
	}
	return showList(l), nil
}

func deleteList(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.DeleteList(c.ctx(), c.me(), id)
}

// maxListPage is how many members of a list are given at once where a client asks for all of them with limit=0.
const maxListPage = 1000

func getListAccounts(c *call) (any, error) {
	l, community, err := c.list()
	if err != nil {
		return nil, err
	}
	if community != nil {
		return c.accounts([]models.Actor{*community})
	}
	page, err := c.page(40, 80)
	if err != nil {
		return nil, err
	}
	if c.params.text("limit") == "0" {
		page.Limit = maxListPage
	}
	rows, err := c.tx.ListMembersPage(l.ID, more(page))
	if err != nil {
		return nil, err
	}
	return c.accounts(keyed(c, page, rows))
}

// accountIDs reads whom a change of a list is about; an id that can be none names nobody.
func (c *call) accountIDs() (list int64, actors []int64, err error) {
	var ask struct {
		AccountIDs []string `mapstructure:"account_ids"`
	}
	if list, err = c.id(); err != nil {
		return 0, nil, err
	}
	if err := c.params.decode(&ask); err != nil {
		return 0, nil, err
	}
	for _, text := range ask.AccountIDs {
		if _, err := parseID(text); err != nil {
			return 0, nil, err
		}
	}
	if len(ask.AccountIDs) > maxListPage {
		return 0, nil, models.FieldErrorf("account_ids", "Validation failed: at most %d accounts at once", maxListPage)
	}
	return list, ids(ask.AccountIDs, maxListPage), nil
}

func addListAccounts(c *call) (any, error) {
	id, actors, err := c.accountIDs()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.AddToList(c.ctx(), c.me(), id, actors)
}

func removeListAccounts(c *call) (any, error) {
	id, actors, err := c.accountIDs()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.RemoveFromList(c.ctx(), c.me(), id, actors)
}

// getListsWith gives the caller's lists in which an account is; a community that they follow is in its own.
func getListsWith(c *call) (any, error) {
	actor, err := c.actor()
	if err != nil {
		return nil, err
	}
	lists, err := c.tx.ListsWith(c.viewer(), actor.ID)
	if err != nil {
		return nil, err
	}
	var communities []models.Actor
	switch community, err := c.tx.FollowedCommunity(c.viewer(), actor.ID); {
	case err == nil:
		communities = append(communities, *community)
	case !models.IsNotFound(err):
		return nil, err
	}
	return showLists(lists, communities), nil
}

func getListTimeline(c *call) (any, error) {
	l, community, err := c.list()
	if err != nil {
		return nil, err
	}
	page, err := c.page(20, 40)
	if err != nil {
		return nil, err
	}
	var posts []models.Post
	if community != nil {
		posts, err = c.tx.CommunityFeed(community.ID, c.viewer(), more(page))
	} else {
		posts, err = c.tx.ListTimeline(l, more(page))
	}
	return c.postPage(page, posts, err)
}
