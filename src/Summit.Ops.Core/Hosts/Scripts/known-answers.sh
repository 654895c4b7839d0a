# What nginx answers at the addresses that it is known to answer at: asked before a change and after it, so that what stops working is seen.
# In: KNOWN, one line an address: scheme, host, port, the address to connect to, path
known_answers() { # prints one status a line, in that order; nothing without curl
    have curl || return 0
    printf '%s\n' "$KNOWN" | while IFS=' ' read -r known_scheme known_host known_port known_at known_path; do
        [ -n "$known_path" ] || continue
        # HEAD changes nothing, and is answered by the same location
        (from_nginx curl -skI -g --http1.1 -o /dev/null -w '%{http_code}\n' --connect-timeout 2 --max-time 4 --noproxy '*' \
            --connect-to "$known_host:$known_port:$known_at:$known_port" "$known_scheme://$known_host:$known_port$known_path" 2>/dev/null </dev/null) || :
    done
}
# Sets lost_answer to the first address that was answered before and is not now.
compare_answers() { # BEFORE AFTER
    lost_answer=
    known_row=0
    while IFS=' ' read -r known_scheme known_host known_port _ known_path; do
        [ -n "$known_path" ] || continue
        known_row=$((known_row + 1))
        known_was=$(printf '%s\n' "$1" | sed -n "${known_row}p")
        known_is=$(printf '%s\n' "$2" | sed -n "${known_row}p")
        case $known_was in [1-4]??) ;; *) continue ;; esac
        [ "$known_was" != 404 ] && [ "$known_was" != "$known_is" ] || continue
        case $known_is in
            000 | 404 | 5??)
                lost_answer="$known_scheme://$known_host:$known_port$known_path answered $known_was before the change and $known_is after it."
                return 0
                ;;
        esac
    done <<END_OF_KNOWN
$KNOWN
END_OF_KNOWN
}
