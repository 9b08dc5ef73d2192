// Package peers tests this server against fakes of other software: each sends what that software is known to send, and
// takes only what that software takes. The fakes are written from what is known of the software; they are not the real
// programs, and prove no more than that both sides agree on that knowledge.
//
// Entry points: dialects lists the software; TestTheirsComeToOurs, TestOursGoToTheirs and TestMicroblogs are the stories.
//
// It holds tests only and stands on testrig.
package peers
