package practice

import (
	"encoding/json"
	"fmt"
	"slices"

	"praxis/models"
)

// Version is how a post read at some time.
type Version struct {
	Title       string
	Content     string // sanitised HTML
	SpoilerText string
	Sensitive   bool
	Attachments []models.Attachment
	Poll        []string // the answers to choose from; nil when there was no poll
	At          models.Timestamp
}

// versionOf gives the version of a post that an edit is about to end, but for the poll.
func versionOf(post *models.Post, files []models.Attachment) *Version {
	at := post.EditedAt
	if at == 0 {
		at = post.PublishedAt
	}
	return &Version{
		Title: post.Title, Content: post.Content, SpoilerText: post.SpoilerText, Sensitive: post.Sensitive,
		Attachments: files, At: at,
	}
}

// keepVersion stores the version that an edit ended, and tells the members who boosted the post, if it reads differently
// now.
func (s *Service) keepVersion(tx *models.Tx, post *models.Post, old *Version, changed bool) error {
	files, err := json.Marshal(old.Attachments)
	if err != nil {
		return fmt.Errorf("encode attachments: %w", err)
	}
	options, err := json.Marshal(old.Poll)
	if err != nil {
		return fmt.Errorf("encode options: %w", err)
	}
	err = tx.AddPostEdit(&models.PostEdit{
		PostID: post.ID, Title: old.Title, Content: old.Content, SpoilerText: old.SpoilerText, Sensitive: old.Sensitive,
		Attachments: string(files), Poll: string(options), CreatedAt: old.At,
	})
	if err != nil || !changed {
		return err
	}
	if err := s.notifyBoosters(tx, post); err != nil {
		return err
	}
	return s.notifyQuoters(tx, post)
}

// notifyBoosters tells the members who boosted a post that it was edited: what they passed on reads differently now. A
// further edit takes the place of the notification of the one before.
func (s *Service) notifyBoosters(tx *models.Tx, post *models.Post) error {
	boosters, err := tx.LocalBoosters(post.ID)
	if err != nil {
		return err
	}
	for _, owner := range boosters {
		if _, err := tx.VisiblePost(post.ID, owner); models.IsNotFound(err) {
			continue
		} else if err != nil {
			return err
		}
		_, err := tx.Renotify(&models.Notification{OwnerID: owner, Type: models.NotifyUpdate, ActorID: post.AuthorID, PostID: post.ID})
		if err != nil {
			return err
		}
	}
	return nil
}

// History gives the earlier versions of a post, oldest first, whoever may see them.
func History(tx *models.Tx, post *models.Post) ([]Version, error) {
	rows, err := tx.PostEdits(post.ID)
	if err != nil {
		return nil, err
	}
	versions := make([]Version, len(rows))
	for i, row := range rows {
		v := &versions[i]
		v.Title, v.Content, v.SpoilerText, v.Sensitive, v.At = row.Title, row.Content, row.SpoilerText, row.Sensitive, row.CreatedAt
		if err := json.Unmarshal([]byte(row.Attachments), &v.Attachments); err != nil {
			return nil, fmt.Errorf("read attachments of version %d: %w", row.ID, err)
		}
		if err := json.Unmarshal([]byte(row.Poll), &v.Poll); err != nil {
			return nil, fmt.Errorf("read options of version %d: %w", row.ID, err)
		}
	}
	return versions, nil
}

// sameFiles reports attachments that are the same to a reader.
func sameFiles(a, b []models.Attachment) bool {
	return slices.EqualFunc(a, b, func(a, b models.Attachment) bool {
		return a.URL == b.URL && a.Type == b.Type && a.Description == b.Description
	})
}

// keepCommunity leaves a post's community among those whom it names, also when an edit does not type it any more: clients
// don't know that the first mention says where the post belongs.
func keepCommunity(post *models.Post, draft *Draft, before []*models.Actor) {
	if !draft.Author.Local || post.CommunityID == 0 {
		return
	}
	for _, actor := range before {
		if actor.ID == post.CommunityID && !actor.IsGone() {
			draft.Mentions = appendActor(draft.Mentions, actor)
		}
	}
}
