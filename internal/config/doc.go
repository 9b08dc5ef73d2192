// Package config reads the settings of an instance: the defaults, then a TOML file, then environment variables. It
// refuses what it does not know and what cannot work, and tells everything that is wrong at once: which setting, where
// it came from, what was wrong and what would be right.
//
// Entry points: Load, Config.Validate, and Table for the documentation of all settings. Secrets never appear in what a
// Config prints or logs.
//
// It must not import any other package of this module.
package config
