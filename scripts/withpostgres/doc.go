// Command withpostgres runs another command beside a PostgreSQL cluster of its own: one cluster for all test processes of a
// run, which ends with the command. The command finds its URL in PRAXIS_TEST_POSTGRES, and in PRAXIS_TEST_TEMPLATE the name
// of a database in it that has the current schema and is copied for each test.
//
//	go run ./scripts/withpostgres go test ./models/
package main
