package bench

import (
	"context"
	"fmt"
	"strings"
	"time"

	"praxis/models"
)

// Filling is what Fill puts into a database.
type Filling struct {
	Member    *models.Actor // whose home gets all posts
	Community *models.Actor // half of the posts are in it
	Posts     int
	Accounts  int // authors elsewhere, whom the member follows and who follow the member
	Say       func(line string)
}

const (
	fillBatch = 1000             // posts of one transaction
	fillEvery = 30 * time.Second // between two posts
	fillHosts = 200              // over which the authors are spread
)

// Fill puts many posts into a database at once, by authors of other hosts. It leaves federation out: nothing is sent.
func Fill(ctx context.Context, store *models.Store, f Filling) error {
	mark := fmt.Sprintf("fill%d", store.Now().UnixMilli())
	authors, err := fillAccounts(ctx, store, f, mark)
	if err != nil {
		return err
	}
	first := store.Now().Add(-time.Duration(f.Posts) * fillEvery)
	begun := time.Now()
	for from := 0; from < f.Posts; from += fillBatch {
		posts := make([]models.Post, 0, fillBatch)
		for i := from; i < min(from+fillBatch, f.Posts); i++ {
			posts = append(posts, fillPost(f, &authors[i%len(authors)], mark, i, first.Add(time.Duration(i)*fillEvery)))
		}
		err := store.Tx(ctx, func(tx *models.Tx) error {
			for i := range posts {
				posts[i].ID = tx.NewIDAt(posts[i].PublishedAt.Time())
			}
			return tx.AddPostsInBulk(posts, f.Member.ID)
		})
		if err != nil {
			return err
		}
		if done := from + len(posts); done%(20*fillBatch) == 0 || done == f.Posts {
			f.Say(fmt.Sprintf("%d of %d posts, %.0f/s", done, f.Posts, perSecond(done, time.Since(begun))))
		}
	}
	return store.Tx(ctx, func(tx *models.Tx) error {
		for i := range fillHosts {
			if err := tx.RecountInBulk(fillHost(mark, i)); err != nil {
				return err
			}
		}
		return tx.RecountInBulk(f.Member.Host)
	})
}

func fillHost(mark string, number int) string {
	return fmt.Sprintf("%s-%d.bench.test", mark, number%fillHosts)
}

// fillAccounts makes the authors and what they follow.
func fillAccounts(ctx context.Context, store *models.Store, f Filling, mark string) ([]models.Actor, error) {
	authors := make([]models.Actor, f.Accounts)
	for i := range authors {
		host, name := fillHost(mark, i), fmt.Sprintf("a%d", i)
		uri := "https://" + host + "/users/" + name
		authors[i] = models.Actor{
			URI: uri, Type: models.TypePerson, Username: name, Host: host, DisplayName: "Author " + name, URL: uri, Inbox: uri + "/inbox",
			SharedInbox: "https://" + host + "/inbox", FollowersURI: uri + "/followers", PublicKeyID: uri + "#main-key", Discoverable: true,
		}
	}
	return authors, store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.AddActorsInBulk(authors); err != nil {
			return err
		}
		follows := make([]models.Follow, 0, 3*len(authors))
		for i := range authors {
			a := &authors[i]
			follows = append(follows,
				models.Follow{ActorID: f.Member.ID, TargetID: a.ID, URI: f.Member.URI + "/" + mark + "/" + a.Username},
				models.Follow{ActorID: a.ID, TargetID: f.Member.ID, URI: a.URI + "/member"},
				models.Follow{ActorID: a.ID, TargetID: f.Community.ID, URI: a.URI + "/community"})
		}
		return tx.AddFollowsInBulk(follows)
	})
}

// fillPost gives one post; every second one is in the community.
func fillPost(f Filling, author *models.Actor, mark string, number int, at time.Time) models.Post {
	uri := fmt.Sprintf("%s/notes/%s-%d", author.URI, mark, number)
	words := strings.Fields(prose)
	post := models.Post{
		URI: uri, URL: uri, AuthorID: author.ID, Type: "Note", Visibility: models.Public, Language: "en", PublishedAt: models.At(at),
		Content: fmt.Sprintf("<p>%s %d: %s</p>", words[number%len(words)], number, prose),
	}
	if number%2 == 0 {
		post.CommunityID, post.Title = f.Community.ID, fmt.Sprintf("%s %d", words[number%len(words)], number)
	}
	return post
}
