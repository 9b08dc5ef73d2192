// Package worker is how background work goes on: step after step while there is something to do, then asleep until somebody
// calls or the next moment comes.
//
// Entry points: Loop.Run, and Until for when that moment is. It must not import anything of ours.
package worker
