// Package respond writes answers: JSON, and errors as JSON, with the one table that maps error codes to HTTP statuses.
//
// Entry points: JSON and Error. It must not import any other package of handlers.
package respond
