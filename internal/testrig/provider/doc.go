// Package provider is the sign-in of an organization for tests: a whole OpenID Connect provider that listens on this machine, with
// people, pages to sign in at, codes, tokens and keys. What it says can be altered, as a provider that errs or lies would.
//
// Entry point: New starts one; Provider.Add makes people known, and Provider.Visit signs them in. It is for tests only.
package provider
