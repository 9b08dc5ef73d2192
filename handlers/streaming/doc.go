// Package streaming tells clients what happens at the moment it does: Mastodon's streaming API, over WebSockets and as
// server-sent events.
//
// Entry points: New makes a Server, which listens to the store from then on; Routes adds its addresses; Stop ends all
// streams. One goroutine hears of changes, asks the database in a bounded number of statements which of the connected
// members may see what changed and where it belongs, and puts it into their queues. It decides nothing about visibility
// itself, and whoever reads too slowly loses only their own connection.
//
// It imports handlers/mastodon for what things look like, and handlers/oauth for who is there. It writes nothing.
package streaming
