// Package structure holds no code, only the test that keeps the house in shape: which package may import which, which
// libraries have one door, and how long files and functions may grow. docs/architecture.md tells the reasons.
//
// Entry point: go test ./internal/structure. It imports nothing of Praxis, so that it also runs when a package is broken.
package structure
