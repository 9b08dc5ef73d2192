package mastodon

import (
	"praxis/models"
	"praxis/practice"
)

// shelf holds what the entities of one answer are made of. It is filled in a fixed number of statements, however many
// posts and accounts there are.
type shelf struct {
	links  practice.Links
	signed bool
	viewer int64
	posts  map[int64]*models.Post // originals of boosts
	actors map[int64]*models.Actor
	moved  map[string]*models.Actor
	roles  map[int64]string // of those who look after the instance
	parts  models.PostParts
	apps   map[int64]*models.OAuthApp
	marks  models.Marks
	polls  map[int64]*models.Poll // by post
	chosen map[int64][]int64      // the viewer's votes by poll
	now    models.Timestamp
	emoji  emojiShelf
	cards  map[int64]*models.PreviewCard
	sieve  sieve
	quotes quoteShelf
	acts   map[int64][]models.CommunityAct // of moderators, on posts that they removed or locked

	practices practiceShelf
	siblings  map[int64]models.SiblingView
	habits    map[int64]*models.CommunityPractice
}

// shelve reads what it takes to show posts, which the viewer may read, and the actors of further ids.
func (c *call) shelve(posts []models.Post, actorIDs ...int64) (*shelf, error) {
	s := &shelf{links: c.s.links, signed: c.me() != nil, viewer: c.viewer()}
	shown, err := s.readOriginals(c.tx, posts)
	if err != nil {
		return nil, err
	}
	quoted, err := s.readQuotes(c.tx, shown)
	if err != nil {
		return nil, err
	}
	shown = append(shown, quoted...)
	ids, appIDs := make([]int64, 0, len(shown)), []int64{}
	for _, p := range shown {
		ids = append(ids, p.ID)
		actorIDs = append(actorIDs, p.AuthorID)
		if p.CommunityID != 0 {
			actorIDs = append(actorIDs, p.CommunityID)
		}
		if p.AppID != 0 {
			appIDs = append(appIDs, p.AppID)
		}
	}
	for i := range posts {
		actorIDs = append(actorIDs, posts[i].AuthorID)
	}
	if s.parts, err = c.tx.PostParts(ids); err != nil {
		return nil, err
	}
	if s.cards, err = c.tx.Cards(s.parts.Carded); err != nil {
		return nil, err
	}
	if s.apps, err = c.tx.OAuthApps(appIDs); err != nil {
		return nil, err
	}
	if s.marks, err = c.tx.Marks(s.viewer, ids); err != nil {
		return nil, err
	}
	if err := s.readPractice(c.tx, shown); err != nil {
		return nil, err
	}
	if err := s.readPolls(c.tx, shown); err != nil {
		return nil, err
	}
	if err := s.readActs(c.tx, shown); err != nil {
		return nil, err
	}
	if err := s.readSieve(c.tx, shown, posts); err != nil {
		return nil, err
	}
	return s, s.readActors(c.tx, actorIDs, shown)
}

// readActs finds why posts were removed or locked; most pages show none.
func (s *shelf) readActs(tx *models.Tx, shown []*models.Post) error {
	var ids []int64
	for _, p := range shown {
		if p.RemovedAt != 0 || p.LockedAt != 0 {
			ids = append(ids, p.ID)
		}
	}
	var err error
	s.acts, err = tx.StandingActsOn(ids)
	return err
}

// readOriginals gives the posts whose text is shown: what boosts carry, and the others themselves. A boost that the
// viewer may read carries a post that they may read (models.VisibleTo).
func (s *shelf) readOriginals(tx *models.Tx, posts []models.Post) ([]*models.Post, error) {
	var carried []int64
	for i := range posts {
		if posts[i].IsBoost() {
			carried = append(carried, posts[i].ReblogOfID)
		}
	}
	var err error
	if s.posts, err = tx.Posts(carried); err != nil {
		return nil, err
	}
	var shown []*models.Post
	for i := range posts {
		if original := s.posts[posts[i].ReblogOfID]; original != nil {
			shown = append(shown, original)
		} else {
			shown = append(shown, &posts[i])
		}
	}
	return shown, nil
}

func (s *shelf) readActors(tx *models.Tx, ids []int64, shown []*models.Post) error {
	var err error
	if s.actors, err = tx.ShownActors(ids); err != nil {
		return err
	}
	actors := make([]models.Actor, 0, len(s.actors))
	for _, actor := range s.actors {
		actors = append(actors, *actor)
	}
	if err := s.readMoved(tx, actors); err != nil {
		return err
	}
	return s.readEmoji(tx, shown, actors)
}

// readEmoji finds the emoji that the posts and the actors of the shelf name.
func (s *shelf) readEmoji(tx *models.Tx, posts []*models.Post, actors []models.Actor) error {
	named := make([]*models.Actor, 0, len(actors))
	for i := range actors {
		named = append(named, &actors[i])
	}
	for _, target := range s.moved {
		named = append(named, target)
	}
	var err error
	s.emoji, err = readEmoji(tx, posts, named, s.pollTexts)
	return err
}

// readMoved finds where actors moved to, and who of them looks after the instance.
func (s *shelf) readMoved(tx *models.Tx, actors []models.Actor) error {
	if err := s.readRoles(tx, actors); err != nil {
		return err
	}
	if err := s.readHabits(tx, actors); err != nil {
		return err
	}
	var uris []string
	for i := range actors {
		if actors[i].MovedToURI != "" {
			uris = append(uris, actors[i].MovedToURI)
		}
	}
	var err error
	s.moved, err = tx.ActorsByURI(uris)
	return err
}

func (s *shelf) readRoles(tx *models.Tx, actors []models.Actor) error {
	var local []int64
	for i := range actors {
		if actors[i].Local && !actors[i].IsCommunity() {
			local = append(local, actors[i].ID)
		}
	}
	var err error
	s.roles, err = tx.StaffRoles(local)
	return err
}

// accounts shows actors that were read already.
func (c *call) accounts(actors []models.Actor) ([]*account, error) {
	s := &shelf{links: c.s.links, signed: c.me() != nil, viewer: c.viewer()}
	if err := s.readMoved(c.tx, actors); err != nil {
		return nil, err
	}
	if err := s.readEmoji(c.tx, nil, actors); err != nil {
		return nil, err
	}
	shown := make([]*account, len(actors))
	for i := range actors {
		shown[i] = s.account(&actors[i])
	}
	return shown, nil
}

func (c *call) account(actor *models.Actor) (*account, error) {
	shown, err := c.accounts([]models.Actor{*actor})
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

// statuses shows posts that the viewer may read.
func (c *call) statuses(posts []models.Post) ([]*status, error) {
	s, err := c.shelve(posts)
	if err != nil {
		return nil, err
	}
	shown := make([]*status, len(posts))
	for i := range posts {
		shown[i] = s.status(&posts[i])
	}
	return shown, nil
}

func (c *call) status(post *models.Post) (*status, error) {
	shown, err := c.statuses([]models.Post{*post})
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}
