#!/usr/bin/env bash
# Fails when a Go file is not formatted. The argument is the formatter, which must know -l.
set -euo pipefail

formatter=${1:-gofmt}
unformatted=$("$formatter" -l .)
if [[ -n $unformatted ]]; then
	echo "Not formatted, run \`make fmt\`:" >&2
	echo "$unformatted" >&2
	exit 1
fi
