# nginx as a running service: its master, its workers, a reload that is proven, an error log that is watched.
# whether a process lives: one that has ended and was not waited for still takes signals
alive() { # PID; sets stat_line, empty where there is no /proc
    stat_line=
    # another account's process takes no signal from here, and lives
    kill -0 "$1" 2>/dev/null || [ -e "/proc/$1" ] || return 1
    [ -r "/proc/$1/stat" ] || return 0
    read -r stat_line <"/proc/$1/stat" 2>/dev/null || return 1
    case ${stat_line##*)} in ' Z '*) return 1 ;; esac
}

# the master's process id, or nothing: what the pid file names, else the one that holds the site's port, else what its unit knows
nginx_master() {
    is_master "$(head -c 20 "$pid_file" 2>/dev/null)" || is_master "${found_master:-}" || is_master "$(nginx_of_unit)"
}
is_master() { # PID: prints it where it is that of a living nginx
    case $1 in '' | 0 | *[!0-9]*) return 1 ;; esac
    alive "$1" || return 1
    case ${stat_line:-'(nginx)'} in *'(nginx)'*) ;; *) return 1 ;; esac
    echo "$1"
}

nginx_of_unit() { # the main process of nginx.service, where the site's nginx is the one of that name
    [ "$NGINX_COMMAND:$NGINX_PREFIX$NGINX_CONF" = "'nginx':" ] && [ -z "${container_root:-}" ] && [ -d /run/systemd/system ] && have systemctl || return 0
    limited 10 systemctl show -p MainPID nginx.service 2>/dev/null | sed 's/^MainPID=//'
}

# the processes of a master's workers, those that are shutting down left out, in one line
nginx_workers() { # MASTER
    if [ -r "/proc/$1/task/$1/children" ]; then
        # shellcheck disable=SC2013 # it is one line of words
        for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
            case $(tr '\0' ' ' <"/proc/$child/cmdline" 2>/dev/null) in *'shutting down'*) ;; 'nginx: worker process'*) printf '%s ' "$child" ;; esac
        done
    else
        ps -axo pid=,ppid=,args= 2>/dev/null | awk -v m="$1" '$2 == m && /nginx: worker process/ && !/shutting down/ { printf "%s ", $1 }'
    fi
}

log_size() { [ -n "$error_log" ] && [ -f "$error_log" ] && [ -r "$error_log" ] && limited 10 wc -c <"$error_log" || echo 0; }
log_since() { # SIZE: the complaints written since
    [ -n "$error_log" ] && [ -f "$error_log" ] && [ -r "$error_log" ] || return 0
    limited 10 tail -c "+$(($1 + 1))" "$error_log" 2>/dev/null | head -c 10000000 | grep '\[emerg\]' | tail -n 5
}

nginx_test() {
    note_pid
    test_output=$(nginx_cmd -t 2>&1)
    test_code=$?
    forget_empty_pid
    return "$test_code"
}

# the first complaint in what nginx -t said, without its time stamp
complaint() { printf '%s\n' "$1" | sed -n 's/^.*\[emerg\] \([0-9]*#[0-9]*: \)\{0,1\}//p' | head -n 1; }

pause() { sleep 0.1 2>/dev/null || sleep 1; }

# In a container its processes are not seen from here: it may run all the same, and then it takes the signal.
# A process that is there and is no nginx has the number of one that is gone: it must get no signal. One that has ended and that
# nobody has waited for takes signals and does nothing.
reload_unseen() {
    stale=$(cat "$pid_file" 2>/dev/null)
    case $stale in *[!0-9]*) return 1 ;; esac
    if [ -n "$stale" ] && { kill -0 "$stale" 2>/dev/null || [ -e "/proc/$stale" ]; }; then return 1; fi
    nginx_cmd -s reload >/dev/null 2>&1
}

