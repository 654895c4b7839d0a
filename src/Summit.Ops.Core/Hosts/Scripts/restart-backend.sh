# Restarts the site's backend in its own manager, and waits until something listens on its port.
# In: PM2_DIR BACKEND_USER PROCESS_NAME MANAGER (Pm2, Systemd) BACKEND_PORT WAIT (seconds)
# Out: lines  @key base64  and a last line  @done STATUS   (restarted, refused, failed)

listens() {
    port=$(printf '%04X' "$BACKEND_PORT")
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v p=":$port" '$4 == "0A" && substr($2, length($2) - 4) == p { found = 1 } END { exit !found }'
}

if [ "$MANAGER" = Systemd ]; then
    if ! output=$($as_root systemctl restart "$PROCESS_NAME" 2>&1); then
        say reason "systemctl restart $PROCESS_NAME: $output"
        finish failed 4
    fi
else
    pm2_facts
    if [ -z "$pm2_daemon" ]; then
        say reason "No pm2 daemon runs for $pm2_home, so it knows of no process to restart."
        finish refused 3
    fi
    if ! have "$pm2_command"; then
        say reason "The pm2 command was not found on the host."
        finish refused 3
    fi
    if ! output=$(pm2_run restart "$PROCESS_NAME" 2>&1); then
        say reason "pm2 restart $PROCESS_NAME: $output"
        finish failed 4
    fi
fi
say output "$output"
tries=0
while ! listens; do
    tries=$((tries + 1))
    if [ "$tries" -gt "$((WAIT * 10))" ]; then
        say reason "$PROCESS_NAME was restarted, and after $WAIT s nothing listens on port $BACKEND_PORT."
        finish failed 4
    fi
    sleep 0.1 2>/dev/null || { sleep 1; tries=$((tries + 9)); }
done
finish restarted 0
