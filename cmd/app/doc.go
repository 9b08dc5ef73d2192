// Package app joins the storeys into one instance: the store, the verbs, the federation, the handlers and the background
// work, as a configuration says.
//
// Entry point: New gives an App; its Handler answers requests, Run does the background work, Close ends it. Commands and
// test clusters are built of it.
//
// It is the only package that knows all others, and nothing but cmd and tests may import it.
package app
