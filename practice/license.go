package practice

import (
	_ "embed"
	"strings"
	"sync"
)

// licenseList names the licences that are known by their SPDX identifiers, one a line, with further names.
//
//go:embed words/licenses.txt
var licenseList string

// licenseAddress is where SPDX describes a licence.
const licenseAddress = "https://spdx.org/licenses/"

// licenses gives the SPDX identifier of every name of a licence.
var licenses = sync.OnceValue(func() map[string]string {
	known := map[string]string{}
	for _, line := range strings.Split(licenseList, "\n") {
		names := strings.Fields(line)
		if len(names) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		for _, name := range names {
			known[foldLicense(name)] = names[0]
		}
	}
	return known
})

// foldLicense leaves of the name or the address of a licence what tells it from others.
func foldLicense(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	name = strings.TrimPrefix(strings.TrimPrefix(name, "https://"), "http://")
	name = strings.TrimPrefix(strings.TrimPrefix(name, "www."), "spdx.org/licenses/")
	for _, end := range []string{"/", ".html", ".json", "/deed.en", "/legalcode", "/"} {
		name = strings.TrimSuffix(name, end)
	}
	return strings.ReplaceAll(name, " ", "-")
}

// License gives the SPDX identifier of a licence that is known by some name or address, and else the text itself.
func License(name string) string {
	if id := licenses()[foldLicense(name)]; id != "" {
		return id
	}
	return strings.TrimSpace(name)
}

// LicenseAddress gives the page of a licence that has an SPDX identifier; "" for any other text.
func LicenseAddress(license string) string {
	if id := licenses()[foldLicense(license)]; id != "" {
		return licenseAddress + id
	}
	return ""
}
