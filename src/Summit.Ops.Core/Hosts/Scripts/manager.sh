# The site's backend in its own manager, whether it serves, and whose turn it is to change it.
# In: PM2_DIR BACKEND_USER PROCESS_NAME MANAGER (Pm2, Systemd); and BACKEND_PORT for service.sh

# Sets backend_missing: why the manager cannot be told anything; empty where it can. Calls pm2_facts for pm2.
backend_manager() {
    backend_missing=
    # shellcheck disable=SC2153 # it is given, and is not the one that backend.sh finds
    pm2_revives=no
    if [ "$MANAGER" != Pm2 ]; then
        backend_unit
        unit=${unit:-$PROCESS_NAME.service}
        # root runs nothing that lies in the folders of the account that the unit runs as
        backend_account=${BACKEND_USER:-$(limited 10 systemctl show -p User "$unit" 2>/dev/null | sed 's/^User=//')}
        return 0
    fi
    pm2_facts
    if [ "$pm2_state" = foreign ]; then
        backend_missing="Nothing was told to pm2: $(pm2_foreign)."
    elif [ "$pm2_state" = unreadable ]; then
        backend_missing="The pm2 of $pm2_home is another account's, and $me_name may not use it."
    elif [ -z "$pm2_daemon" ]; then
        # the daemon is gone: what it ran stands in its dump
        if pm2_has_dump_of "$pm2_home"; then
            pm2_revives=yes
        else
            backend_missing="No pm2 daemon runs for $pm2_home, and no dump there names $PROCESS_NAME, so there is nothing to start it from."
        fi
    elif ! pm2_answers; then
        backend_missing="The pm2 command was not found on the host."
    elif pm2_unlisted && pm2_has_dump_of "$pm2_home"; then
        pm2_revives=yes
    fi
}
pm2_unlisted() { # whether the daemon answers, and has no process of the name
    pm2_count=$(pm2_list 'out(p.length)' 2>/dev/null) && [ "$pm2_count" = 0 ]
}

# Starts from the dump: by the unit that boots the account's pm2, so that it is the unit's afterwards, else by pm2 itself
pm2_revive() {
    pm2_startup_unit
    if [ -n "$pm2_unit" ] && [ -z "$pm2_daemon" ] && { [ "$me" = 0 ] || [ -n "$as_root" ]; }; then
        set -- systemctl start "$pm2_unit"
        case $(systemctl is-active "$pm2_unit" 2>/dev/null) in active) set -- systemctl restart "$pm2_unit" ;; esac
        # shellcheck disable=SC2086 # empty, or two words
        backend_output=$($as_root "$@" 2>&1)
    else
        set -- pm2 resurrect
        backend_output=$(pm2_run resurrect 2>&1)
    fi
    backend_code=$?
    backend_output="$*: $backend_output"
    # there is a daemon now
    pm2_facts
    return "$backend_code"
}
pm2_unsaved() { # says what a reboot would bring where the dump does not name the process
    if [ "$MANAGER" != Pm2 ] || pm2_has_dump_of "$pm2_home"; then return 0; fi
    echo "After a reboot pm2 does not start $PROCESS_NAME: save its list (pm2 save, as ${backend_account:-$me_name})."
}

# Tells the manager: restart, or reload, which in pm2's cluster mode and for a unit that can reload closes the port at no time.
backend_tell() { # restart, reload; sets backend_output
    if [ "$MANAGER" != Systemd ] && [ "$pm2_revives" = yes ]; then
        pm2_revives=no
        pm2_revive
        return
    fi
    if [ "$MANAGER" = Systemd ]; then
        # one that has crashed too often is started by nobody until that is forgotten
        # shellcheck disable=SC2086 # empty, or two words
        case $(systemctl show -p Result "$unit" 2>/dev/null) in Result=start-limit-hit) $as_root systemctl reset-failed "$unit" 2>/dev/null ;; esac
        set -- systemctl "$([ "$1" = reload ] && echo reload-or-restart || echo restart)" "$unit"
        # shellcheck disable=SC2086 # empty, or two words
        backend_output=$(limited 120 $as_root "$@" 2>&1)
    else
        set -- pm2 "$1" "$PROCESS_NAME"
        run_time=120
        backend_output=$(pm2_run "$2" "$3" 2>&1)
    fi
    backend_code=$?
    run_time=
    [ "$backend_code" = 0 ] || backend_output="$*: $backend_output"
    return "$backend_code"
}

