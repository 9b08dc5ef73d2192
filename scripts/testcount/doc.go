// Command testcount runs go test with the arguments that it is given and tells what came of it: a line per package, the
// output of what failed, what was skipped and why, what took longest, and as the last line "N passed, N failed, N skipped". Subtests count
// as tests.
//
// It ends with 1 when a test failed, when a package could not be built or ended early, and when a test was skipped
// because a component is not installed: such skips begin with the word "needs".
//
//	go run ./scripts/testcount -race ./...
package main
