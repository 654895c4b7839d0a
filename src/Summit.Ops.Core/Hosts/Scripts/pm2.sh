# The pm2 that runs the site's backend: another account's, another home's, or one that is not on the PATH.
# In: PM2_DIR BACKEND_USER

# Sets: pm2_home; pm2_daemon, the process of a living daemon or nothing; pm2_state, that or why not (none, unreadable); pm2_command
pm2_facts() {
    pm2_home=$PM2_DIR
    if [ -z "$pm2_home" ]; then
        # an agent that runs as root may have no HOME
        pm2_user_home=${HOME:-$(getent passwd "$(id -un)" 2>/dev/null | cut -d: -f6)}
        [ -z "$BACKEND_USER" ] || pm2_user_home=$(getent passwd "$BACKEND_USER" 2>/dev/null | cut -d: -f6)
        pm2_home=${PM2_HOME:-$pm2_user_home/.pm2}
    fi
    pm2_daemon=$(cat "$pm2_home/pm2.pid" 2>/dev/null || { [ -n "$as_root" ] && $as_root cat "$pm2_home/pm2.pid" 2>/dev/null; })
    pm2_state=none
    if [ -n "$pm2_daemon" ]; then
        if [ -d "/proc/$pm2_daemon" ]; then pm2_state=$pm2_daemon; else pm2_daemon=; fi
    elif [ -d "$pm2_home" ] && [ ! -x "$pm2_home" ] && [ -z "$as_root" ]; then
        pm2_state=unreadable
    fi
    pm2_command=pm2
    if ! have pm2 && [ -n "$pm2_daemon" ]; then
        # installed for another account (nvm): it lies beside the node that runs the daemon
        pm2_command=$(dirname "$(readlink "/proc/$pm2_daemon/exe" 2>/dev/null || echo /none/node)")/pm2
    fi
}

backend_run() { # COMMAND…: as the account that runs the backend
    if [ -z "$BACKEND_USER" ] || [ "$(id -un)" = "$BACKEND_USER" ]; then
        "$@"
    elif [ "$(id -u)" = 0 ] && have runuser; then
        runuser -u "$BACKEND_USER" -- "$@"
    else
        sudo -n -u "$BACKEND_USER" -- "$@"
    fi
}

backend_run() { # COMMAND…: as the account that runs the backend
    if [ -z "$BACKEND_USER" ] || [ "$(id -un)" = "$BACKEND_USER" ]; then
        "$@"
    elif [ "$(id -u)" = 0 ] && have runuser; then
        runuser -u "$BACKEND_USER" -- "$@"
    else
        sudo -n -u "$BACKEND_USER" -- "$@"
    fi
}

pm2_run() { # ARGUMENT…: pm2, as the account and for the daemon that run the backend
    backend_run env PM2_HOME="$pm2_home" PM2_SILENT=true PATH="$(dirname "$(command -v "$pm2_command")"):$PATH" "$pm2_command" "$@"
}
