// Package deliver brings activities to other servers: one lane for each host, in order, as long as it takes.
//
// Entry point: Courier. Run works until its context ends; Step makes one round, for tests; Poke says that something new
// waits. A lane (lane.go) sends what waits for one host and judges the answers (verdict.go); the recorder writes what came of it,
// for all lanes together; payloads are read once for all hosts. What waits is in the store, so that a restart loses nothing: an
// activity may arrive twice with the same id, and never not at all. ADR 0017 says why.
//
// It imports models, and of federation fetch, sign and vocab. It must not import inbox, directory, practice or handlers.
package deliver
