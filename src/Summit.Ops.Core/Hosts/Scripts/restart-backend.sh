# Restarts the site's backend in its own manager, and waits until something listens on its port.
# In: the backend's variables, WAIT (seconds)
# Out: lines  @key base64  and a last line  @done STATUS   (restarted, refused, failed)

backend_manager
if [ -n "$backend_missing" ]; then
    say reason "$backend_missing"
    finish refused 3
fi
if ! backend_tell restart; then
    say reason "$backend_output"
    finish failed 4
fi
say output "$backend_output"
tries=0
while ! backend_listens; do
    tries=$((tries + 1))
    if [ "$tries" -gt "$((WAIT * 10))" ]; then
        say reason "$PROCESS_NAME was restarted, and after $WAIT s nothing listens on port $BACKEND_PORT."
        finish failed 4
    fi
    pause
done
finish restarted 0
