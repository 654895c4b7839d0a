# One at a time: a link that leads to nothing and says which process made it. It is made in one step. It needs alive and pause (service.sh).

started_at() { # PID: when it started, so that a number that is used again is told from the one before
    if alive "$1" && [ -n "$stat_line" ]; then
        # shellcheck disable=SC2086 # the fields
        set -- ${stat_line##*)}
        shift 19
        echo "$1"
    fi
}
holds() { # OWNER: whether the process that made the lock lives
    alive "${1%% *}" && [ "$(started_at "${1%% *}")" = "${1#* }" ]
}

# Waits for the lock, at most half a minute, and takes it; one whose holder is gone is taken over. Sets lock_owner where it returns 1: somebody else holds it.
take_lock() { # LOCK
    waited=0
    until ln -s "$$ $(started_at $$)" "$1" 2>/dev/null; do
        # the last holder may have taken the empty folder around it away
        [ -d "${1%/*}" ] || mkdir -p "${1%/*}" 2>/dev/null
        lock_owner=$(readlink "$1" 2>/dev/null)
        waited=$((waited + 1))
        [ "$waited" -le 300 ] || return 1
        if [ -n "$lock_owner" ] && ! holds "$lock_owner"; then
            # whoever moves it away first may take it; a lock that somebody else has taken meanwhile is given back
            if mv "$1" "$1.$$" 2>/dev/null; then
                lock_moved=$(readlink "$1.$$" 2>/dev/null)
                [ "$lock_moved" = "$lock_owner" ] || [ -z "$lock_moved" ] || ln -s "$lock_moved" "$1" 2>/dev/null
                rm -f "$1.$$"
            fi
            continue
        fi
        pause
    done
}
