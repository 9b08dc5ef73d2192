// Package chromium lets tests look at pages in Chromium: it opens a tab, clicks and types as people do, and tells what stands out of the
// window and what the browser complains about.
package chromium
