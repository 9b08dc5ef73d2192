package mastodon

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"slices"
	"strings"

	"praxis/models"
	"praxis/practice"
)

func practiceRoutes() []route {
	return []route{
		open(http.MethodGet, "/api/praxis/v1/statuses/{id}/responses", getResponses, readStatuses),
		open(http.MethodGet, "/api/praxis/v1/statuses/{id}/derived", getDerived, readStatuses),
		open(http.MethodGet, "/api/praxis/v1/communities/{id}/kinds", getKinds, readStatuses),
		member(http.MethodPut, "/api/praxis/v1/communities/{id}/kinds", putKinds, writeStatuses),
	}
}

// response is what somebody said to a practice post.
type response struct {
	ID        string   `json:"id"`
	Verb      string   `json:"verb"`
	Account   *account `json:"account"`
	StatusID  *string  `json:"status_id"` // the reply that said so
	Amount    *float64 `json:"amount"`
	Unit      *string  `json:"unit"`
	Answer    *string  `json:"answer"` // going, maybe or notgoing
	Topic     *string  `json:"topic"`
	CreatedAt string   `json:"created_at"`
}

// How many responses one answer has.
const (
	someResponses = 40
	mostResponses = 200
	allResponses  = 10_000 // of a table for a spreadsheet
)

func responseVerbs() []string {
	return []string{
		models.ResponseJoined, models.ResponseGoing, models.ResponseKnows, models.ResponseReused, models.ResponseHelped, models.ResponseKeep,
	}
}

// getResponses lists what was said to a post, oldest first. Who joins a pool is for who coordinates it, who comes to a visit for
// its host and for those who come; the numbers are for all.
func getResponses(c *call) (any, error) {
	post, err := c.post()
	if err != nil {
		return nil, err
	}
	verb := c.params.text("verb")
	if !slices.Contains(responseVerbs(), verb) {
		return nil, models.FieldErrorf("verb", "Validation failed: verb %q is none of %s", verb, strings.Join(responseVerbs(), ", "))
	}
	if err := c.maySeeResponses(post, verb); err != nil {
		return nil, err
	}
	table := c.params.text("format") == "csv"
	var page models.Page
	limit := allResponses
	if !table {
		limit = c.limit(someResponses, mostResponses)
	}
	if page, err = c.page(limit, limit); err != nil {
		return nil, err
	}
	rows, err := c.tx.Responses(post.ID, verb, page.MinID, limit)
	if err != nil {
		return nil, err
	}
	if table {
		return c.responseTable(rows)
	}
	if len(rows) == limit {
		c.header.Set("Link", c.link("next", "min_id", rows[len(rows)-1].ID))
	}
	return c.responses(rows)
}

func (c *call) maySeeResponses(post *models.Post, verb string) error {
	may, err := true, error(nil)
	switch verb {
	case models.ResponseJoined:
		may, err = practice.MaySeePledges(c.tx, post, c.viewer())
	case models.ResponseGoing:
		may, err = practice.MaySeeAttendees(c.tx, post, c.viewer())
	}
	if err == nil && !may {
		return models.Errorf(models.Forbidden, "Who joins a pool is shown to who coordinates it, and who comes to a visit to its host and those who come")
	}
	return err
}

// responses shows rows; replies that the viewer may not read are not named.
func (c *call) responses(rows []models.Response) ([]response, error) {
	actorIDs, replyIDs := []int64{}, []int64{}
	for _, row := range rows {
		actorIDs, replyIDs = append(actorIDs, row.ActorID), append(replyIDs, row.ReplyID)
	}
	s, err := c.shelve(nil, actorIDs...)
	if err != nil {
		return nil, err
	}
	replies, err := c.tx.VisiblePosts(replyIDs, c.viewer())
	if err != nil {
		return nil, err
	}
	shown := []response{}
	for i := range rows {
		row := &rows[i]
		actor := s.actors[row.ActorID]
		if actor == nil || actor.IsGone() {
			continue
		}
		one := response{ID: formatID(row.ID), Verb: row.Verb, Account: s.account(actor), Topic: textOrNil(row.Topic), CreatedAt: date(row.CreatedAt)}
		if replies[row.ReplyID] != nil {
			one.StatusID = idOrNil(row.ReplyID)
		}
		one.say(row)
		shown = append(shown, one)
	}
	return shown, nil
}

