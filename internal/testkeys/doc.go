// Package testkeys gives the actors of tests their keys: real RSA and Ed25519 keys, made once and kept in keys.json, since
// making one takes longer than most tests, above all under the race detector. They protect nothing.
//
// Entry point: Ring. Only tests import it. It must not import models, practice, handlers or cmd.
package testkeys
