// Package testdb gives tests what they stand on: an empty database of each kind that Praxis supports, and the outside
// programs that some tests drive. What is missing is a skip that names the package to install, and a failure when
// PRAXIS_TEST_REQUIRE says that it must be there.
//
// Entry point: Each runs a test on both databases; SQLite and Postgres give the URL of one; Chromium, Tool and
// PythonModule find programs; Missing ends a test that lacks something. Start is for the runner that shares one
// PostgreSQL cluster between all test processes.
//
// Only tests and scripts import it. It must not import any package of models, practice, federation, handlers or cmd.
package testdb
