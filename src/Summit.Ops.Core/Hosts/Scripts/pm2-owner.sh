# Whose pm2 has the site's process, where nobody named its account: an account is found by its daemon, by its dump, and by who listens on the port.
# In: BACKEND_USER PM2_DIR PROCESS_NAME BACKEND_PORT. Sets, once: found_user found_home, the one account whose pm2 it is; found_others, the accounts
# that may be meant where that is not decided; found_alive, whether the one that is found runs

# The account that listens on the backend's port, as a number; the kernel tells it to everybody. Any account may listen on one of the many other
# addresses of the loopback: those that a client of it dials come first, and two accounts are none.
port_owner() {
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v p=":$(printf '%04X' "$BACKEND_PORT")" '
        $4 == "0A" && substr($2, length($2) - 4) == p {
            at = substr($2, 1, length($2) - 5)
            near = at ~ /^(0100007F|0+|0+01000000|0+FFFF00000100007F)$/
            if (!near && at ~ /7F$/) next
            if (!((near, $8) in had)) { had[near, $8] = 1; count[near]++; owner[near] = $8 }
        }
        END { if (count[1] == 1) print owner[1]; else if (!count[1] && count[0] == 1) print owner[0] }'
}

# Each living daemon as UID HOME. The title is the daemon's own word: whether the folder is its account's is looked at afterwards.
pm2_living() {
    limited 10 grep -l -a '^PM2 v[0-9.]*: God Daemon (/' /proc/[0-9]*/cmdline 2>/dev/null | while IFS= read -r pm2_title; do
        pm2_pid=${pm2_title#/proc/}
        account_of "${pm2_pid%/cmdline}"
        tr '\0' '\n' <"$pm2_title" 2>/dev/null | sed -n "1s/^PM2 v[0-9.]*: God Daemon (\\(\\/.*\\))[[:space:]]*\$/${account:-x} \\1/p"
    done
}
# Each account's own folder of pm2, as UID HOME
pm2_folders() {
    # shellcheck disable=SC2016 # for the shell that reads it
    pm2_look='getent passwd | while IFS=: read -r _ _ uid _ _ home _; do [ ! -d "$home/.pm2" ] || printf "%s %s/.pm2\n" "$uid" "$home"; done'
    # shellcheck disable=SC2086 # empty, or two words
    $as_root sh -c "$pm2_look" 2>/dev/null
    # a home may be closed to this account; the unit that starts its pm2 may be seen by everybody
    for pm2_file in "$pm2_units"/pm2-*.service; do
        [ -f "$pm2_file" ] || continue
        pm2_file=${pm2_file##*/pm2-}
        getent passwd "${pm2_file%.service}" 2>/dev/null | while IFS=: read -r _ _ uid _ _ home _; do printf '%s %s/.pm2\n' "$uid" "$home"; done
    done
}
pm2_units=/etc/systemd/system
pm2_has_dump_of() { pm2_may test -f "$1/dump.pm2" && backend_run grep -q -F "\"name\": \"$PROCESS_NAME\"" "$1/dump.pm2" 2>/dev/null; } # HOME

pm2_find() {
    [ -z "${found_looked:-}" ] || return 0
    found_looked=yes found_user='' found_home='' found_others='' found_alive=no
    [ -z "$BACKEND_USER$PM2_DIR${PM2_HOME:-}" ] || return 0
    pm2_port=$(port_owner)
    pm2_alive=$(pm2_living)
    pm2_own=${HOME:-$(getent passwd "$me_name" 2>/dev/null | cut -d: -f6)}/.pm2
    pm2_all=$(printf '%s\n%s\n' "$pm2_alive" "$(pm2_folders)" | grep '^[0-9]* /' | sort -u | awk 'seen[$1]++ < 2' | head -n 12)
    [ -n "$pm2_all" ] || return 0
    found_time=${run_time:-} run_time=2
    # who knows the name and listens comes first, then who has it in the dump of a pm2 that runs or that a unit starts, then who listens with a
    # pm2 that does not know the name: a stranger may have taken the port. Then any other dump, who runs, who has written a log of that name.
    pm2_best=0 pm2_ties=0
    while read -r pm2_uid pm2_dir; do
        # another daemon of this account's own is somebody's trial: only the one in its home is meant where none is named
        if [ "$pm2_uid" = "$me" ] && [ "$pm2_dir" != "$pm2_own" ]; then continue; fi
        pm2_score=0 pm2_port_score=16 pm2_lives=no
        account_name "$pm2_uid"
        pm2_user=$account
        if [ "$me" = 0 ] || [ -n "$as_root" ]; then
            # it must lie where only root and its account can put another in its place
            pm2_owners_of "$pm2_dir"
            pm2_only_of "$pm2_uid" || continue
            backend_account=${pm2_user:-$pm2_uid}
            [ "$pm2_uid" != "$me" ] || backend_account=
            if pm2_has_dump_of "$pm2_dir" </dev/null; then
                pm2_score=8
            elif backend_run test -e "$pm2_dir/logs/$PROCESS_NAME-out.log" 2>/dev/null </dev/null; then
                pm2_score=2
            fi
            # a folder that one sudo pm2 has left has no unit
            if [ "$pm2_score" != 0 ] && [ -f "$pm2_units/pm2-$pm2_user.service" ]; then pm2_score=$((pm2_score + 2)); fi
            [ "$pm2_score" != 0 ] || pm2_port_score=5
        elif [ -f "$pm2_units/pm2-$pm2_user.service" ]; then
            pm2_score=2
        fi
        if printf '%s\n' "$pm2_alive" | grep -q -F -x "$pm2_uid $pm2_dir"; then
            pm2_lives=yes
            pm2_score=$((pm2_score + 4))
            if [ "$pm2_uid" = "$pm2_port" ]; then pm2_score=$((pm2_score + pm2_port_score)); fi
        fi
        [ "$pm2_score" -gt 0 ] || continue
        case " $found_others " in *" ${pm2_user:-$pm2_uid} "*) ;; *) found_others="$found_others${found_others:+ }${pm2_user:-$pm2_uid}" ;; esac
        if [ "$pm2_score" -gt "$pm2_best" ]; then
            pm2_best=$pm2_score pm2_ties=1 found_user=${pm2_user:-$pm2_uid} found_home=$pm2_dir found_alive=$pm2_lives
        elif [ "$pm2_score" = "$pm2_best" ]; then
            pm2_ties=$((pm2_ties + 1))
        fi
    done <<PM2_ALL
$pm2_all
PM2_ALL
    backend_account='' run_time=$found_time
    if [ "$pm2_ties" = 1 ]; then found_others=; else found_user='' found_home='' found_alive=no; fi
}

