// Package mastodon answers the clients of members: the Mastodon client API. It turns a request into a verb of practice or
// a query of models, and what comes back into the API's entities; who may do what is decided there.
//
// Entry point: New gives a Server, Routes adds its routes. There is one file for each resource, with its routes first;
// its entities stand next to them. What a page of a list shows is read in a fixed number of statements (shelf.go).
//
// It must not import any package of federation, nor handlers/activitypub or handlers/web.
package mastodon
