// Package outbox turns what happened into activities: it writes them once, byte for byte as they are sent and served,
// and decides to which inboxes they go. It sends nothing.
//
// Entry point: Writer, which is practice's Outbox. Actor and Writer.Post give the documents that are served, too.
//
// It imports practice and models, and of federation sign and vocab.
package outbox
