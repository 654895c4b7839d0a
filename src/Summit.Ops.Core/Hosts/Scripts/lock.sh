# One at a time: a link that leads to nothing and says which process made it. It is made in one step, in a folder of this account's own.
# It needs alive and pause (service.sh) and own.sh.

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

is_mine() { # LOCK: whether it is this process's, still
    [ -n "${lock_me-}" ] && [ "$(readlink "$1" 2>/dev/null)" = "$lock_me" ]
}
give_back() { # LOCK: only what is this process's own
    if is_mine "$1"; then rm -f "$1"; fi
    lock_me=
}

# Waits for the lock, at most half a minute, and takes it; one whose holder is gone is taken over. Sets lock_owner
# where it returns 1: who else holds it, or nothing where the lock cannot be made.
take_lock() { # LOCK
    lock_me="$$ $(started_at $$)"
    waited=0
    vacant=0
    while :; do
        # what has just been made may be out of its place for a moment, in the hands of one who takes over another's
        link_at "$lock_me" "$1" 2>/dev/null || :
        is_mine "$1" && return 0
        # the last holder may have taken the empty folder around it away
        own_folder "${1%/*}" || :
        lock_owner=$(readlink "$1" 2>/dev/null)
        waited=$((waited + 1))
        [ "$waited" -le 300 ] || break
        # nobody's for three seconds, and not to be made all the same: a full disk, or something else has its name
        if [ -n "$lock_owner" ]; then vacant=0; else vacant=$((vacant + 1)); fi
        [ "$vacant" -le 30 ] || break
        if [ -n "$lock_owner" ] && ! holds "$lock_owner"; then
            # whoever moves it away first may take it; a lock that somebody else has taken meanwhile is given back
            if [ "$(readlink "$1" 2>/dev/null)" = "$lock_owner" ] && put_at "$1" "$1.$$" 2>/dev/null; then
                lock_moved=$(readlink "$1.$$" 2>/dev/null)
                [ "$lock_moved" = "$lock_owner" ] || [ -z "$lock_moved" ] || link_at "$lock_moved" "$1" 2>/dev/null
                rm -f "$1.$$"
            fi
            continue
        fi
        pause
    done
    lock_me=
    return 1
}