# whether the pid file can be written where its folder is seen from here: on a full disk nginx leaves it empty and runs on
pid_file_fits() {
    pid_folder=${pid_file%/*}
    [ -d "$pid_folder" ] && [ -w "$pid_folder" ] || return 0
    # a name that nobody could have laid a link at
    pid_trial=$(mktemp "$pid_file.XXXXXXXXXX" 2>/dev/null) || return 1
    { printf '%s\n' "$$" >"$pid_trial"; } 2>/dev/null
    fits=$?
    rm -f "$pid_trial"
    return "$fits"
}

# Tells nginx to take the configuration, and waits until workers of its own making serve and the old ones take no more.
# Where nginx does not run it is started.
# An exit code of 0 proves nothing: a reload that fails is only seen in the error log, and the old workers stay.
# In: handshake_file, a file that it may write. Sets: reload_output proven; returns 0 where new workers run and nothing was logged
nginx_reload() {
    reload_output=
    size=$(log_size)
    proven=yes
    if ! old_master=$(nginx_master); then
        if reload_unseen; then
            proven=no
            reload_output='nginx took the signal; its processes are not visible from here.'
            pause
            return 0
        fi
        if ! pid_file_fits; then
            reload_output="nginx was not started: there is no room for its process id in $pid_file, and without it nobody could reload or stop it."
            return 1
        fi
        # nginx may keep the standard error that it is started with: a pipe would never end
        start_words=$handshake_file
        : 2>/dev/null >"$start_words" || start_words=/dev/null
        nginx_start >"$start_words" 2>&1
        start_code=$?
        reload_output=$(cat "$start_words")
        rm -f "$handshake_file"
        [ "$start_code" = 0 ] || return 1
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
            if started=$(nginx_master) && [ -n "$(nginx_workers "$started")" ]; then return 0; fi
            pause
        done
        reload_output="$reload_output nginx did not come up. $(log_since "$size")"
        return 1
    fi
    before=$(nginx_workers "$old_master")
    # one whose pid file was deleted gets it back, so that systemd too can reload it; never over what lies there
    [ -e "$pid_file" ] || (set -C && umask 022 && printf '%s\n' "$old_master" >"$pid_file") 2>/dev/null
    if is_master "$(head -c 20 "$pid_file" 2>/dev/null)" >/dev/null; then
        reload_output=$(nginx_cmd -s reload 2>&1) || return 1
    else
        kill -HUP "$old_master" 2>/dev/null || { reload_output="$pid_file names no nginx, and nginx (process $old_master) took no signal."; return 1; }
    fi
    reload_output=$(printf '%s\n' "$reload_output" | grep -v 'signal process started')
    tries=0
    while [ "$tries" -lt 100 ]; do
        complaints=$(log_since "$size")
        # a port that is taken is tried again, five times: it has failed when nginx says that it still could not
        if printf '%s\n' "$complaints" | grep -v ' bind() to ' | grep -q .; then
            reload_output="$reload_output $(printf '%s\n' "$complaints" | sed 's/^.*\[emerg\] [0-9]*#[0-9]*:/[emerg]/' | awk '!seen[$0]++')"
            return 1
        fi
        new_master=$(nginx_master) || { reload_output="$reload_output nginx ended during the reload."; return 1; }
        now=$(nginx_workers "$new_master")
        left=no
        for worker in $before; do case " $now " in *" $worker "*) left=yes ;; esac; done
        if [ "$left" = no ] && [ -n "$now" ]; then return 0; fi
        tries=$((tries + 1))
        pause
    done
    reload_output="$reload_output nginx took the signal, and after 10 s its old workers still serve."
    return 1
}

only_word() { [ "$#" != 1 ] || command -v "$1"; } # a command with words behind it is run elsewhere
# The systemd unit that runs this nginx: its master's own, else the one whose command line has this program, prefix and main file.
nginx_unit() {
    [ -d /run/systemd/system ] && have systemctl || return 0
    if unit_master=$(nginx_master); then
        unit_of "$unit_master"
        return
    fi
    unit_program=$(eval "only_word $NGINX_COMMAND")
    [ -n "$unit_program" ] || return 0
    for unit_name in nginx.service openresty.service $(systemctl list-unit-files --type=service --no-legend 2>/dev/null | awk 'tolower($1) ~ /nginx|openresty|tengine|angie/ { print $1 }'); do
        case $unit_name in *@.service) continue ;; esac
        unit_start=$(systemctl show -p ExecStart "$unit_name" 2>/dev/null)
        unit_path=${unit_start#*path=}
        unit_path=${unit_path%% ;*}
        unit_words=${unit_start#*argv\[\]=}
        unit_words=${unit_words%% ; ignore_errors*}
        [ "$(readlink -f "$unit_path" 2>/dev/null)" = "$(readlink -f "$unit_program")" ] || continue
        unit_prefix=$(title_option p "$unit_words")
        [ "${unit_prefix%/}" = "${NGINX_PREFIX%/}" ] && [ "$(title_option c "$unit_words")" = "$NGINX_CONF" ] || continue
        printf '%s\n' "$unit_name"
        return
    done
}

# Through the unit that owns it, never beside it. In: started_unit, what it was before it was stopped
nginx_start() {
    start_unit=${started_unit:-$(nginx_unit)}
    if [ -z "$start_unit" ]; then
        nginx_cmd
        return
    fi
    systemctl start "$start_unit" || return 1
    case $(systemctl is-enabled "$start_unit" 2>/dev/null) in disabled) echo "$start_unit is not enabled, so nginx does not start with the host: sudo systemctl enable $start_unit" ;; esac
}
nginx_stop() {
    started_unit=$(nginx_unit)
    if [ -n "$started_unit" ]; then systemctl stop "$started_unit"; else nginx_cmd -s quit || kill -QUIT "$(nginx_master)"; fi
}

# One WebSocket handshake, with curl: prints the status; 000 where no connection came about; "silent" where nothing was answered in 3 s.
# In: handshake_file, a file that it may write
shake() { # URL OPTION…
    rm -f "$handshake_file"
    [ -z "$SUB_PROTOCOL" ] || set -- "$@" -H "Sec-WebSocket-Protocol: $SUB_PROTOCOL"
    # curl stays connected after a 101: it is ended as soon as it has written the answer's first line
    from_nginx curl -sk --http1.1 -N -o /dev/null -D "$handshake_file" --max-time 3 --noproxy '*' \
        -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: c3VtbWl0LW9wcy1wcm9iZQ==' \
        "$@" >/dev/null 2>&1 &
    asking=$!
    while kill -0 "$asking" 2>/dev/null && [ ! -s "$handshake_file" ]; do sleep 0.02 2>/dev/null || sleep 1; done
    kill "$asking" 2>/dev/null
    wait "$asking" 2>/dev/null
    ended=$?
    status=$(sed -n '1s/^HTTP\/[0-9.]* \([0-9]*\).*/\1/p;1q' "$handshake_file" 2>/dev/null)
    rm -f "$handshake_file"
    # curl: 6 no such name, 7 not connected, 35 no TLS; anything else is a server that took the connection and said nothing
    case $ended in 6 | 7 | 35) echo "${status:-000}" ;; *) echo "${status:-silent}" ;; esac
}

