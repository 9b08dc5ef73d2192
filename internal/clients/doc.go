// Package clients holds tests in which real, unmodified Mastodon clients drive two federated instances: the command-line
// program toot, Mastodon.py, masto.js, megalodon and go-mastodon. They sign in as their documentation says and take part in a
// community of the other instance. What they themselves print or return is compared, and what they did is looked up: by a
// member of the other instance, or with another device of the same member.
//
// Entry point: there is none; a client is added as one more implementation of the interface client of the tests.
//
// Only tests are here, and nothing may import it.
package clients