# --- whether it serves
answers() { # whether it listens and answers an upgrade now; a refusal for want of a token is the application's own, and an answer
    seen='nothing listens'
    backend_listens || return 1
    have curl || return 0
    seen=$(shake -g --path-as-is ${BACKEND_SOCKET:+--unix-socket "$BACKEND_SOCKET"} -H "Host: $SERVER_NAME" "$BACKEND_URL")
    case $seen in 101 | 401 | 403) return 0 ;; esac
    return 1
}
# Waits until it does, and goes on doing so: what is started again and again answers now and then as well, and where the manager runs
# nothing somebody else has the port. In: WAIT (seconds), BACKEND_URL SERVER_NAME handshake_file; stopped, not empty where it must end. Sets seen why
serves() {
    until_when=$(($(date +%s) + WAIT))
    # it listens, and elsewhere: no waiting changes that
    looked_at=$(($(date +%s) + 3)) elsewhere=
    while :; do
        if [ "$(date +%s)" -ge "$looked_at" ] && ! backend_listens && elsewhere=$(backend_elsewhere) && [ -n "$elsewhere" ]; then
            seen=elsewhere
            break
        fi
        if answers; then
            processes=$(backend_processes)
            sleep 2
            if [ -z "$processes" ]; then
                seen='another has the port'
            elif answers && [ "$(backend_processes)" = "$processes" ]; then
                return 0
            else
                [ "$(backend_processes)" = "$processes" ] || seen='it ends and is started again'
            fi
        fi
        if [ -n "$stopped" ] || [ "$(date +%s)" -ge "$until_when" ]; then break; fi
        pause
    done
    backend_at=${BACKEND_SOCKET:-port $BACKEND_PORT}
    case $seen in
        elsewhere) why="it listens on $elsewhere, and nothing listens on $backend_at" ;;
        'nothing listens') why="after $WAIT s nothing listens on $backend_at" ;;
        'another'*) why="after $WAIT s $PROCESS_NAME does not run, and another process listens on $backend_at" ;;
        'it ends'*) why="it ends and is started again" ;;
        000) why="after $WAIT s $backend_at refuses the connection" ;;
        silent) why="after $WAIT s it takes the connection and answers nothing" ;;
        *) why="after $WAIT s it answers the upgrade with $seen" ;;
    esac
    return 1
}

# --- one at a time. The lock and all that is written lie in a folder that this account alone can change, never in pm2's.
# Sets state lock, and takes the lock; where it returns 1: why
backend_lock() {
    if ! own_locks; then
        why="$own_state could not be made, or another account can change ${shared:-it}: $(df -P "$own_parent" 2>/dev/null | tail -n 1)"
        return 1
    fi
    state=$own_state
    # one for each process of each manager, whatever name it goes by
    state_name=$(printf '%.60s' "$PROCESS_NAME" | sed 's/[^a-zA-Z0-9._-]/-/g')
    state_name=$state_name.$(printf '%s' "$PROCESS_NAME $MANAGER $(readlink -f "${pm2_home:-/}" 2>/dev/null)" | cksum | cut -d' ' -f1)
    lock=$state/$state_name.lock
    if ! take_lock "$lock"; then
        why="Another deployment or restart of $PROCESS_NAME is under way (process ${lock_owner%% *}, by the lock $lock)."
        [ -n "$lock_owner" ] || why="The lock $lock could not be made: $(df -P "$state" | tail -n 1)"
        return 1
    fi
}
backend_unlock() {
    give_back "$lock"
    rmdir "$state" 2>/dev/null || :
}
