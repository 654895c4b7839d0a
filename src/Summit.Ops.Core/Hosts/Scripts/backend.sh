# The site's backend, past nginx: who runs it, what listens, what it answers.
# In: the backend's variables, BACKEND_HOST BACKEND_PORT BACKEND_PATH (empty for WEBSOCKET_PATH) BACKEND_HERE (no where it runs on another host) SERVER_NAME

backend_handshake() {
    if have curl; then shake ${BACKEND_SOCKET:+--unix-socket "$BACKEND_SOCKET"} -H "Host: $SERVER_NAME" "http://$BACKEND_HOST:$BACKEND_PORT${BACKEND_PATH:-$WEBSOCKET_PATH}$WEBSOCKET_QUERY"; fi
}

# Sets: manager (Pm2, Systemd, or nothing) and backend_state (online, active, stopped …; nothing where nobody knows it) backend_known, the same in words
backend_facts() {
    manager='' backend_state='' backend_known=
    pm2_facts
    if pm2_answers; then
        set -f
        # shellcheck disable=SC2016,SC2046 # JavaScript; three words
        set -- $(pm2_list 'const up=p.filter(p=>p.pm2_env.status==="online")
            if(p.length)out((up[0]||p[0]).pm2_env.status.replace(/ /g,"-"),p.length,p.reduce((n,p)=>n+p.pm2_env.restart_time,0))' 2>/dev/null)
        set +f
        if [ $# = 3 ]; then
            manager=Pm2 backend_state=$1
            backend_known="pm2${backend_account:+ of $backend_account}: $PROCESS_NAME is $1 ($2 in the list, $3 restarts)"
            return
        fi
    fi
    if [ "$pm2_state" != unreadable ] && [ "$pm2_state" != foreign ] && pm2_has_dump_of "$pm2_home"; then
        pm2_startup_unit
        manager=Pm2 backend_state=stopped
        backend_known="the pm2 of ${backend_account:-$me_name} does not run $PROCESS_NAME ($([ -n "$pm2_daemon" ] && echo 'it is not in its list' || echo 'its daemon is gone')), and its dump names it: ${pm2_unit:+systemctl start $pm2_unit, or }pm2 resurrect as that account"
        return
    fi
    backend_unit
    if [ -n "$unit" ]; then
        manager=Systemd
        backend_state=$(limited 10 systemctl is-active "$unit" 2>/dev/null)
        # shellcheck disable=SC2046 # words without blanks
        set -- $(limited 10 systemctl show -p SubState,Result,NRestarts "$unit" 2>/dev/null | tr '\n' ' ')
        backend_known="systemd: $unit is $backend_state ($*)"
        ! unit_stale "$unit" || backend_known="$backend_known; its file changed since systemd read it"
        if [ "$unit_state" = masked ]; then
            backend_state=masked
            backend_known="systemd: $unit is masked, so nothing starts it: $(unit_unmask "$unit")"
        fi
    elif [ "$pm2_state" = unreadable ]; then
        backend_known="$pm2_home may not be read by $me_name"
    elif [ "$pm2_state" = foreign ]; then
        backend_known="$(pm2_foreign)"
    elif [ -n "$found_others" ]; then
        backend_known="more than one pm2 may be meant (of $found_others): name its account (BackendUser)"
    else
        backend_known="neither pm2 ($pm2_home) nor systemd knows '$PROCESS_NAME'"
    fi
}
