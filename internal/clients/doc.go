// Package clients holds tests in which real, unmodified Mastodon clients drive two federated instances: the command-line
// program toot, Mastodon.py, masto.js and go-mastodon. They sign in as their documentation says, take part in a community
// of the other instance, and what they themselves print or return is compared.
//
// Entry point: there is none; a client is added as one more implementation of the interface client of the tests.
//
// Only tests are here, and nothing may import it.
package clients
