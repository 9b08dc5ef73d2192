// Package deliver brings activities to other servers: one lane for each host, in order, as long as it takes.
//
// Entry point: Courier. Run works until its context ends; Step makes one round, for tests; Poke says that something new
// waits. What waits is in the store, so that a restart loses nothing: an activity may arrive twice with the same id, and
// never not at all.
//
// It imports models, and of federation fetch and sign. It must not import inbox, directory, practice or handlers.
package deliver
