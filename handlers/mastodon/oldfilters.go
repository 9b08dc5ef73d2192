package mastodon

import (
	"net/http"
	"strings"

	"praxis/models"
	"praxis/practice"
)

// oldFilterRoutes are for clients that know only filters of one phrase each: what they see as a filter is a keyword.
func oldFilterRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/filters", getOldFilters, readFilters),
		member(http.MethodPost, "/api/v1/filters", createOldFilter, writeFilters),
		member(http.MethodGet, "/api/v1/filters/{id}", getOldFilter, readFilters),
		member(http.MethodPut, "/api/v1/filters/{id}", editOldFilter, writeFilters),
		member(http.MethodDelete, "/api/v1/filters/{id}", deleteOldFilter, writeFilters),
	}
}

// oldFilter is Mastodon's V1 Filter.
type oldFilter struct {
	ID           string   `json:"id"`
	Phrase       string   `json:"phrase"`
	Context      []string `json:"context"`
	WholeWord    bool     `json:"whole_word"`
	ExpiresAt    *string  `json:"expires_at"`
	Irreversible bool     `json:"irreversible"`
}

func showOldFilter(f *models.Filter, k *models.FilterKeyword) oldFilter {
	return oldFilter{
		ID: formatID(k.ID), Phrase: k.Keyword, Context: strings.Fields(f.Contexts), WholeWord: k.WholeWord,
		ExpiresAt: dateOrNil(f.ExpiresAt), Irreversible: f.Action == models.FilterHide,
	}
}

func getOldFilters(c *call) (any, error) {
	rows, err := c.tx.Filters(c.viewer())
	if err != nil {
		return nil, err
	}
	of := map[int64]*models.Filter{}
	for i := range rows {
		of[rows[i].ID] = &rows[i]
	}
	keywords, err := c.tx.FilterKeywords(c.viewer())
	shown := []oldFilter{}
	for i := range keywords {
		if f := of[keywords[i].FilterID]; f != nil {
			shown = append(shown, showOldFilter(f, &keywords[i]))
		}
	}
	return shown, err
}

func getOldFilter(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	keyword, err := c.tx.FilterKeyword(c.viewer(), id)
	if err != nil {
		return nil, err
	}
	row, err := c.tx.Filter(c.viewer(), keyword.FilterID)
	if err != nil {
		return nil, err
	}
	return showOldFilter(row, keyword), nil
}

func createOldFilter(c *call) (any, error) { return c.saveOldFilter(0) }

func editOldFilter(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return c.saveOldFilter(id)
}

func (c *call) saveOldFilter(id int64) (any, error) {
	var ask struct {
		Phrase       *string   `mapstructure:"phrase"`
		Context      *[]string `mapstructure:"context"`
		Irreversible *bool     `mapstructure:"irreversible"`
		WholeWord    *bool     `mapstructure:"whole_word"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	edit := practice.FilterEdit{}
	if ask.Context != nil {
		edit.Contexts = distinctTexts(*ask.Context)
	}
	if ask.Irreversible != nil {
		action := models.FilterWarn
		if *ask.Irreversible {
			action = models.FilterHide
		}
		edit.Action = &action
	}
	var err error
	if edit.Span, err = c.expiresIn(); err != nil {
		return nil, err
	}
	row, keyword, err := c.s.service.SavePhrase(c.ctx(), c.me(), id, edit, practice.KeywordEdit{Keyword: ask.Phrase, WholeWord: ask.WholeWord})
	if err != nil {
		return nil, err
	}
	return showOldFilter(row, keyword), nil
}

func deleteOldFilter(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.DeletePhrase(c.ctx(), c.me(), id)
}
