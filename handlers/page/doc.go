// Package page puts HTML pages into one frame: the instance's name, the navigation, who is signed in, and one stylesheet.
// Pages work without JavaScript, and their Content-Security-Policy forbids it, but for files of the instance where
// a page says so.
//
// Entry point: New makes a Renderer; Renderer.Load reads a set of page templates, each with the blocks "title" and
// "content" (and, if it likes, "head"); Set.Render writes one of them. In a template, {{site}} gives the instance.
//
// It must not import practice, federation, or any package of handlers but respond.
package page
