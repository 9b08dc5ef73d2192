// Package files gives out the files that members uploaded, at /media/….
//
// Entry point: Routes. What a file is called decides its type, by one short list; no file is ever given out as something
// that runs in a browser, or that another server would believe as a document of ours (security cases A5, G17). Whoever
// knows the name gets the file: names cannot be guessed, and a post that is not for everybody does not tell them to others.
package files
