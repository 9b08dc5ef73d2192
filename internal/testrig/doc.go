// Package testrig builds whole instances inside a test: real stores, real listeners, real signatures, and a network that
// is a map of hosts. What is played is the clock, and peers that misbehave.
//
// Entry points: NewServer gives one instance, NewCluster several that reach each other, Each a cluster on either database;
// Cluster.Settle runs until nothing moves; Cluster.NewPeer gives a server of another make, which sends what the test
// wants.
//
// Only tests import it. It imports cmd/app and whatever it needs to build instances.
package testrig
