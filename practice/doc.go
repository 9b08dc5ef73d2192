// Package practice is what people do: post, reply, follow, favourite, share, answer, block, report. Each verb has one
// meaning, whoever called it: a member through the client API, a visitor of a page, or a remote actor whose activity
// came in. Permission checks, invariants and notifications live here alone.
//
// Entry point: Service. An exported verb opens one transaction; lower-case functions that take tx are the composable
// work. Nothing here talks to the network inside a transaction.
//
// It imports models and internal/*, never federation or handlers: what it needs of them are the seams Directory and
// Outbox.
package practice
