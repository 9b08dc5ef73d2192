// Command praxis runs an instance of Praxis, a federated server for communities of practice, and looks after it. One file
// holds one command; `praxis --help` lists them.
//
// A mistake of whoever calls it is one line on stderr and exit 2; a failure of the machine or of a peer is exit 1.
package main
