// Command withpostgres runs another command beside a PostgreSQL cluster of its own: one cluster for all test processes of a
// run, which ends with the command. The command finds its URL in PRAXIS_TEST_POSTGRES. What is
// copied for each test has the current schema: the database of it that PRAXIS_TEST_TEMPLATE names, and the SQLite file of
// PRAXIS_TEST_SQLITE_TEMPLATE.
//
//	go run ./scripts/withpostgres go test ./models/
package main
