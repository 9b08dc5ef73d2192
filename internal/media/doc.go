// Package media takes files from strangers and makes of them what may be served: it tells by the content what a file is,
// refuses what is too large before it is decoded, writes pictures anew without anything that the camera or the uploader put
// beside them, makes previews, and has ffmpeg do the same with films and sounds. It also keeps files: see Store.
//
// Entry points: Decoder for pictures, Films for films and sounds, Folder for keeping files, TypeOf for the one list of types
// that are served (security cases A5, G17, G18, G19).
//
// A name or a type that an uploader said is never looked at. The package knows no domain and imports nothing of this module.
package media
