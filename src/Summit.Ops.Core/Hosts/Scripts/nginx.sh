# Where this nginx has its files, and how it is asked about the disk without leaving anything behind.

# A site that names no nginx means the one that holds its port: its program, prefix and main file come from its master process.
# In: NGINX_PORT, empty where the site names its nginx. Sets: found_master, and where that nginx is not the usual one
# NGINX_COMMAND NGINX_PREFIX NGINX_CONF found_command; found_container, what holds the port for a container, empty where the host's own nginx has it
nginx_as_found() {
    [ -n "${NGINX_PORT:-}" ] && [ -z "${nginx_looked:-}" ] || return 0
    nginx_looked=yes found_master='' found_command='' found_container=''
    [ -r /proc/net/tcp ] || return 0
    sockets=$(listening "${PORT:-$NGINX_PORT}") held='' owned='' owners=0
    for entry in /proc/[0-9]*; do
        of=${entry#/proc/}
        { read -r title <"$entry/comm"; } 2>/dev/null || continue
        case $title in
            nginx | openresty) ;;
            conmon | dockerd | docker-proxy | rootlessport | slirp4netns | pasta*)
                if has_open "$of" "$sockets"; then found_container="$title (process $of)"; fi
                continue
                ;;
            *) continue ;;
        esac
        # what another account has started is not run here, whatever it calls itself and whoever it has become
        account_of "$of"
        case $account in 0 | "$me") ;; *) continue ;; esac
        title_of "$entry"
        case $title in 'nginx: master process '*) ;; *) continue ;; esac
        # one of a container has its files elsewhere
        if [ "$($as_root stat -L -c %d:%i "$entry/root/" 2>/dev/null)" != "$(stat -L -c %d:%i / 2>/dev/null)" ]; then
            if has_open "$of" "$sockets"; then found_container="nginx (process $of)"; fi
            continue
        fi
        if has_open "$of" "$sockets"; then held=$of; fi
        if [ -n "$(unit_of "$of")" ]; then owned=$of owners=$((owners + 1)); fi
    done
    found_master=$held
    [ -z "$held" ] || found_container=
    [ -z "$found_container" ] || return 0
    # where none holds the port, the only one that a unit runs is meant
    if [ -z "$held" ] && [ "$owners" = 1 ]; then found_master=$owned; fi
    [ -n "$found_master" ] || return 0
    found_program=$($as_root readlink "/proc/$found_master/exe" 2>/dev/null) found_program=${found_program% (deleted)}
    case ${found_program##*/} in nginx* | openresty* | angie* | tengine*) ;; *) return 0 ;; esac
    [ -x "$found_program" ] || return 0
    title_of "/proc/$found_master"
    found_prefix=$(title_option p "$title") found_conf=$(title_option c "$title")
    if [ -z "$found_prefix$found_conf" ] && [ "$(readlink -f "$(command -v nginx 2>/dev/null)" 2>/dev/null)" = "$(readlink -f "$found_program" 2>/dev/null)" ]; then return 0; fi
    case $found_prefix in '' | /*) ;; *) found_prefix=$($as_root readlink "/proc/$found_master/cwd" 2>/dev/null)/$found_prefix ;; esac
    # what the title does not say in whole, a path with a blank, is not guessed at
    if [ -n "$found_prefix" ] && [ ! -d "$found_prefix" ]; then return 0; fi
    case $found_conf in /*) [ -f "$found_conf" ] || return 0 ;; esac
    found_command=$found_program
    NGINX_COMMAND="'$(printf '%s' "$found_program" | sed "s/'/'\\\\''/g")'" NGINX_PREFIX=$found_prefix NGINX_CONF=$found_conf
}
# Sets title: the words that a process shows. What nginx has named itself has blanks between them, another command line NULs.
title_of() { # FOLDER of the process in /proc
    title=
    { read -r title <"$1/cmdline"; } 2>/dev/null
    case $title in '' | 'nginx: '*) ;; *) title=$(head -c 1000 "$1/cmdline" 2>/dev/null | tr '\0\n' '  ') ;; esac
}
title_option() { # LETTER TITLE: the value of an option in a process title, written apart or at once
    # shellcheck disable=SC2086 # its words
    (
        set -f
        letter=-$1
        set -- $2
        while [ "$#" -gt 0 ]; do
            case $1 in
                "$letter")
                    printf '%s\n' "${2-}"
                    exit
                    ;;
                "$letter"?*)
                    printf '%s\n' "${1#"$letter"}"
                    exit
                    ;;
            esac
            shift
        done
    )
}
# the systemd unit whose main process this is; nothing for one that was only started from within a unit
unit_of() { # PID
    [ -d /run/systemd/system ] && have systemctl || return 0
    unit_of_process "$1"
    [ -n "$own_unit" ] || return 0
    if [ "$(systemctl show -p MainPID "$own_unit" 2>/dev/null)" = "MainPID=$1" ]; then printf '%s\n' "$own_unit"; fi
}

# Sets: nginx_found (127 for no such command) prefix conf pid_file error_log log_default
nginx_facts() {
    nginx_as_found
    facts=$(nginx_cmd -V 2>&1)
    nginx_found=$?
    built prefix
    prefix=${NGINX_PREFIX:-$built}
    built conf-path
    under_prefix "${NGINX_CONF:-$built}"
    conf=$under
    built pid-path
    pid_file=${built:-logs/nginx.pid}
    built error-log-path
    log_default=$built error_log=
    # the last pid, and the first error_log, of the main file
    while read -r nginx_word nginx_path; do
        case $nginx_word in pid) pid_file=$nginx_path ;; *) error_log=${error_log:-$nginx_path} ;; esac
    done <<NGINX_FACTS
$(seen "$conf" | sed -n 's/^[[:space:]]*\(pid\|error_log\)[[:space:]]\{1,\}\([^;[:space:]]\{1,\}\).*/\1 \2/p')
NGINX_FACTS
    under_prefix "$pid_file"
    pid_file=$under error_log=${error_log:-$log_default}
    case $error_log in
        '' | stderr | syslog:* | memory:*) error_log= ;;
        *)
            under_prefix "$error_log"
            error_log=$under
            ;;
    esac
}
seen() { cat "$1" 2>/dev/null; } # FILE of nginx's
built() { # OPTION of its build: sets built
    case $facts in
        *"--$1="*)
            built=${facts#*"--$1="}
            built=${built%%[[:space:]]*}
            ;;
        *) built= ;;
    esac
}
under_prefix() { case $1 in /*) under=$1 ;; *) under=${prefix%/}/$1 ;; esac; } # PATH: sets under

# a test run makes an empty pid file where nginx does not run: it must not stay
note_pid() {
    had_pid=no
    [ ! -e "$pid_file" ] || had_pid=yes
}
forget_empty_pid() {
    if [ "$had_pid" = no ] && [ -f "$pid_file" ] && [ ! -s "$pid_file" ]; then rm -f "$pid_file" 2>/dev/null || $as_root rm -f "$pid_file" 2>/dev/null; fi
}

# Where this account may not read all: nginx -T or -t by sudo, if the sudoers list that one command, and the files as far as they can be read.
# nginx dumps nothing where it may not read a key, and the key is not what a dump shows.
nginx_by_list() { # FOLDER
    if have sudo && nginx_cmd_by 'sudo -n -l' -T >/dev/null 2>&1; then
        nginx_cmd_by 'sudo -n' -T >"$1/dump" 2>"$1/test"
        dump_code=$? dump_read=$?
        return
    fi
    if have sudo && nginx_cmd_by 'sudo -n -l' -t >/dev/null 2>&1; then
        nginx_cmd_by 'sudo -n' -t >/dev/null 2>"$1/test"
        dump_code=$?
        [ "$dump_code" = 0 ] || return 0
    fi
    if nginx_read "$conf" 0 >"$1/dump" 2>/dev/null; then dump_read=0; else : >"$1/dump"; fi
}
nginx_read() ( # FILE DEPTH: the file and what it includes, as nginx -T shows them
    [ "$2" -lt 10 ] && [ -f "$1" ] && [ -r "$1" ] || return 1
    printf '# configuration file %s:\n' "$1"
    cat "$1"
    echo
    sed -n 's/^\([^#]*[;{}]\)\{0,1\}[[:space:]]*include[[:space:]]\{1,\}\([^;]*\);.*/\2/p' "$1" | tr -d "\"'" | while IFS= read -r read_pattern; do
        case $read_pattern in /*) ;; *) read_pattern=${conf%/*}/$read_pattern ;; esac
        IFS=
        for read_file in $read_pattern; do
            if [ -e "$read_file" ]; then nginx_read "$read_file" $(($2 + 1)) || exit 1; fi
        done
    done
)

# nginx -T into FOLDER/dump and FOLDER/test, as root where it may not read otherwise: sets dump_code, what the test came to, and dump_read, whether
# there is a dump. It makes the pid file and the logs that
# are missing; those that it made are taken away again.
nginx_dump() { # FOLDER
    note_pid
    : >"$1/before"
    nginx_cmd -T >"$1/dump" 2>"$1/test"
    dump_code=$? dump_read=$?
    if [ "$dump_code" != 0 ] && [ -n "$as_root" ] && grep -q 'Permission denied' "$1/test"; then
        nginx_cmd_as_root -T >"$1/dump" 2>"$1/test"
        dump_code=$? dump_read=$?
    fi
    # a narrow list of sudoers may allow the test and not the rest
    if [ "$dump_code" != 0 ] && [ -z "$as_root" ] && grep -q 'Permission denied' "$1/test"; then nginx_by_list "$1"; fi
    forget_empty_pid
    sed -n 's/^[[:space:]]*\(access_log\|error_log\)[[:space:]]\{1,\}\([^;[:space:]]*\).*/\2/p' "$1/dump" | while IFS= read -r made; do
        case $made in off | stderr | syslog:* | memory:* | *'$'*) continue ;; esac
        under_prefix "$made"
        made=$under
        if [ -f "$made" ] && [ ! -s "$made" ] && [ "$made" -nt "$1/before" ]; then rm -f "$made" 2>/dev/null || $as_root rm -f "$made" 2>/dev/null; fi
    done
    return "$dump_code"
}
