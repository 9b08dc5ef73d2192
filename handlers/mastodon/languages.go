package mastodon

import "strings"

// language is a language that posts may be written in.
type language struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// languageNames are what most people write in; a post may name any other by its code.
const languageNames = `ar العربية|be беларуская|bg български|bn বাংলা|bs bosanski|ca Català|cs čeština|cy Cymraeg|da dansk|de Deutsch|
el Ελληνικά|en English|eo Esperanto|es Español|et eesti|eu euskara|fa فارسی|fi suomi|fo føroyskt|fr Français|fy Frysk|ga Gaeilge|
gd Gàidhlig|gl galego|he עברית|hi हिन्दी|hr Hrvatski|hu magyar|hy Հայերեն|id Bahasa Indonesia|is Íslenska|it Italiano|ja 日本語|
ka ქართული|kk қазақша|ko 한국어|ku kurdî|la latine|lb Lëtzebuergesch|lt lietuvių|lv latviešu|mk македонски|ms Bahasa Melayu|
mt Malti|nb Norsk bokmål|nl Nederlands|nn Norsk Nynorsk|oc occitan|pa ਪੰਜਾਬੀ|pl Polski|pt Português|ro Română|ru Русский|
sk slovenčina|sl slovenščina|sq Shqip|sr српски|sv Svenska|sw Kiswahili|ta தமிழ்|te తెలుగు|th ไทย|tr Türkçe|uk Українська|
ur اردو|vi Tiếng Việt|zh 中文`

func getLanguages(*call) (any, error) {
	shown := []language{}
	for entry := range strings.SplitSeq(strings.ReplaceAll(languageNames, "\n", ""), "|") {
		code, name, _ := strings.Cut(entry, " ")
		shown = append(shown, language{Code: code, Name: name})
	}
	return shown, nil
}
