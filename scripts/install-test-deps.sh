#!/usr/bin/env bash
# Installs what the tests drive, from Debian's packages; only what is missing. Without root it says what to install.
# A program that is there counts, wherever it came from.
set -euo pipefail

missing=()

# need PROGRAM PACKAGE…
need() {
	command -v "$1" >/dev/null || missing+=("${@:2}")
}

# The server's programs are not in PATH on Debian.
has_postgres() {
	command -v initdb >/dev/null && command -v postgres >/dev/null && return
	compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

has_chromium() {
	local name
	for name in chromium chromium-browser google-chrome-stable google-chrome; do
		command -v "$name" >/dev/null && return
	done
	return 1
}

has_python_module() {
	local python
	for python in /usr/bin/python3 python3; do
		"$python" -c "import $1" 2>/dev/null && return
	done
	return 1
}

if ! command -v go >/dev/null; then
	echo "go is missing: install Go 1.26 or newer from https://go.dev/dl/" >&2
	exit 1
fi

need gcc gcc libc6-dev # for go test -race
need git git
need toot toot
need node nodejs
need npm npm
need ffmpeg ffmpeg
need ffprobe ffmpeg
has_postgres || missing+=(postgresql)
has_chromium || missing+=(chromium)
has_python_module mastodon || missing+=(python3-mastodon)

if ((${#missing[@]} == 0)); then
	exit 0
fi

if ! command -v apt-get >/dev/null; then
	echo "The tests need these Debian packages, or what your system calls them: ${missing[*]}" >&2
	exit 1
fi
if ((EUID != 0)); then
	echo "The tests need some packages. Install them, then run this again:" >&2
	echo "  sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}" >&2
	exit 1
fi

echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}"
