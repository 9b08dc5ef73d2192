// Package fetch is the one guarded HTTP client for everything that is sent to other servers: documents, WebFinger,
// NodeInfo and deliveries to inboxes.
//
// Entry points: New makes a Client; Client.Document, Client.WebFinger, Client.NodeInfo and Client.Post are all it does;
// WithBudget bounds how many requests one task may cause; KindOf tells what sort of failure an error is.
//
// An address comes from strangers, so nothing about it is believed: scheme, port and form of the host are checked before
// a request, the address that is really dialled when the connection is made, both again on every redirect. Bodies,
// headers, times, redirects and requests to one host at a time are bounded. A Document is only what its own URL gave as
// ActivityStreams, so that holding one is proof of where it came from.
//
// What is read is JSON alone; there is no XML and hence no host-meta. The package stores nothing but a short memory of
// failures, and imports no other package of this module than federation/sign, federation/vocab and internal.
package fetch
