// Package bench measures running servers from outside: it plays many peers on this machine, with TLS and real signatures,
// and clients beside them. It speaks ActivityPub and the Mastodon API only, so that it measures any server that speaks them.
//
// Entry points: Prepare makes an authority and certificates; NewWorld starts the peers; World.Run measures targets one after
// the other and gives a Report. Fill puts many posts into a database of Praxis, for figures of growth.
//
// The generator runs beside the server on the same cores, so it does as little as it can while the clock runs: requests are
// signed beforehand and written as bytes, and of what arrives only a mark in the text is looked for. One signature in
// twenty is verified.
package bench
