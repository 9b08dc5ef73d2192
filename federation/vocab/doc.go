// Package vocab holds the wire types of ActivityStreams and ActivityPub: a strict reading of foreign bytes and a clean
// writing of our own.
//
// Entry points: Check and PeekHead look at bytes before anything else does; DecodeActivity, DecodeObject, DecodeActor and
// DecodeCollection read them; Marshal writes documents; ParseIRI, SameOrigin and ParseHandle compare identities.
//
// Reading is strict about what an attacker could use (one document, no duplicate keys, one owner, bounded depth, counts
// and lengths) and lenient about what honest servers do differently (one or many, string or object, null, missing ids).
// Where a list or a text is longer than its limit it is cut, see limits.go.
//
// The package does no storage and no HTTP, keeps no state, and imports no other package of this module.
package vocab
