// Package models is what Praxis remembers: one file per noun with its struct, its invariants and its queries.
//
// Entry point: Open gives a Store; Store.Tx runs one transaction, Store.Read a query outside of one. Every query is a
// method of Tx, so that callers compose them in a transaction of theirs. No other package imports gorm.
//
// It must not import any package of practice, federation, handlers or cmd.
package models
