package vocab

// QuotePolicy is who may quote an object, by the ids of actors and of collections of actors (GoToSocial's interaction
// policies, as FEP-044f uses them): at once, and after its author looked at it.
type QuotePolicy struct{ Automatic, Manual IRIs }

// readQuote reads what an object quotes and who may quote it. Software from before FEP-044f names the quoted post in one of
// three properties of its own.
func (o *Object) readQuote(f fields) {
	o.Quote, o.QuoteAuthorization = f.refID("quote"), f.refID("quoteAuthorization")
	for _, name := range []string{"quoteUri", "quoteUrl", "_misskey_quote"} {
		if o.Quote == "" && !isGiven(f["quote"]) {
			o.Quote = webLink(f.refID(name))
			o.LegacyQuote = o.Quote != ""
		}
	}
	o.InteractingObject, o.InteractionTarget = f.refID("interactingObject"), f.refID("interactionTarget")
	canQuote := f.object("interactionPolicy").object("canQuote")
	if canQuote == nil {
		return
	}
	o.CanQuote = &QuotePolicy{Automatic: canQuote.addressees("automaticApproval"), Manual: canQuote.addressees("manualApproval")}
}

// QuoteAuthorization builds what says that an object may quote another one, which is its author's (FEP-044f).
func QuoteAuthorization(id, author, quoting, quoted string) M {
	return M{"id": id, "type": "QuoteAuthorization", "attributedTo": author, "interactingObject": quoting, "interactionTarget": quoted}
}
