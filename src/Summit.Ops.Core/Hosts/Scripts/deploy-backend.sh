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

# --- one at a time. pm2's own folder is there for every account that may tell this daemon anything; a unit has none
state=/var/tmp/summit-ops-$(id -u)
if [ "$MANAGER" = Pm2 ] && [ -w "$pm2_home" ]; then state=$pm2_home/.summit-ops; fi
if ! mkdir -p "$state" 2>/dev/null || [ -L "$state" ] || [ ! -w "$state" ]; then refuse "$state could not be made: $(df -P "${state%/*}" | tail -n 1)"; fi
case $state in /var/tmp/*) if [ ! -O "$state" ] || ! chmod 700 "$state"; then refuse "$state is another account's."; fi ;; esac
lock=$state/$PROCESS_NAME.lock
journal=$state/$PROCESS_NAME.deploying
output=$state/$PROCESS_NAME.output
handshake_file=$state/$PROCESS_NAME.handshake
take_lock "$lock" || refuse "Another deployment of $PROCESS_NAME is under way (process ${lock_owner%% *}, by the lock $lock)."
clean_up() {
    if is_mine "$lock"; then rm -f "$output" "$handshake_file" "$journal"; fi
    give_back "$lock"
    rmdir "$state" 2>/dev/null || :
}
trap clean_up EXIT

# a signal ends the command that runs, and what was begun is undone: the steps look at it between them
stopped=
command_process=
stop() {
    stopped=yes
    [ -z "$command_process" ] || kill -TERM "$command_process" 2>/dev/null
}
trap stop HUP INT TERM

# a run that was killed left this behind: the command begins afresh, which is what brings the backend up to date
if [ -f "$journal" ]; then say recovered "$(cat "$journal")"; fi
echo "begun by process $$" >"$journal" || refuse "$journal could not be written: $(df -P "$state" | tail -n 1)"

# The site's own command: as the account that runs the backend, where it runs; standard input is empty. A command that does not end is ended.
run_command() { # KEY COMMAND; sets command_code; its last words are said as KEY
    account_home=$HOME
    [ -z "$BACKEND_USER" ] || account_home=$(getent passwd "$BACKEND_USER" 2>/dev/null | cut -d: -f6)
    command_path=$PATH
    ! have "${pm2_command:-pm2}" || command_path=$(dirname "$(command -v "${pm2_command:-pm2}")"):$PATH
    (
        trap - HUP INT TERM
        umask 022
        cd "${WORK_DIR:-${account_home:-/}}" || exit 126
        set -- env HOME="${account_home:-/}" PATH="$command_path" ${pm2_home:+PM2_HOME="$pm2_home"} sh -c "$2"
        if ! have timeout; then
            backend_run "$@"
        elif [ -z "$BACKEND_USER" ] || [ "$(id -un)" = "$BACKEND_USER" ]; then
            # the whole group of it ends with it
            exec timeout -k 10 "$COMMAND_TIME" "$@"
        else
            backend_run timeout -k 10 "$COMMAND_TIME" "$@"
        fi
    ) >"$output" 2>&1 </dev/null &
    command_process=$!
    while :; do
        wait "$command_process"
        command_code=$?
        # a signal ends the wait, not the command
        alive "$command_process" || break
    done
    command_process=
    say "$1" "$(tail -c 8000 "$output")"
    if [ "$command_code" = 124 ] && have timeout; then why="did not end within $COMMAND_TIME s and was ended"; else why="ended with exit code $command_code"; fi
}

answers() { # whether it listens and answers an upgrade now; a refusal for want of a token is the application's own, and an answer
    seen='nothing listens'
    backend_listens || return 1
    have curl || return 0
    seen=$(shake -g --path-as-is -H "Host: $SERVER_NAME" "$BACKEND_URL")
    case $seen in 101 | 401 | 403) return 0 ;; esac
    return 1
}
serves() { # waits until it does, and goes on doing so: what is started again and again answers now and then as well
    until_when=$(($(date +%s) + WAIT))
    while :; do
        if answers; then
            processes=$(backend_processes)
            sleep 2
            if answers && [ "$(backend_processes)" = "$processes" ]; then return 0; fi
            [ "$(backend_processes)" = "$processes" ] || seen='it ends and is started again'
        fi
        if [ -n "$stopped" ] || [ "$(date +%s)" -ge "$until_when" ]; then break; fi
        pause
    done
    case $seen in
        'nothing listens') why="after $WAIT s nothing listens on port $BACKEND_PORT" ;;
        'it ends'*) why="it ends and is started again" ;;
        000) why="after $WAIT s port $BACKEND_PORT refuses the connection" ;;
        silent) why="after $WAIT s it takes the connection and answers nothing" ;;
        *) why="after $WAIT s it answers the upgrade with $seen" ;;
    esac
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
    # what still serves was never told to change
    if [ "$told" = yes ] || ! answers; then
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
