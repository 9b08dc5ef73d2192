// Package seal keeps short secrets that have to be read again, such as tokens of other systems, from whoever reads the
// database without the instance secret.
//
// Entry point: New makes a Box for one purpose. It must not import anything of Praxis.
package seal