func (r *response) say(row *models.Response) {
	switch row.Verb {
	case models.ResponseJoined:
		amount := practice.Amount(row.Amount)
		r.Amount, r.Unit = &amount, textOrNil(row.Value)
	case models.ResponseGoing:
		r.Answer = textOrNil(row.Value)
	}
}

// file is an answer that is no JSON.
type file struct {
	mediaType, name string
	body            []byte
}

func (f file) serve(w http.ResponseWriter) {
	w.Header().Set("Content-Type", f.mediaType)
	w.Header().Set("Content-Disposition", `attachment; filename="`+f.name+`"`)
	_, _ = w.Write(f.body)
}

// responseTable gives rows for a spreadsheet.
func (c *call) responseTable(rows []models.Response) (any, error) {
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ActorID
	}
	actors, err := c.tx.Actors(ids)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	lines := [][]string{{"handle", "name", "answer", "amount", "unit", "topic", "since"}}
	for _, row := range rows {
		actor := actors[row.ActorID]
		if actor == nil || actor.IsGone() {
			continue
		}
		line := []string{actor.Username + "@" + actor.Host, actor.DisplayName, "", "", "", row.Topic, date(row.CreatedAt)}
		switch row.Verb {
		case models.ResponseJoined:
			line[3], line[4] = practice.FormatAmount(row.Amount), row.Value
		case models.ResponseGoing:
			line[2] = row.Value
		}
		lines = append(lines, tame(line))
	}
	if err := w.WriteAll(lines); err != nil {
		return nil, err
	}
	return file{mediaType: "text/csv; charset=utf-8", name: "responses.csv", body: out.Bytes()}, nil
}

// tame keeps spreadsheets from taking what somebody wrote for a formula.
func tame(line []string) []string {
	for i, cell := range line {
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			line[i] = "'" + cell
		}
	}
	return line
}

// mostDerived is how many posts that were made from one are shown.
const mostDerived = 40

// getDerived lists the posts that were made from a post, oldest first.
func getDerived(c *call) (any, error) {
	post, err := c.post()
	if err != nil {
		return nil, err
	}
	posts, err := c.tx.DerivedPosts(post, c.viewer(), mostDerived)
	if err != nil {
		return nil, err
	}
	return c.statuses(posts)
}

// communityKinds is how a community uses kinds: which ones, the words of its own that choose them, and whether replies give
// commands.
type communityKinds struct {
	Kinds    []string          `json:"kinds"`
	Words    map[string]string `json:"words"`
	Commands bool              `json:"commands"`
}

func (c *call) ourCommunity() (*models.Actor, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	actor, err := c.tx.Actor(id)
	if err == nil && (!actor.IsCommunity() || !actor.Local || actor.IsGone()) {
		return nil, errNotFound
	}
	return actor, err
}

func getKinds(c *call) (any, error) {
	community, err := c.ourCommunity()
	if err != nil {
		return nil, err
	}
	habits, err := c.tx.CommunityPractice(community.ID)
	if err != nil {
		return nil, err
	}
	words, err := c.tx.CommunityWords(community.ID)
	if err != nil {
		return nil, err
	}
	shown := communityKinds{Kinds: practice.ThreadKinds(), Words: words, Commands: !habits.CommandsOff}
	if habits.Kinds != "" {
		shown.Kinds = habits.KindList()
	}
	return shown, nil
}

// putKinds lets those who moderate a community say how it uses kinds. What is not said stays.
func putKinds(c *call) (any, error) {
	community, err := c.ourCommunity()
	if err != nil {
		return nil, err
	}
	var said struct {
		Kinds    *[]string          `mapstructure:"kinds"`
		Words    *map[string]string `mapstructure:"words"`
		Commands *bool              `mapstructure:"commands"`
	}
	if err := c.params.decode(&said); err != nil {
		return nil, err
	}
	habits := practice.Habits{Kinds: said.Kinds, Words: said.Words, Commands: said.Commands}
	if err := c.s.service.SetHabits(c.ctx(), c.me(), community, habits); err != nil {
		return nil, err
	}
	return getKinds(c)
}
