// Package reconcile keeps what two servers know of each other's follows alike (FEP-8fcf, for persons, communities and feeds),
// and has what was missed fetched after a long silence.
//
// Teller gives what a delivery says of the followers at its receiver; Hear takes what a delivery of others said; Worker asks
// where the two differ, and repairs the difference only. What waits is in the store. It must not import federation/inbox,
// federation/deliver or handlers.
package reconcile
