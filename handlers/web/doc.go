// Package web is what people see of an instance in a browser: the front page, its communities, profiles, threads,
// hashtags, and what it says of itself. The pages are plain HTML that works without scripts, and they are read-only:
// people write with the app of their choice. Members who are signed in see what they may read, everybody else what is
// public; models.VisibleTo decides, and no number on a page counts what its reader may not read.
//
// Entry point: New, and Server.Routes.
//
// It must not import federation, nor any other package of handlers than page and respond.
package web
