package mastodon

import (
	"net/http"
	"strings"
	"time"

	"praxis/models"
	"praxis/practice"
)

const (
	readFilters  = "read:filters"
	writeFilters = "write:filters"
)

func filterRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v2/filters", getFilters, readFilters),
		member(http.MethodPost, "/api/v2/filters", createFilter, writeFilters),
		member(http.MethodGet, "/api/v2/filters/keywords/{id}", getKeyword, readFilters),
		member(http.MethodPut, "/api/v2/filters/keywords/{id}", editKeyword, writeFilters),
		member(http.MethodDelete, "/api/v2/filters/keywords/{id}", deleteKeyword, writeFilters),
		member(http.MethodGet, "/api/v2/filters/statuses/{id}", getFilterStatus, readFilters),
		member(http.MethodDelete, "/api/v2/filters/statuses/{id}", deleteFilterStatus, writeFilters),
		member(http.MethodGet, "/api/v2/filters/{id}", getFilter, readFilters),
		member(http.MethodPut, "/api/v2/filters/{id}", editFilter, writeFilters),
		member(http.MethodDelete, "/api/v2/filters/{id}", deleteFilter, writeFilters),
		member(http.MethodGet, "/api/v2/filters/{id}/keywords", getKeywords, readFilters),
		member(http.MethodPost, "/api/v2/filters/{id}/keywords", addKeyword, writeFilters),
		member(http.MethodGet, "/api/v2/filters/{id}/statuses", getFilterStatuses, readFilters),
		member(http.MethodPost, "/api/v2/filters/{id}/statuses", addFilterStatus, writeFilters),
	}
}

// filter is Mastodon's Filter. With a post that it matched it comes without what it looks for.
type filter struct {
	ID        string           `json:"id"`
	Title     string           `json:"title"`
	Context   []string         `json:"context"`
	ExpiresAt *string          `json:"expires_at"`
	Action    string           `json:"filter_action"`
	Keywords  *[]filterKeyword `json:"keywords,omitempty"`
	Statuses  *[]filterStatus  `json:"statuses,omitempty"`
}

// filterKeyword is Mastodon's FilterKeyword.
type filterKeyword struct {
	ID        string `json:"id"`
	Keyword   string `json:"keyword"`
	WholeWord bool   `json:"whole_word"`
}

// filterStatus is Mastodon's FilterStatus.
type filterStatus struct {
	ID       string `json:"id"`
	StatusID string `json:"status_id"`
}

func showFilter(f *models.Filter) filter {
	return filter{
		ID: formatID(f.ID), Title: f.Title, Context: strings.Fields(f.Contexts), ExpiresAt: dateOrNil(f.ExpiresAt), Action: f.Action,
	}
}

func showKeyword(k *models.FilterKeyword) filterKeyword {
	return filterKeyword{ID: formatID(k.ID), Keyword: k.Keyword, WholeWord: k.WholeWord}
}

func showFilterStatus(s *models.FilterStatus) filterStatus {
	return filterStatus{ID: formatID(s.ID), StatusID: formatID(s.PostID)}
}

// filters shows filters with what they look for.
func (c *call) filters(rows []models.Filter) ([]filter, error) {
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	parts, err := c.tx.FilterParts(ids)
	if err != nil {
		return nil, err
	}
	shown := make([]filter, len(rows))
	for i := range rows {
		shown[i] = showFilter(&rows[i])
		keywords, statuses := showEach(parts.Keywords[rows[i].ID], showKeyword), showEach(parts.Statuses[rows[i].ID], showFilterStatus)
		shown[i].Keywords, shown[i].Statuses = &keywords, &statuses
	}
	return shown, nil
}

// showEach shows all rows of a list, which is never null.
func showEach[T, S any](rows []T, show func(*T) S) []S {
	shown := make([]S, len(rows))
	for i := range rows {
		shown[i] = show(&rows[i])
	}
	return shown
}

