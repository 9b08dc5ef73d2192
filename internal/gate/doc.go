// Package gate bounds how much is under way at once: in all, and for each of those who cause it, so that one who asks for very
// much leaves room for the others.
//
// Entry point: New. The package imports nothing of this module.
package gate
