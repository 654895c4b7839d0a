# Writes what nginx reads from the disk (nginx -T) and changes nothing: the empty pid file that a test makes is taken away.
work=$(mktemp -d "${TMPDIR:-/tmp}/summit.XXXXXXXXXX") || exit 70
trap 'rm -rf "$work"' EXIT
nginx_cmd -V >"$work/version" 2>&1
if [ $? = 127 ]; then
    cat "$work/version" >&2
    exit 127
fi

under_prefix() { case $1 in /*) echo "$1" ;; *) echo "${prefix%/}/$1" ;; esac; }
built() { sed -n "s/.*--$1=\\([^ ]*\\).*/\\1/p" "$work/version" | head -n 1; }
prefix=${NGINX_PREFIX:-$(built prefix)}
conf=$(under_prefix "${NGINX_CONF:-$(built conf-path)}")
pid=$(sed -n 's/^[[:space:]]*pid[[:space:]]\{1,\}\([^;[:space:]]*\)[[:space:]]*;.*/\1/p' "$conf" 2>/dev/null | tail -n 1)
pid=$(under_prefix "${pid:-$(built pid-path)}")
existed=no
[ ! -e "$pid" ] || existed=yes

nginx_cmd -T >"$work/dump" 2>"$work/test"
code=$?
if [ "$code" != 0 ] && [ -n "$as_root" ] && grep -q 'Permission denied' "$work/test"; then
    nginx_cmd_as_root -T >"$work/dump" 2>"$work/test"
    code=$?
fi
if [ "$existed" = no ] && [ -f "$pid" ] && [ ! -s "$pid" ]; then rm -f "$pid" 2>/dev/null || $as_root rm -f "$pid" 2>/dev/null; fi
cat "$work/test" >&2
cat "$work/dump"
exit "$code"
