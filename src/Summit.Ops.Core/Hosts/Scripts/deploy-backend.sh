# Deploys the site's backend: its own command, a reload in its manager, proof; or the command that undoes it, a reload, and proof again.
# In: the backend's variables, BACKEND_URL SERVER_NAME, WORK_DIR (where the commands run; empty for the account's home), DEPLOY_COMMAND and
#     ROLLBACK_COMMAND (sh, empty for none), WAIT (seconds until it serves), COMMAND_TIME (seconds for a command)
# Out: lines  @key base64  and a last line  @done STATUS   (deployed, refused, rolled-back, failed)

refuse() { # REASON, before anything was done
    say reason "$1"
    finish refused 3
}

backend_manager
[ -z "$backend_missing" ] || refuse "$backend_missing"

backend_lock || refuse "$why"
journal=$state/$state_name.deploying
output=$state/$state_name.output
handshake_file=$state/$state_name.handshake
clean_up() {
    if is_mine "$lock"; then rm -f "$output" "$handshake_file" "$journal"; fi
    backend_unlock
}
trap clean_up EXIT

# a signal ends the command that runs, and what was begun is undone: the steps look at it between them
stopped='' command_process='' command_tree=
stop() {
    stopped=yes
    if [ -n "$command_process" ]; then end_tree TERM; fi
}
trap stop HUP INT TERM

# What was started for a command: its children, theirs, and whoever is of a group of theirs; runuser and sudo pass a signal on to the first alone.
# A parent is told before its child: a shell whose child died a moment before itself would go on to its next line.
end_tree() { # SIGNAL; sets command_tree: those that are left, in one line
    command_tree=$(cat /proc/[0-9]*/stat 2>/dev/null | awk -v roots="$command_process $command_tree" '
        function add(id) { if (!(id in inside)) { inside[id] = 1; order[++known] = id; more = 1 } }
        { id = $1; sub(/^.*\) /, ""); state[id] = $1; parent[id] = $2; group[id] = $3 }
        END {
            count = split(roots, root, " ")
            for (i = 1; i <= count; i++) add(root[i])
            do {
                more = 0
                for (id in parent) if (parent[id] in inside) add(id)
                if (!more) for (id in parent) if ((group[id] in inside) && !(group[parent[id]] in inside)) add(id)
            } while (more)
            for (i = 1; i <= known; i++) if ((order[i] in state) && state[order[i]] != "Z") printf "%s ", order[i]
        }')
    # shellcheck disable=SC2016,SC2086 # another shell's own; the processes
    [ -z "$command_tree" ] || backend_run sh -c 'kill -s "$@"' kill "$1" $command_tree 2>/dev/null || :
}

# a run that was killed left this behind: the command begins afresh, which is what brings the backend up to date
if [ -f "$journal" ]; then say recovered "$(cat "$journal")"; fi
{ echo "begun by process $$" >"$journal"; } 2>/dev/null || { own_folder "$state" && echo "begun by process $$" >"$journal"; } || refuse "$journal could not be written: $(df -P "$state" | tail -n 1)"

# The site's own command: as the account that runs the backend, where it runs; standard input is empty. A command that does not end is ended.
run_command() { # KEY COMMAND; sets command_code; its last words are said as KEY
    # an agent that runs as root may have no HOME
    account_home=${HOME:-$(getent passwd "$me_name" 2>/dev/null | cut -d: -f6)}
    [ -z "$backend_account" ] || account_home=$(getent passwd "$backend_account" 2>/dev/null | cut -d: -f6)
    (
        trap - HUP INT TERM
        umask 022
        # it is the account that enters its folder, and the account that its command finds there
        # shellcheck disable=SC2016 # its own arguments
        set -- env HOME="${account_home:-/}" PATH="${pm2_path:-$PATH}" ${pm2_home:+PM2_HOME="$pm2_home"} \
            sh -c 'cd "$1" || exit 126; exec sh -c "$2"' sh "${WORK_DIR:-${account_home:-/}}" "$2"
        ! have timeout || set -- timeout -k 10 "$COMMAND_TIME" "$@"
        run_time=$((COMMAND_TIME + 20))
        backend_run "$@"
    ) >"$output" 2>&1 </dev/null &
    command_process=$!
    # a signal that came before the number of the process was known
    [ -z "$stopped" ] || end_tree TERM
    while :; do
        wait "$command_process"
        command_code=$?
        # a signal ends the wait, not the command
        alive "$command_process" || break
    done
    # nothing of what was told to end may still work while it is undone
    if [ -n "$command_tree" ]; then
        tries=0
        while [ -n "$command_tree" ] && [ "$tries" -lt 150 ]; do
            tries=$((tries + 1))
            pause
            if [ "$tries" -lt 100 ]; then end_tree 0; else end_tree KILL; fi
        done
    fi
    command_process='' command_tree=
    say "$1" "$(tail -c 8000 "$output")"
    if [ "$command_code" = 124 ] && have timeout; then why="did not end within $COMMAND_TIME s and was ended"; else why="ended with exit code $command_code"; fi
}

# Whether what was never told to change still serves: a busy host may be slow to answer, and a process that works is not restarted for that.
still_serves() {
    until_when=$(($(date +%s) + WAIT))
    while backend_listens; do
        if answers; then return 0; fi
        [ "$(date +%s)" -lt "$until_when" ] || break
        pause
    done
    return 1
}

told=no
undo() { # REASON
    trap '' HUP INT TERM
    stopped=
    say reason "$1"
    if [ -z "$ROLLBACK_COMMAND" ]; then
        say undone none
        finish failed 4
    fi
    echo "roll-back begun by process $$" >"$journal"
    run_command rollback "$ROLLBACK_COMMAND"
    if [ "$command_code" != 0 ]; then
        say undone no
        say why "the roll-back command $why"
        finish failed 4
    fi
    if [ "$told" = yes ] || ! still_serves; then
        if ! backend_tell reload; then
            say undone no
            say why "$backend_output"
            finish failed 4
        fi
        if ! serves; then
            say undone no
            say why "$why"
            finish failed 4
        fi
    fi
    say undone yes
    finish rolled-back 4
}

if [ -n "$DEPLOY_COMMAND" ]; then
    run_command deploy "$DEPLOY_COMMAND"
    [ -z "$stopped" ] || undo "The deployment was stopped by a signal."
    [ "$command_code" = 0 ] || undo "The deploy command $why."
fi
told=yes
backend_tell reload || undo "$PROCESS_NAME could not be reloaded: $backend_output"
say output "$backend_output"
if ! serves; then
    [ -z "$stopped" ] || undo "The deployment was stopped by a signal."
    undo "$PROCESS_NAME was reloaded, and $why."
fi
trap '' HUP INT TERM
say answered "$seen"
finish deployed 0
