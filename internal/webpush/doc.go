// Package webpush makes what push services take: messages that only the subscribed browser or app can read, in the form of
// RFC 8291 and in that of the draft before it, and the instance's name under them (VAPID, RFC 8292).
//
// Entry points: ParseKey reads the instance's key, ParseSubscriber the keys of a subscription, and Key.Message joins
// both. It sends nothing and knows nothing of the domain.
package webpush
