// Package neighbours asks other servers, once a day, which communities they have, so that who looks for one, or is about to
// found one, learns of those that exist already. Each program lists its communities in a way of its own: formats.go knows them.
//
// The entry point is Worker. It must not import federation/inbox, federation/outbox or handlers.
package neighbours
