// Package text turns what members type into HTML, makes foreign HTML harmless, and reads plain text, titles, mentions,
// hashtags and commands out of both.
//
// Entry points: Render for what was typed here, Sanitize for what came from elsewhere; FindMentions, FindHashtags, Title
// and Command read; Plain and CleanName give text without markup.
//
// Everything runs in a time that grows with the length of its input, keeps no state and never panics, whatever the input
// (security cases C20, C22, G15, G16). The package knows no domain and imports nothing of this module.
package text
