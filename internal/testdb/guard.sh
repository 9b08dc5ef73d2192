# Makes a PostgreSQL cluster, starts it, says "ready", and ends it when standard input closes.
# Arguments: folder of the server's programs, folder of the cluster, superuser, locale, settings.
bin=$1 dir=$2 superuser=$3 locale=$4 settings=$5
umask 077
trap '' HUP INT TERM PIPE
trap 'rm -rf "$dir"' EXIT

"$bin/initdb" -D "$dir/data" -U "$superuser" -A trust -E UTF8 --locale="$locale" -N </dev/null || exit 1
printf '%s\n' "$settings" >>"$dir/data/postgresql.conf"
if ! "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 start </dev/null; then
	cat "$dir/log"
	"$bin/pg_ctl" -D "$dir/data" -m immediate stop </dev/null
	exit 1
fi
echo ready

# Whoever started us holds the other end of this pipe and never writes to it.
cat >/dev/null
"$bin/pg_ctl" -D "$dir/data" -m immediate -w -t 60 stop </dev/null >/dev/null 2>&1
