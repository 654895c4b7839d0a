# Waits for the script that elevate.sh has started, and ends as it does.
child=$!
[ "$stopped" = no ] || tell "$child"
# a signal ends the wait, not the script; one that runs as root takes no signal from here, and lives
while :; do
    wait "$child"
    code=$?
    kill -0 "$child" 2>/dev/null || [ -e "/proc/$child" ] || break
done
exit "$code"
