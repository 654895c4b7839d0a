# The site's backend, past nginx: who runs it, what listens, what it answers.
# In: the backend's variables, BACKEND_HOST BACKEND_PORT BACKEND_PATH (empty for WEBSOCKET_PATH) BACKEND_HERE (no where it runs on another host) SERVER_NAME

backend_handshake() {
    if have curl; then shake -H "Host: $SERVER_NAME" "http://$BACKEND_HOST:$BACKEND_PORT${BACKEND_PATH:-$WEBSOCKET_PATH}"; fi
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
            backend_known="pm2: $PROCESS_NAME is $1 ($2 in the list, $3 restarts)"
            return
        fi
    fi
    if [ -d /run/systemd/system ] && have systemctl && [ "$(systemctl show -p LoadState "$PROCESS_NAME.service" 2>/dev/null)" = LoadState=loaded ]; then
        manager=Systemd
        backend_state=$(systemctl is-active "$PROCESS_NAME.service" 2>/dev/null)
        backend_known="systemd: $PROCESS_NAME is $backend_state"
    elif [ "$pm2_state" = unreadable ]; then
        backend_known="$pm2_home may not be read by $(id -un)"
    elif [ "$pm2_state" = foreign ]; then
        backend_known="$(pm2_foreign)"
    else
        backend_known="neither pm2 ($pm2_home) nor systemd knows '$PROCESS_NAME'"
        # the usual reason: it runs under another account
        others=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | sed -n 's/^PM2 .*God Daemon (\(.*\)).*/\1/p' | grep -v -F -x "$pm2_home" | sort -u | tr '\n' ' ' | sed 's/ $//')
        [ -z "$others" ] || backend_known="$backend_known; other pm2 daemons run for $others"
    fi
}
