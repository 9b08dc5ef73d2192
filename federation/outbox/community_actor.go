package outbox

import (
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// describe adds to the document of a Group what a community of practice says of itself. What is not said is left out.
func describe(doc vocab.M, links practice.Links, a *models.Actor, c *models.Community) {
	doc["communityClass"], doc["joining"] = c.Class, c.Joining
	doc["questionAnswer"] = true // questions here have answers (PieFed)
	if c.CharterVersion > 0 {
		doc["charter"], doc["charterVersion"] = links.Charter(a), c.CharterVersion
	}
	if rules := c.RuleList(); len(rules) > 0 {
		doc["rules"] = rules
	}
	if topics := c.TopicList(); len(topics) > 0 {
		doc["keywords"] = topics
	}
	if languages := c.LanguageList(); len(languages) > 0 {
		doc["language"] = languageDocs(languages)
	}
	if c.Place != "" {
		doc["location"] = vocab.M{"type": "Place", "name": c.Place}
	}
	if c.Recognition != "" {
		doc["recognition"] = practice.KindNamespace + recognitionNames[c.Recognition]
	}
	if c.Sponsor != "" {
		doc["sponsor"] = c.Sponsor
	}
	if c.Label != "" {
		doc["communityLabel"] = c.Label
	}
}

// recognitionNames are the concepts of the vocabulary for how a community stands to organizations.
var recognitionNames = map[string]string{
	models.RecognitionInformal: "Informal", models.RecognitionRecognised: "Recognised", models.RecognitionSponsored: "Sponsored",
}

// languageDocs: Lemmy wants a list of objects, and refuses the whole Group otherwise.
func languageDocs(codes []string) []any {
	var docs []any
	for _, code := range codes {
		docs = append(docs, vocab.M{"identifier": code, "name": code})
	}
	return docs
}

// Charter gives the document of what a community agreed on.
func Charter(links practice.Links, a *models.Actor, c *models.Community) vocab.M {
	return vocab.M{
		"id": links.Charter(a), "type": "Article", "attributedTo": a.URI, "name": "Charter of " + orElse(a.DisplayName, a.Username),
		"content": c.Charter, "mediaType": "text/html", "source": vocab.M{"content": c.CharterSource, "mediaType": "text/plain"},
		"published": vocab.FormatTime(c.CharterAt.Time()), "charterVersion": c.CharterVersion,
		"to": []string{vocab.Public}, "cc": []string{},
	}
}
