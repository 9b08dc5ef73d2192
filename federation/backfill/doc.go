// Package backfill fetches what communities of other hosts had before anybody here followed them, and what is missing of a
// thread that somebody opens: outboxes, the contexts of threads (FEP-7888, FEP-f228) and replies. It works in the background,
// one request after the other, within limits for each community, and what it brings notifies nobody.
//
// What waits is in the store, so that a restart goes on where it stopped. The entry point is Worker. It must not import
// federation/inbox, federation/outbox or handlers.
package backfill
