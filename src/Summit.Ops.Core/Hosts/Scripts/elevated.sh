# Waits for the script that elevate.sh has started, and ends as it does.
child=$!
[ "$stopped" = no ] || tell "$child"
code=
while kill -0 "$child" 2>/dev/null; do
    wait "$child"
    code=$?
done
# ended before it was looked at: its code is still kept
[ -n "$code" ] || { wait "$child"; code=$?; }
exit "$code"
