// Package directory knows the actors and posts of other hosts: it looks them up by handle and by address, asks their
// hosts when they are not known here or are out of date, and keeps what it learns. It also finds the keys with which
// signatures are verified.
//
// Entry point: Directory, which is practice's Directory and sign's KeySource.
//
// It imports practice and models, and of federation fetch, sign and vocab. It must not import inbox, outbox or deliver:
// they stand on it or beside it. Nothing here runs inside a transaction, since its calls talk to the network.
package directory
