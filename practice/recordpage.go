package practice

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"io"
	"net/url"

	"praxis/models"
)

//go:embed words/record.html
var recordSource string

var recordTemplate = template.Must(template.New("record").Parse(recordSource))

// recordView is what the page shows.
type recordView struct {
	Record
	Parts []RecordPart
}

// WriteRecordPage writes a record as a page that stands alone and prints well. It says nothing of whether the record is true: that
// is for CheckRecord. Errors: Invalid for what is no record.
func WriteRecordPage(w io.Writer, raw []byte) error {
	var view recordView
	if err := json.Unmarshal(raw, &view.Record); err != nil || view.Type != typeRecord {
		return models.Errorf(models.Invalid, "this is no record of contributions")
	}
	for _, raw := range view.Communities {
		var part RecordPart
		if err := json.Unmarshal(raw, &part); err != nil {
			return models.Errorf(models.Invalid, "this is no record of contributions: %w", err)
		}
		for i := range part.Items { // only what a browser may open
			if at, err := url.Parse(part.Items[i].URL); err != nil || at.Scheme != "https" && at.Scheme != "http" {
				part.Items[i].URL = ""
			}
		}
		view.Parts = append(view.Parts, part)
	}
	return recordTemplate.Execute(w, view)
}
