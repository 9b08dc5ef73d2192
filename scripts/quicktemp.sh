#!/usr/bin/env bash
# Runs a command with its temporary files in memory, where the system has room for that: tests commit to many small
# databases, and waiting for a disk each time takes longer than all else. What Go builds stays on the disk.
set -euo pipefail

need_kb=$((2 * 1024 * 1024))
if [[ -d /dev/shm && -w /dev/shm ]] && (($(df -Pk /dev/shm | awk 'NR==2 {print $4}') > need_kb)); then
	export GOTMPDIR="${GOTMPDIR:-${TMPDIR:-/tmp}}"
	TMPDIR=$(mktemp -d /dev/shm/praxis.XXXXXX)
	export TMPDIR
	chmod 1777 "$TMPDIR" # as /tmp: the user that PostgreSQL runs as makes and removes folders there too
	trap 'rm -rf "$TMPDIR"' EXIT
fi
"$@"
