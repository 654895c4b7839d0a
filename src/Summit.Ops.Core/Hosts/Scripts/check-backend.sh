# Looks at the backend, and goes on to restart it where it does not answer a WebSocket, or where FORCE is yes.
# In: those of backend.sh, FORCE. Sets: MANAGER WAIT BACKEND_URL handshake_file, for restart-backend.sh
handshake_file=$(with_room '') || exit 70
trap 'rm -f "$handshake_file"' EXIT
trap 'exit 143' HUP INT TERM
WAIT=15
BACKEND_URL=http://$BACKEND_HOST:$BACKEND_PORT${BACKEND_PATH:-$WEBSOCKET_PATH}$WEBSOCKET_QUERY

prove() { # it listens; whether it answers is asked for a moment, for an application may still be starting
    if [ "$BACKEND_HERE" = no ]; then return; fi
    after=
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        after=$(backend_handshake)
        case $after in 000 | silent | 5*) sleep 0.5 2>/dev/null || sleep 1 ;; *) break ;; esac
    done
    say after "$after"
    case $after in
        101) outcome="$outcome, and a WebSocket opens at the backend" ;;
        '') outcome="$outcome, and port $BACKEND_PORT listens; there is no curl to ask for a WebSocket with" ;;
        401 | 403) outcome="$outcome; it answers $after: it asks for a token" ;;
        *)
            verdict=FAIL
            outcome="$outcome, and no WebSocket opens at the backend: the answer is $after"
            ;;
    esac
}

if [ "$BACKEND_HERE" = no ]; then
    say reason "The backend runs on another host, $BACKEND_HOST: send this there."
    finish refused 3
fi
backend_facts
say check "$backend_known"
before_status=$(backend_handshake)
say before "$before_status"
if [ "$FORCE" != yes ] && backend_listens; then
    case $before_status in 101 | 401 | 403) finish 'unchanged: it runs and answers, nothing was touched' 0 ;; esac
    # what could not be asked has not failed: where it runs and listens, open connections are not ended for that
    case $before_status:$backend_state in :online | :active | :) finish 'unchanged: it runs, nothing was touched' 0 ;; esac
fi
if [ -z "$manager" ]; then
    say reason "$backend_known, so nothing was restarted. Name its process and account in the site: New-SummitSite -ProcessName NAME -BackendUser ACCOUNT."
    finish refused 3
fi
MANAGER=$manager
