// Package pact is the agreement between two instances, or between two sibling communities, as a document: what is in it, its one form
// in bytes, the fingerprints of the keys behind it and the words by which people compare them.
//
// Entry points: Record, Read, Bond, ReadBond, Fingerprint, Words. It asks nobody and stores nothing; who may agree on what is practice's.
package pact
