# Where this nginx has its files, and how it is asked about the disk without leaving anything behind.

# Sets: nginx_found (127 for no such command) prefix conf pid_file error_log log_default
nginx_facts() {
    facts=$(nginx_cmd -V 2>&1)
    nginx_found=$?
    prefix=${NGINX_PREFIX:-$(built prefix)}
    conf=$(under_prefix "${NGINX_CONF:-$(built conf-path)}")
    pid_file=$(sed -n 's/^[[:space:]]*pid[[:space:]]\{1,\}\([^;[:space:]]*\)[[:space:]]*;.*/\1/p' "$conf" 2>/dev/null | tail -n 1)
    [ -n "$pid_file" ] || pid_file=$(built pid-path)
    pid_file=$(under_prefix "${pid_file:-logs/nginx.pid}")
    log_default=$(built error-log-path)
    error_log=$(sed -n 's/^[[:space:]]*error_log[[:space:]]\{1,\}\([^;[:space:]]*\).*/\1/p' "$conf" 2>/dev/null | head -n 1)
    error_log=${error_log:-$log_default}
    case $error_log in '' | stderr | syslog:* | memory:*) error_log= ;; *) error_log=$(under_prefix "$error_log") ;; esac
}
built() { printf '%s\n' "$facts" | sed -n "s/.*--$1=\\([^ ]*\\).*/\\1/p" | head -n 1; }
under_prefix() { case $1 in /*) printf '%s\n' "$1" ;; *) printf '%s\n' "${prefix%/}/$1" ;; esac; }

# a test run makes an empty pid file where nginx does not run: it must not stay
note_pid() {
    had_pid=no
    [ ! -e "$pid_file" ] || had_pid=yes
}
forget_empty_pid() {
    if [ "$had_pid" = no ] && [ -f "$pid_file" ] && [ ! -s "$pid_file" ]; then rm -f "$pid_file" 2>/dev/null || $as_root rm -f "$pid_file" 2>/dev/null; fi
}

# nginx -T into FOLDER/dump and FOLDER/test, as root where it may not read otherwise. It makes the pid file and the logs that
# are missing; those that it made are taken away again.
nginx_dump() { # FOLDER
    note_pid
    : >"$1/before"
    nginx_cmd -T >"$1/dump" 2>"$1/test"
    dump_code=$?
    if [ "$dump_code" != 0 ] && [ -n "$as_root" ] && grep -q 'Permission denied' "$1/test"; then
        nginx_cmd_as_root -T >"$1/dump" 2>"$1/test"
        dump_code=$?
    fi
    forget_empty_pid
    sed -n 's/^[[:space:]]*\(access_log\|error_log\)[[:space:]]\{1,\}\([^;[:space:]]*\).*/\2/p' "$1/dump" | sort -u | while IFS= read -r made; do
        case $made in off | stderr | syslog:* | memory:* | *'$'*) continue ;; esac
        made=$(under_prefix "$made")
        if [ -f "$made" ] && [ ! -s "$made" ] && [ "$made" -nt "$1/before" ]; then rm -f "$made" 2>/dev/null || $as_root rm -f "$made" 2>/dev/null; fi
    done
    return "$dump_code"
}
