# The answer of a script, for a person who reads it in a console: the outcome in the first line, then what there is to say of it.
# In: TASK, what the first line calls it
words=

say() { # KEY VALUE
    [ -n "$2" ] || return 0
    case $1 in
        before) label='WebSocket, before' ;;
        after) label='WebSocket, after' ;;
        reason) label='why' ;;
        test) label='nginx -t' ;;
        reloaded | output) label='it said' ;;
        previous) label='SHA-256, before' ;;
        sha) label='SHA-256, now' ;;
        undone) label='put back' ;;
        validated) label='tested apart' ;;
        proven) label='reload proven' ;;
        *) label=$1 ;;
    esac
    words="$words$(printf '%-18s %s' "$label" "$2" | plain | sed '2,$s/^/                   /')
"
}

prove() { :; } # a script that can prove what it did sets verdict and outcome here
finish() { # STATUS EXITCODE
    outcome=$1 code=$2 verdict=FAIL
    if [ "$code" = 0 ]; then
        verdict=OK
        prove
        case $verdict in OK) ;; UNKNOWN) code=2 ;; *) code=1 ;; esac
    fi
    printf 'SUMMIT %s %s: %s\n%s' "$TASK" "$verdict" "$outcome" "$words"
    exit "$code"
}
