// Package activitypub answers what other servers ask: discovery (WebFinger, host-meta, NodeInfo), actors, objects,
// activities, collections, and the inboxes. It translates HTTP into the calls of its two seams and of practice, and
// models into documents; it decides nothing about people or their posts.
//
// Entry point: New, and Server.Routes. Paths work without a slash at their end; middleware.Slash takes it off.
//
// It must not import federation/inbox or federation/deliver, which are joined to it from above by Receiver and Fetchers,
// nor any other package of handlers than respond.
package activitypub
