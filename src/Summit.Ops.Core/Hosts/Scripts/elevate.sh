# Runs the script in the file $body as it is where WRITABLE may be written, else as root by sudo; a signal is passed on to it.
trap 'rm -f "$body"' EXIT
nearest=$WRITABLE
while [ ! -e "$nearest" ] && [ "$nearest" != / ]; do nearest=$(dirname "$nearest"); done
[ ! -w "$nearest" ] || as_root=
# shellcheck disable=SC2086 # empty, or two words
$as_root /bin/sh "$body" &
child=$!
trap '$as_root kill -TERM "$child" 2>/dev/null' HUP INT TERM
code=
while kill -0 "$child" 2>/dev/null; do
    wait "$child"
    code=$?
done
# ended before it was looked at: its code is still kept
[ -n "$code" ] || { wait "$child"; code=$?; }
exit "$code"
