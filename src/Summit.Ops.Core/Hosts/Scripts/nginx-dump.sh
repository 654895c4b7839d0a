# Writes what nginx reads from the disk (nginx -T), and leaves the host as it is.
work=$(with_room -d) || exit 70
trap 'rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM
nginx_facts
if [ "$nginx_found" = 127 ]; then
    printf '%s\n' "$facts" >&2
    exit 127
fi
nginx_dump "$work"
code=$?
cat "$work/test" >&2
cat "$work/dump"
exit "$code"