func (c *call) wholeFilter(row *models.Filter, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	shown, err := c.filters([]models.Filter{*row})
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

func getFilters(c *call) (any, error) {
	rows, err := c.tx.Filters(c.viewer())
	if err != nil {
		return nil, err
	}
	return c.filters(rows)
}

// filter gives the caller's filter that the path names.
func (c *call) filter() (*models.Filter, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return c.tx.Filter(c.viewer(), id)
}

func getFilter(c *call) (any, error) { return c.wholeFilter(c.filter()) }

func createFilter(c *call) (any, error) {
	edit, err := c.filterEdit()
	if err != nil {
		return nil, err
	}
	return c.wholeFilter(c.s.service.SaveFilter(c.ctx(), c.me(), 0, edit))
}

func editFilter(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	edit, err := c.filterEdit()
	if err != nil {
		return nil, err
	}
	return c.wholeFilter(c.s.service.SaveFilter(c.ctx(), c.me(), id, edit))
}

func deleteFilter(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.DeleteFilter(c.ctx(), c.me(), id)
}

// filterAsk is how clients describe a filter.
type filterAsk struct {
	Title   *string   `mapstructure:"title"`
	Phrase  *string   `mapstructure:"phrase"`
	Context *[]string `mapstructure:"context"`
	Action  *string   `mapstructure:"filter_action"`
}

func (c *call) filterEdit() (practice.FilterEdit, error) {
	var ask filterAsk
	if err := c.params.decode(&ask); err != nil {
		return practice.FilterEdit{}, err
	}
	edit := practice.FilterEdit{Title: ask.Title, Action: ask.Action}
	if ask.Context != nil {
		edit.Contexts = distinctTexts(*ask.Context)
	}
	var err error
	if edit.Span, err = c.expiresIn(); err != nil {
		return edit, err
	}
	edit.Keywords, err = keywordEdits(c.params["keywords_attributes"])
	return edit, err
}

// expiresIn reads for how many seconds a filter is to hold: absent leaves that as it is, empty and 0 mean for ever.
func (c *call) expiresIn() (*time.Duration, error) {
	if _, there := c.params["expires_in"]; !there {
		return nil, nil
	}
	span := time.Duration(0)
	if c.params.has("expires_in") {
		seconds, ok := c.params.number("expires_in")
		if !ok || seconds < 0 || seconds > maxSeconds {
			return nil, models.FieldErrorf("expires_in", "Validation failed: expires_in is no number of seconds")
		}
		span = time.Duration(seconds) * time.Second
	}
	return &span, nil
}

// maxSeconds is the most that a duration can hold.
const maxSeconds = int64(1<<63-1) / int64(time.Second)

func distinctTexts(texts []string) []string {
	seen, first := map[string]bool{}, []string{}
	for _, text := range texts {
		if !seen[text] {
			seen[text] = true
			first = append(first, text)
		}
	}
	return first
}

// keywordAsk is how clients describe a keyword.
type keywordAsk struct {
	ID        string  `mapstructure:"id"`
	Keyword   *string `mapstructure:"keyword"`
	WholeWord *bool   `mapstructure:"whole_word"`
	Destroy   bool    `mapstructure:"_destroy"`
}

func (ask keywordAsk) edit() (practice.KeywordEdit, error) {
	edit := practice.KeywordEdit{Keyword: ask.Keyword, WholeWord: ask.WholeWord, Remove: ask.Destroy}
	if ask.ID == "" {
		return edit, nil
	}
	var err error
	edit.ID, err = parseID(ask.ID)
	return edit, err
}

func keywordEdits(value any) ([]practice.KeywordEdit, error) {
	var edits []practice.KeywordEdit
	for _, entry := range objectsOf(value) {
		var ask keywordAsk
		if err := entry.decode(&ask); err != nil {
			return nil, err
		}
		edit, err := ask.edit()
		if err != nil {
			return nil, err
		}
		if edit.ID != 0 || !edit.Remove { // what was never stored is gone already
			edits = append(edits, edit)
		}
	}
	return edits, nil
}

// objectsOf reads a list of objects: JSON's, with numbers (a[0][x]) or without (a[][x], of which the first x belongs to the
// first object, and so on).
func objectsOf(value any) []params {
	list, isList := value.([]any)
	if of, ok := value.(map[string]any); ok {
		if columns, ok := of[""].(map[string]any); ok {
			return rowsOf(columns)
		}
		list, isList = inOrder(of), true
	}
	found := []params{}
	if !isList {
		return found
	}
	for _, item := range list {
		if object, ok := item.(map[string]any); ok {
			found = append(found, object)
		}
	}
	return found
}

func rowsOf(columns map[string]any) []params {
	var rows []params
	for name, column := range columns {
		for i, value := range asList(column) {
			for len(rows) <= i {
				rows = append(rows, params{})
			}
			rows[i][name] = value
		}
	}
	return rows
}

func getKeywords(c *call) (any, error) {
	parts, of, err := c.filterParts()
	return showEach(parts.Keywords[of], showKeyword), err
}

func getFilterStatuses(c *call) (any, error) {
	parts, of, err := c.filterParts()
	return showEach(parts.Statuses[of], showFilterStatus), err
}

// filterParts reads what hangs on the filter that the path names.
func (c *call) filterParts() (models.FilterParts, int64, error) {
	row, err := c.filter()
	if err != nil {
		return models.FilterParts{}, 0, err
	}
	parts, err := c.tx.FilterParts([]int64{row.ID})
	return parts, row.ID, err
}

// keywordEdit reads a keyword of which the address names the filter, or the keyword itself.
func (c *call) keywordEdit() (id int64, edit practice.KeywordEdit, err error) {
	var ask struct {
		Keyword   *string `mapstructure:"keyword"`
		WholeWord *bool   `mapstructure:"whole_word"`
	}
	if id, err = c.id(); err != nil {
		return id, edit, err
	}
	err = c.params.decode(&ask)
	return id, practice.KeywordEdit{Keyword: ask.Keyword, WholeWord: ask.WholeWord}, err
}

func addKeyword(c *call) (any, error) {
	id, edit, err := c.keywordEdit()
	if err != nil {
		return nil, err
	}
	return oneKeyword(c.s.service.AddKeyword(c.ctx(), c.me(), id, edit))
}

func oneKeyword(row *models.FilterKeyword, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return showKeyword(row), nil
}

func getKeyword(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return oneKeyword(c.tx.FilterKeyword(c.viewer(), id))
}

func editKeyword(c *call) (any, error) {
	id, edit, err := c.keywordEdit()
	if err != nil {
		return nil, err
	}
	edit.ID = id
	return oneKeyword(c.s.service.EditKeyword(c.ctx(), c.me(), edit))
}

func deleteKeyword(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.DeleteKeyword(c.ctx(), c.me(), id)
}

func addFilterStatus(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	post, err := parseID(c.params.text("status_id"))
	if err != nil {
		return nil, err
	}
	return oneFilterStatus(c.s.service.FilterPost(c.ctx(), c.me(), id, post))
}

func oneFilterStatus(row *models.FilterStatus, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return showFilterStatus(row), nil
}

func getFilterStatus(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return oneFilterStatus(c.tx.FilterStatus(c.viewer(), id))
}

func deleteFilterStatus(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.UnfilterPost(c.ctx(), c.me(), id)
}
