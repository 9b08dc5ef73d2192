// Package sign makes and verifies HTTP signatures (draft-cavage-12 and RFC 9421) and integrity proofs of documents
// (FEP-8b32), and keeps the forms of keys.
//
// Entry points: Signer signs an outgoing request; Verifier.Request judges an incoming one and gives a Verified, the only
// proof that its sender may act as an actor. Prover proves a document; Verifier.Proof judges one, whoever brought it, and
// gives a Proven. GenerateKeys makes the keys of a new actor.
//
// A request is judged from the outside in: first what costs nothing (syntax, what is covered, clock, digest, host), then
// the key is asked for, then the signature is computed. A request with the headers of RFC 9421 is judged by RFC 9421
// alone: a failure there never falls back to the older scheme, or an attacker could strip the stronger one.
//
// The package does no network and no storage: keys come through KeySource. It never logs, keeps no state beyond its
// configuration, and imports of this module only federation/vocab.
package sign
