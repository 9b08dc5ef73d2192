// Package inbox takes what other servers send: it checks who sent it, stores it, and later carries it out.
//
// Entry points: Processor.Receive answers an inbox request once the activity is stored; Processor.Step and Run carry out
// what is stored; Processor.Fetcher says who signed a GET. dispatch.go is the one table from type and object type to what
// is done; each verb has a file of its own.
//
// A verb has two steps. Verify may ask other hosts and changes nothing but what the directory knows of them; it gives an
// apply, which calls a verb of practice and asks nobody. Both take a message, which is made only of a sign.Verified, of a
// sign.Proven, or of a document that its own host gave.
//
// It imports directory, practice and models, and of federation sign, fetch and vocab. It must not import deliver or
// handlers.
package inbox
