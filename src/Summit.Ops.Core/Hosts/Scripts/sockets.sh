# Which process listens where, as far as this account may know: the lines of ss, and for each process the ones above it.
# Sections: sockets (STATE QUEUE QUEUE LOCAL PEER PROCESSES) and sockets.tree (PID PARENT UNIT). Changes nothing.
sockets() { # FOLDER
    have ss || return 0
    # shellcheck disable=SC2086 # empty, or two words
    $as_root ss -tlnpH 2>/dev/null | head -n 300 >"$1/sockets"
    put sockets 0 "$1/sockets"
    # only what the shell itself can do: a host may have hundreds of processes that listen
    grep -o 'pid=[0-9]*' "$1/sockets" | sort -u | head -n 100 | while IFS='=' read -r _ socket_pid; do
        for _ in 1 2 3 4 5 6; do
            [ "${socket_pid:-0}" -gt 1 ] || break
            { read -r socket_line <"/proc/$socket_pid/stat"; } 2>/dev/null || break
            # the name stands in brackets, and may hold anything; the state and the parent come behind it
            socket_line=${socket_line##*) }
            socket_line=${socket_line#? }
            unit_of_process "$socket_pid"
            printf '%s %s %s\n' "$socket_pid" "${socket_line%% *}" "${own_unit:--}"
            socket_pid=${socket_line%% *}
        done
    done | sort -u >"$1/sockets.tree"
    put sockets.tree 0 "$1/sockets.tree"
}