# The handshake at nginx on the loopback, or at nginx_at, an address of its own; nothing where there is no client to ask with.
handshake() {
    if have curl; then
        shake --connect-to "$SERVER_NAME:$PORT:${nginx_at:-127.0.0.1}:$PORT" "https://$SERVER_NAME:$PORT$WEBSOCKET_PATH$WEBSOCKET_QUERY"
    elif have openssl; then
        status=$({
            protocol_line=
            [ -z "$SUB_PROTOCOL" ] || protocol_line=$(printf 'Sec-WebSocket-Protocol: %s\r\n.' "$SUB_PROTOCOL")
            protocol_line=${protocol_line%.}
            printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c3VtbWl0LW9wcy1wcm9iZQ==\r\n%s\r\n' "$WEBSOCKET_PATH$WEBSOCKET_QUERY" "$SERVER_NAME" "$protocol_line"
            sleep 1
        } | limited 5 openssl s_client -quiet -connect "${nginx_at:-127.0.0.1}:$PORT" -servername "$SERVER_NAME" 2>/dev/null | sed -n '1s/^HTTP\/[0-9.]* \([0-9]*\).*/\1/p;1q')
        echo "${status:-silent}"
    fi
}

# In: BACKEND_SOCKET, where nginx passes to a UNIX socket and not to the port
backend_listens() {
    if [ -n "${BACKEND_SOCKET:-}" ]; then
        grep -q " 00010000 .* $BACKEND_SOCKET\$" /proc/net/unix
        return
    fi
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v p=":$(printf '%04X' "$BACKEND_PORT")" '$4 == "0A" && substr($2, length($2) - 4) == p { found = 1 } END { exit !found }'
}
