// Package partner brings to partners what the instance actors have to tell each other, whatever rests of their lanes, and asks them
// how they see us.
//
// Entry points: New, Worker.Run, Worker.Step. What is agreed and what follows from it is practice's; what comes in is the inbox's.
package partner
