// Command withpostgres runs another command beside a PostgreSQL cluster of its own, whose URL the command finds in
// PRAXIS_TEST_POSTGRES: one cluster for all test processes of a run. The cluster ends with the command.
//
//	go run ./scripts/withpostgres go test ./models/
package main
