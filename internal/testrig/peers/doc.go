// Package peers tests this server against fakes of other software: each sends what that software is known to send, and
// takes only what that software takes. The fakes are written from facts, not copied; against the real programs is tested
// elsewhere.
//
// Entry points: dialects lists the software; TestTheirsComeToOurs, TestOursGoToTheirs and TestMicroblogs are the stories.
//
// It holds tests only and stands on testrig.
package peers
