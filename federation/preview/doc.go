// Package preview fetches the web pages that posts link to, and keeps what they say of themselves as preview cards.
//
// Entry point: New gives a Worker; Step does one round, Run goes on until its context ends. Each address is fetched once for
// all posts, through the guarded client, and tried at most three times (security case D17).
package preview
