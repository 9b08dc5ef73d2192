package models

import "sync"

// ChangeKind says what a Change is about.
type ChangeKind string

// The kinds of changes.
const (
	PostPlaced            ChangeKind = "post placed" // a post or a boost that is new here
	PostEdited            ChangeKind = "post edited"
	PostDeleted           ChangeKind = "post deleted" // or a boost taken back
	NotificationMade      ChangeKind = "notification made"
	NotificationsReleased ChangeKind = "notifications released" // that were held back
	ConversationChanged   ChangeKind = "conversation changed"
	FiltersChanged        ChangeKind = "filters changed"
	AnnouncementChanged   ChangeKind = "announcement changed" // published or edited
	AnnouncementReacted   ChangeKind = "announcement reacted" // somebody added or took back a reaction
	AnnouncementDeleted   ChangeKind = "announcement deleted"
	PushQueued            ChangeKind = "push queued"    // messages wait for the push services of a member's clients
	PeerWoken             ChangeKind = "peer woken"     // a host that rested may be tried; Name is the host
	PeerLearned           ChangeKind = "peer learned"   // which signatures a host takes, by Name
	WorkWaits             ChangeKind = "work waits"     // of the background work called Name
	ReachChanged          ChangeKind = "reach changed"  // where an actor elsewhere is reached, or whether it is
	BlocksChanged         ChangeKind = "blocks changed" // the policy: which hosts are kept away
	AccessEnded           ChangeKind = "access ended"   // tokens were revoked, or an account was closed
)

// Change is something that a transaction did and that others may want to hear of at once. It names things and tells
// nothing of them: whoever hears it asks the database what it is now and who may see it. Only what is gone brings along
// what is needed to tell of it.
type Change struct {
	Kind    ChangeKind
	OwnerID int64     `json:",omitempty"` // the member whom alone it concerns, if any
	ID      int64     `json:",omitempty"` // of the post, notification, conversation or announcement
	Name    string    `json:",omitempty"` // of the reaction, host or work
	Gone    *GonePost `json:",omitempty"` // of PostDeleted
}

// GonePost is what is remembered of a deleted post for as long as it takes to tell of it.
type GonePost struct {
	Post  Post        // as it was, without its text
	Tags  []string    // its hashtags
	Media bool        // it had attachments
	Homes []HomeEntry // where members had it, or a boost of it, at home
	Named []int64     // the actors that it mentioned
}

// watchers are those who hear of changes.
type watchers struct {
	mu    sync.Mutex
	next  int
	hears map[int]func(Change)
}

// Watch calls hear with every change that is committed from now on through this Store, in the order of the commits, until
// stop is called. Hear must not block, and must not write: on SQLite the next writer waits for it.
func (s *Store) Watch(hear func(Change)) (stop func()) {
	w := &s.watchers
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hears == nil {
		w.hears = map[int]func(Change){}
	}
	w.next++
	key := w.next
	w.hears[key] = hear
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.hears, key)
	}
}

func (w *watchers) tell(c Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, hear := range w.hears {
		hear(c)
	}
}

func (w *watchers) isEmpty() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.hears) == 0
}

// nobodyHears reports that a change need not be told: nobody watches here, and there is no other node.
func (s *Store) nobodyHears() bool { return s.watchers.isEmpty() && !s.tellsNodes() }

// Emit tells the watchers of a change once the transaction has committed; never when it rolled back.
func (tx *Tx) Emit(c Change) { tx.onDone = append(tx.onDone, effect{change: &c}) }

// emitDeleted tells of a post that is about to be deleted: afterwards nobody knows any more who had it.
func (tx *Tx) emitDeleted(p *Post) error {
	if tx.store.nobodyHears() {
		return nil
	}
	gone := &GonePost{Post: *p}
	gone.Post.Content, gone.Post.Source, gone.Post.Title, gone.Post.SpoilerText = "", "", "", ""
	homes, err := list[HomeEntry](tx.db.Where("post_id = ? OR original_id = ?", p.ID, p.ID), "home timelines")
	if err != nil {
		return err
	}
	gone.Homes = homes
	if err := tx.db.Model(&PostTag{}).Where("post_id = ?", p.ID).Pluck("tag", &gone.Tags).Error; err != nil {
		return translate(err, "tags")
	}
	if err := tx.db.Model(&PostMention{}).Where("post_id = ?", p.ID).Pluck("actor_id", &gone.Named).Error; err != nil {
		return translate(err, "mentions")
	}
	var files int64
	if err := tx.db.Model(&Attachment{}).Where("post_id = ? AND type <> 'link'", p.ID).Count(&files).Error; err != nil {
		return translate(err, "attachments")
	}
	gone.Media = files > 0
	tx.Emit(Change{Kind: PostDeleted, ID: p.ID, Gone: gone})
	return nil
}