# Sets pm2_over: the account whose pm2 has started a process, or whose it is; nothing where no pm2 has. And pm2_at, that pm2's daemon
pm2_above() { # PID
    pm2_over='' pm2_at=$1
    while [ "${pm2_at:-1}" -gt 1 ] 2>/dev/null; do
        { read -r pm2_title <"/proc/$pm2_at/comm" && read -r pm2_line <"/proc/$pm2_at/stat"; } 2>/dev/null || return 0
        case $pm2_title in 'PM2 v'*)
            account_of "$pm2_at"
            account_name "$account"
            pm2_over=$account
            return
            ;;
        esac
        # the name stands in brackets, and may hold anything; the state and the parent come behind it
        pm2_line=${pm2_line##*) ? }
        pm2_at=${pm2_line%% *}
    done
}

# The unit that starts the account's pm2, as `pm2 startup` makes it: sets pm2_unit, empty where there is none; pm2_boot, what systemd says of it
pm2_startup_unit() {
    pm2_unit='' pm2_boot=
    units_here || return 0
    # who may not become the account that was found is told of its unit all the same
    pm2_unit=pm2-${backend_account:-${found_user:-$me_name}}.service
    pm2_boot=$(systemctl show -p LoadState,UnitFileState "$pm2_unit" 2>/dev/null)
    case $pm2_boot in LoadState=loaded*) ;; *) pm2_unit='' ;; esac
    pm2_boot=${pm2_boot#*UnitFileState=}
}
