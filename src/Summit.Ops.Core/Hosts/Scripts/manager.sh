# The site's backend in its own manager, and whether it serves.
# In: PM2_DIR BACKEND_USER PROCESS_NAME MANAGER (Pm2, Systemd) BACKEND_PORT

backend_listens() {
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v p=":$(printf '%04X' "$BACKEND_PORT")" '$4 == "0A" && substr($2, length($2) - 4) == p { found = 1 } END { exit !found }'
}

# Sets backend_missing: why the manager cannot be told anything; empty where it can. Calls pm2_facts for pm2.
backend_manager() {
    backend_missing=
    # shellcheck disable=SC2153 # it is given, and is not the one that backend.sh finds
    [ "$MANAGER" = Pm2 ] || return 0
    pm2_facts
    if [ -z "$pm2_daemon" ]; then
        backend_missing="No pm2 daemon runs for $pm2_home, so it knows of no process of that name."
    elif ! have "$pm2_command"; then
        backend_missing="The pm2 command was not found on the host."
    fi
}

# Tells the manager: restart, or reload, which in pm2's cluster mode and for a unit that can reload closes the port at no time.
backend_tell() { # restart, reload; sets backend_output
    if [ "$MANAGER" = Systemd ]; then
        set -- systemctl "$([ "$1" = reload ] && echo reload-or-restart || echo restart)" "$PROCESS_NAME"
        # shellcheck disable=SC2086 # empty, or two words
        backend_output=$($as_root "$@" 2>&1)
    else
        set -- pm2 "$1" "$PROCESS_NAME"
        backend_output=$(pm2_run "$2" "$3" 2>&1)
    fi
    backend_code=$?
    [ "$backend_code" = 0 ] || backend_output="$*: $backend_output"
    return "$backend_code"
}

# The processes that the manager has started, in one line: another line is another start.
backend_processes() {
    if [ "$MANAGER" = Systemd ]; then
        systemctl show -p MainPID,NRestarts "$PROCESS_NAME" 2>/dev/null | tr '\n' ' '
    else
        for pids in "$pm2_home/pids/$PROCESS_NAME"-*.pid; do cat "$pids" 2>/dev/null || { [ -n "$as_root" ] && $as_root cat "$pids" 2>/dev/null; }; echo ' '; done | tr -d '\n'
    fi
}
