# Gathers what a diagnosis looks at, in one go, and changes nothing.
# In: NGINX_COMMAND NGINX_PREFIX NGINX_CONF CONFIG_PATH ENABLED_PATH CERTIFICATE_PATH PROCESS_NAME BACKEND_USER PM2_DIR LOG_LINES
#     HOP_ORIGIN HOP_BACKEND HOP_NGINX NGINX_AT (the Origin of a browser, URLs that a WebSocket handshake is tried at from here, and where nginx listens)
#     HOP_ALWAYS (empty where the caller tries them itself, unless nginx has a network of its own)
# Out: sections, each   @begin NAME EXITCODE / base64 of its content / @end   or, for plain text, which packs better,
#      @text NAME EXITCODE / its lines, each behind a blank / @end   and a last line @done

tmp=$(with_room -d) || exit 70
trap 'rm -rf "$tmp"' EXIT
trap 'exit 143' HUP INT TERM

run() { # NAME COMMAND…: its standard output as NAME, its standard error as NAME.err; sets run_out
    run_name=$1
    shift
    new_file
    run_out=$file_made
    "$@" >"$run_out" 2>"$run_out.err"
    run_code=$?
    put "$run_name" "$run_code" "$run_out"
    [ ! -s "$run_out.err" ] || put "$run_name.err" "$run_code" "$run_out.err"
    return "$run_code"
}
# What lies in a container is read without following a link out of it: the command, whose last word is the file, gets it as its standard input
reads_inside() { # COMMAND… FILE
    inside_words=$(($# - 1)) inside_file=
    for inside_word in "$@"; do
        shift
        if [ "$inside_words" -gt 0 ]; then set -- "$@" "$inside_word"; else inside_file=$inside_word; fi
        inside_words=$((inside_words - 1))
    done
    inside_run "$inside_file" "$@"
}
reads() { # COMMAND…: as it is, and as root where that is refused
    limited 10 "$@" 2>/dev/null
    reads_code=$?
    case $reads_code in 0 | 124 | 137) return "$reads_code" ;; esac
    # shellcheck disable=SC2086 # empty, or two words
    { [ -n "$as_root" ] && limited 10 $as_root "$@"; } || limited 10 "$@"
}

# What lies where another account can put something else in its place is read as that account: a link of its leads to nothing of root's.
reads_at() { # FILE COMMAND…
    reads_file=$1
    shift
    if [ -n "$container_root" ]; then
        reads_inside "$@"
        return
    fi
    if [ "$me" = 0 ] || [ -n "$as_root" ]; then
        if ! only_ours_file "$reads_file"; then
            case ${ours_uid:-0} in 0 | "$me") ;; *)
                account_name "$ours_uid"
                reads_by=$backend_account backend_account=${account:-$ours_uid}
                reads_time=${run_time:-} run_time=10
                backend_run "$@"
                reads_code=$?
                backend_account=$reads_by run_time=$reads_time
                return "$reads_code"
                ;;
            esac
            if [ -L "$reads_file" ]; then
                echo "not read: others than root can change $shared" >&2
                return 1
            fi
        fi
    fi
    reads "$@"
}

# A private key never leaves the host, also where its end is lost
without_keys() { awk '/-----BEGIN [A-Z ]*PRIVATE KEY/ { print "# a private key"; key = 1 } !key { print } /-----END [A-Z ]*PRIVATE KEY/ { key = 0 }'; }

# The files as they lie there, in the form of nginx -T, where nginx refuses them and dumps nothing.
nginx_raw() { # FILE DEPTH
    printf '# configuration file %s:\n' "$1"
    reads_at "$1" cat "$1" | without_keys
    echo
    [ "$2" -lt 6 ] || return 0
    seen "$1" | sed -n 's/^[[:space:]]*include[[:space:]]\{1,\}["'\'']\{0,1\}\([^;"'\'']*\)["'\'']\{0,1\}[[:space:]]*;.*/\1/p' 2>/dev/null | while IFS= read -r raw_pattern; do
        case $raw_pattern in /*) ;; *) raw_pattern=${conf%/*}/$raw_pattern ;; esac
        old_ifs=$IFS
        IFS=
        # in a container, a folder on the way that is a link is not followed
        for raw_file in $container_root$raw_pattern; do
            IFS=$old_ifs
            [ ! -e "$raw_file" ] && [ ! -L "$raw_file" ] && continue
            raw_file=${raw_file#"$container_root"}
            where_is "$raw_file" && [ -f "$where" ] || continue
            nginx_raw "$raw_file" $(($2 + 1))
        done
        IFS=$old_ifs
    done
}

# What sudo gives this account: all (as_root), list (some commands without a password), password (asked for), none; and, of what is proposed
# here, what such a list holds
sudo_facts() {
    if [ "$me" = 0 ] || [ -n "$as_root" ]; then
        echo 'sudo all'
        return
    fi
    if ! have sudo; then
        echo 'sudo none'
        return
    fi
    # one who may run some things without a password, and all with it, is told of the password
    case $(LC_ALL=C sudo -n -v 2>&1) in
        *'password is required'*)
            echo 'sudo password'
            return
            ;;
    esac
    if ! sudo -n -l >/dev/null 2>&1; then
        echo 'sudo none'
        return
    fi
    echo 'sudo list'
    printf 'allows '
    for allowed in 'nginx -t' 'nginx -s reload' "systemctl restart $PROCESS_NAME" "systemctl start $PROCESS_NAME"; do sudo_allows "$allowed"; done
    for allowed in reload restart start; do
        sudo_allows "systemctl $allowed nginx"
        sudo_allows "systemctl $allowed nginx.service"
    done
    echo
}
sudo_allows() { # COMMAND
    # shellcheck disable=SC2086 # its words
    ! sudo -n -l $1 >/dev/null 2>&1 || printf '%s;' "$1"
}

# --- the process manager: the slowest to answer, so it is asked first and read last
run_time=15
pm2_facts
pm2_job=
if pm2_answers; then
    # the list, of which only the fields that are looked at leave the pipe, and then where the logs are
    # shellcheck disable=SC2016 # JavaScript
    pm2_fields='out(JSON.stringify(all.map(p=>({name:p.name,pid:p.pid,monit:p.monit,pm2_env:{status:p.pm2_env.status,restart_time:p.pm2_env.restart_time,pm_uptime:p.pm2_env.pm_uptime,exec_mode:p.pm2_env.exec_mode,pm_cwd:p.pm2_env.pm_cwd,pm_out_log_path:p.pm2_env.pm_out_log_path,pm_err_log_path:p.pm2_env.pm_err_log_path}}))))
        '
    (
        pm2_list "$pm2_fields$pm2_logs_script" >"$tmp/pm2.said" 2>"$tmp/pm2.err"
        echo $? >"$tmp/pm2.code"
    ) &
    pm2_job=$!
fi

# --- one WebSocket handshake at each hop, its answer as it came: the slow ones wait while the rest is gathered
hop() { # NAME URL OPTION…
    hop_name=$1
    hop_url=$2
    shift 2
    [ -z "$HOP_PROTOCOL" ] || set -- "$@" -H "Sec-WebSocket-Protocol: $HOP_PROTOCOL"
    answer=$tmp/hop.$hop_name
    : >"$answer"
    # of an answer 256 kB are kept: a peer may send without an end. Its head goes to a file of its own, which curl writes line by line.
    (
        ulimit -f 512 2>/dev/null
        from_nginx curl -sS -g --path-as-is --http1.1 --raw -N -k -D "$answer" -o "$answer.body" -w '%{remote_ip} %{time_appconnect}\n' --max-time 8 --noproxy '*' "$@" \
            -H 'User-Agent: Mozilla/5.0 (compatible; Summit.Ops)' -H 'Accept:' -H "Origin: $HOP_ORIGIN" -H 'Upgrade: websocket' \
            -H 'Sec-WebSocket-Version: 13' -H "Sec-WebSocket-Key: $HOP_KEY" "$hop_url"
    ) >"$answer.times" 2>"$answer.err" &
    asking=$!
    hop_code=
    while kill -0 "$asking" 2>/dev/null; do
        # after a 101 curl stays for as long as the peer does: it is ended once a first message, or a Close, had time to come
        hop_line=
        [ ! -s "$answer" ] || read -r hop_line <"$answer"
        case $hop_line in 'HTTP/1.1 101'*)
            sleep 0.3 2>/dev/null || sleep 1
            if kill "$asking" 2>/dev/null; then hop_code=255; fi
            break ;;
        esac
        sleep 0.02 2>/dev/null || sleep 1
    done
    wait "$asking" 2>/dev/null
    ended=$?
    [ ! -s "$answer.body" ] || cat "$answer.body" >>"$answer"
    # it was still sending when the file was full: what came is what is judged
    case $ended in 23 | 153) ended=18 ;; esac
    # a second look at a port that answers plain HTTP with nothing: does it speak TLS?
    if [ ! -s "$answer" ] && [ "$ended" != 7 ] && [ "$ended" != 28 ]; then
        case $hop_url in http://*)
            case $(from_nginx curl -s -g -k -o /dev/null -w '%{time_appconnect}' --max-time 2 --noproxy '*' "https${hop_url#http}" 2>/dev/null) in
                '' | 0 | 0.000000) ;;
                *) echo 'summit: speaks TLS' >>"$answer.err" ;;
            esac ;;
        esac
    fi
    echo "${hop_code:-$ended}" >"$answer.code"
}
hop_jobs=
if { [ -n "$HOP_ALWAYS" ] || [ "$container_net" = own ]; } && have curl; then
    hop Backend "$HOP_BACKEND" -H "Host: $SERVER_NAME" -H 'Connection: Upgrade' &
    hop_jobs=$!
    hop NginxLoopback "$HOP_NGINX" --connect-to "::$NGINX_AT" -H 'Connection: keep-alive, Upgrade' &
    hop_jobs="$hop_jobs $!"
    if have openssl && have timeout; then
        # the chain as it is served, which curl does not show
        (from_nginx timeout 5 openssl s_client -connect "$NGINX_AT" -servername "$SERVER_NAME" -showcerts </dev/null 2>/dev/null) | certificates_in >"$tmp/served" &
        hop_jobs="$hop_jobs $!"
    fi
fi

# --- the host's firewall, beside the rest: its tools take their time. ufw and firewalld are known by the chains they make.
firewall_rules firewall. "$tmp" 250000 >/dev/null 2>&1 &
firewall_job=$!

# --- the host
{
    printf 'kernel '
    uname -srm 2>/dev/null || echo
    echo "user $me_name"
    echo "uid $me"
    echo "as_root ${as_root:-none}"
    sudo_facts
    date '+now %s%nlocal %Y/%m/%d %H:%M:%S'
    printf 'host '
    { read -r host </proc/sys/kernel/hostname && echo "$host"; } 2>/dev/null || uname -n
    printf 'ticks '
    getconf CLK_TCK 2>/dev/null || echo 100
    # what comes behind it are counters of every interrupt
    while read -r key value _; do [ "$key" != btime ] || { echo "booted $value" && break; }; done </proc/stat 2>/dev/null
    while IFS='=' read -r key value; do
        value=${value#\"}
        [ "$key" != PRETTY_NAME ] || echo "system ${value%\"}"
    done </etc/os-release 2>/dev/null
    if have getenforce; then printf 'selinux ' && getenforce 2>/dev/null; fi
} >"$tmp/host" 2>/dev/null
put host 0 "$tmp/host"

# --- nginx: version, what the disk says, whether it passes
nginx_facts
{
    [ -z "${found_master:-}" ] || echo "master $found_master"
    [ -z "${found_container:-}" ] || echo "container $found_container"
    [ -z "$container_name" ] || printf 'name %s\nengine %s\n' "$container_name" "$(printf '%s' "$container_engine" | tr -d "'" | sed 's/^ //')"
    [ -z "$container_project" ] || echo "project $container_project"
    [ -z "$container_stopped" ] || echo "stopped $container_stopped"
    [ "$container_why" != root ] || echo 'needs root'
    if [ -n "$container_root" ]; then
        echo "net $container_net"
        [ -z "$container_line" ] || printf 'line %s\nprefix %s\nconf %s\n' "${container_line# }" "$NGINX_PREFIX" "$NGINX_CONF"
        container_place "$CONFIG_PATH"
        container_refusal "$CONFIG_PATH"
        printf 'place %s\nplace-path %s\nrefusal %s\n' "$place_kind" "$place_host" "$place_refusal"
    fi
    [ -z "${found_command:-}" ] || printf 'command %s\nprefix %s\nconf %s\n' "$found_command" "$NGINX_PREFIX" "$NGINX_CONF"
} >"$tmp/found"
put nginx.found 0 "$tmp/found"
printf '%s\n' "$facts" >"$tmp/nginx.version"
put nginx.version "$nginx_found" "$tmp/nginx.version"
mkdir "$tmp/nginx"
: >"$tmp/nginx/dump"
# of a container that does not run no file is seen, and this host's files of those names are not nginx's
[ -z "$container_stopped" ] || container_log --tail 40 | head -c 20000 >"$tmp/container.log"
[ -z "$container_stopped" ] || put container.log 0 "$tmp/container.log"
if [ "$nginx_found" != 127 ] && [ -z "$container_stopped" ]; then
    nginx_dump "$tmp/nginx"
    nginx_code=$?
    put nginx.dump "$dump_read" "$tmp/nginx/dump"
    put nginx.test "$nginx_code" "$tmp/nginx/test"
    run nginx.pid reads_at "$pid_file" head -c 100 "$pid_file"
    printf '%s\n' "$pid_file" >"$tmp/nginx.pidfile"
    put nginx.pidfile 0 "$tmp/nginx.pidfile"
    if [ "$nginx_code" != 0 ]; then
        # a broken configuration is not dumped: its main file, and what is enabled, are read one by one
        run "file:$conf" reads_at "$conf" cat "$conf"
        nginx_raw "$conf" 0 2>/dev/null | head -c 4000000 >"$tmp/raw"
        put nginx.raw 0 "$tmp/raw"
    fi

    # every file that nginx reads, and the folders that it includes: their times tell whether something changed since
    {
        sed -n 's/^# configuration file \(.*\):$/\1/p' "$tmp/nginx/dump"
        printf '%s\n' "$conf" "$CONFIG_PATH"
    } | sort -u >"$tmp/paths"
    # which of them are links, and which folders are there for new ones
    sed -n 's/^# configuration file \(.*\):$/\1/p' "$tmp/nginx/dump" "$tmp/raw" 2>/dev/null | sort -u | while IFS= read -r path; do
        if [ -n "$container_root" ]; then
            ! inside "$path" || [ "$inside" = "$path" ] || printf '%s\t%s\n' "$path" "$inside"
        elif [ -L "$path" ]; then
            printf '%s\t%s\n' "$path" "$(readlink -f "$path")"
        fi
    done >"$tmp/links"
    # and the one that nginx finds nothing behind
    sed -n 's/^.*\[emerg\] .*open() "\([^"]*\)" failed (2: .*/\1/p' "$tmp/nginx/test" | head -n 1 | while IFS= read -r path; do
        if [ -z "$container_root" ] && [ -L "$path" ]; then printf '%s\t%s\n' "$path" "$(readlink -f "$path" || readlink "$path")"; fi
    done >>"$tmp/links"
    put nginx.links 0 "$tmp/links"
    {
        for path in "$CONFIG_PATH" "$ENABLED_PATH"; do
            [ -n "$path" ] || continue
            parent_of "$path"
            printf '%s\n' "$parent"
        done
        sed -n 's/^[[:space:]]*include[[:space:]]\{1,\}\([^;[:space:]]*\)\/[^/;[:space:]]*[[:space:]]*;.*/\1/p' "$tmp/nginx/dump" "$tmp/raw" 2>/dev/null
    } | while IFS= read -r path; do
        case $path in /*) ;; *) path=${conf%/*}/$path ;; esac
        if where_is "$path" && [ -d "$where" ]; then printf '%s\n' "$path"; fi
        parent_of "$path"
        if where_is "$parent/sites-available" && [ -d "$where" ]; then printf '%s\n' "$parent/sites-available"; fi
    done | sort -u >"$tmp/folders"
    put nginx.folders 0 "$tmp/folders"
    sort -u "$tmp/paths" "$tmp/folders" >"$tmp/timed"
    if [ -n "$container_root" ]; then
        while IFS= read -r path; do
            ! where_is "$path" || printf '%s %s\n' "$(stat -c '%Y %Z %a %U:%G %s' "$where" 2>/dev/null)" "$path"
        done <"$tmp/timed" >"$tmp/stat"
    else
        tr '\n' '\0' <"$tmp/timed" | xargs -0 stat -L -c '%Y %Z %a %U:%G %s %n' >"$tmp/stat" 2>/dev/null
    fi
    put nginx.files 0 "$tmp/stat"

    # its error logs: what is configured, else what is compiled in
    {
        sed -n 's/^[[:space:]]*error_log[[:space:]]\{1,\}\([^;[:space:]]*\).*/\1/p' "$tmp/nginx/dump" 2>/dev/null
        seen "$conf" | sed -n 's/^[[:space:]]*error_log[[:space:]]\{1,\}\([^;[:space:]]*\).*/\1/p'
        # where the main file names a log, the one that is compiled in may be another nginx's
        [ -z "$log_default" ] || seen "$conf" | grep -q '^[[:space:]]*error_log[[:space:]]' || printf '%s\n' "$log_default"
    } | grep -v -e '^stderr' -e '^syslog:' -e '^memory:' -e '^/dev/null' -e '^off$' | awk '!seen[$0]++' >"$tmp/logs"
    # of a long log only what the checks look for is taken, beside its end: the complaint may lie behind many lines of something else
    while IFS= read -r log; do
        under_prefix "$log"
        log=$under
        parent_of "$log"
        if [ -n "$container_root" ] && ! { inside "$log" && [ -f "$container_root$inside" ]; }; then
            # the image's log is a link to the container's output
            container_log --tail 5000 >"$tmp/log.end" 2>"$tmp/log.err"
            log_code=$?
        else
            [ -n "$container_root" ] || [ -e "$log" ] || [ -n "$as_root" ] || [ ! -d "$parent" ] || continue
            reads_at "$log" tail -c 12000000 "$log" >"$tmp/log.end" 2>"$tmp/log.err"
            log_code=$?
            # 2: it is not there, as root sees it
            # shellcheck disable=SC2086 # empty, or two words
            if [ "$log_code" != 0 ] && { [ "$me" = 0 ] || [ -n "$as_root" ]; } && ! $as_root test -e "$log"; then log_code=2; fi
        fi
        last_lines 5000 "$tmp/log.end" 12000000 >"$tmp/log"
        rm -f "$tmp/log.end"
        new_file
        {
            head -n "-$LOG_LINES" "$tmp/log" 2>/dev/null | grep -E '\[(emerg|alert|crit)\]|connect\(\) failed|Too many open files' | tail -n "$LOG_LINES"
            tail -n "$LOG_LINES" "$tmp/log"
        } >"$file_made"
        put "log:$log" "$log_code" "$file_made"
    done <"$tmp/logs"
    # rotated or deleted, and nginx was not told: it writes on to the file that it has open
    log_master=${found_master:-$(head -c 20 "$pid_file" 2>/dev/null)}
    case $container_root$log_master in
        '' | *[!0-9]*) ;;
        *)
            # shellcheck disable=SC2012,SC2086 # a number and a path; empty, or two words
            $as_root ls -l "/proc/$log_master/fd" 2>/dev/null | sed -n 's/^.* \([0-9]\{1,\}\) -> \(\/.*\)$/\1 \2/p' | awk '!seen[substr($0, index($0, " "))]++' >"$tmp/open"
            while IFS= read -r log; do
                under_prefix "$log"
                while read -r log_fd log_open; do
                    case $log_open in "$under"[.-]* | "$under (deleted)") ;; *) continue ;; esac
                    new_file
                    # shellcheck disable=SC2086 # empty, or two words
                    $as_root test -f "/proc/$log_master/fd/$log_fd" || continue
                    # shellcheck disable=SC2086 # empty, or two words
                    $as_root tail -c 1000000 "/proc/$log_master/fd/$log_fd" 2>/dev/null | tail -n "$LOG_LINES" >"$file_made"
                    put "log:$log_open" 0 "$file_made"
                    printf '%s\t%s\n' "$under" "$log_open"
                done <"$tmp/open"
            done <"$tmp/logs" >"$tmp/rotated"
            [ ! -s "$tmp/rotated" ] || put nginx.rotated 0 "$tmp/rotated"
            ;;
    esac
fi

# --- the site's own files
if [ -z "$container_stopped" ] && where_is "$CONFIG_PATH" && { [ -e "$where" ] || [ -L "$where" ]; }; then
    run "file:$CONFIG_PATH" reads_at "$CONFIG_PATH" cat "$CONFIG_PATH"
fi
for path in "$CONFIG_PATH" "$ENABLED_PATH"; do
    [ -n "$path" ] && [ -z "$container_stopped" ] || continue
    new_file
    {
        if name_is "$path" && [ -L "$where" ]; then
            printf 'link %s\n' "$(readlink "$where")"
            if [ -z "$container_root" ]; then printf 'real %s\n' "$(readlink -f "$path")"; elif inside "$path"; then printf 'real %s\n' "$inside"; fi
        fi
        if where_is "$path" && [ -e "$where" ]; then echo exists; else echo missing; fi
    } >"$file_made"
    put "path:$path" 0 "$file_made"
done

# --- a deployment that was killed has left its journal
deployment_place
for journal in "$state" "$([ ! -d /var/lib/summit-ops ] || state_of_root)"; do
    journal=$journal/$name.journal
    if [ -f "$journal" ] || { [ -n "$as_root" ] && $as_root test -f "$journal"; } 2>/dev/null; then
        printf '%s\n' "$journal" >"$tmp/journal"
        put deploy.journal 0 "$tmp/journal"
        break
    fi
done
# a folder that another account can change is no place of root's
if [ "$me" != 0 ] && [ -d "$folder" ]; then place_is_ours; fi
if [ -n "$shared" ] && [ -z "$container_root" ]; then
    printf '%s\n' "$shared" >"$tmp/shared"
    put deploy.shared 0 "$tmp/shared"
fi

# --- certificates: the chains that are configured (never a key)
{
    printf '%s\n' "$CERTIFICATE_PATH"
    sed -n 's/^[[:space:]]*ssl_certificate[[:space:]]\{1,\}\([^;[:space:]]*\)[[:space:]]*;.*/\1/p' "$tmp/nginx/dump"
} | awk 'NF && !seen[$0]++ && ++n <= 8' >"$tmp/certificates"
while IFS= read -r path; do
    # a key may stand in the same file: only what lies between the certificate markers leaves the host
    reads_at "$path" head -c 1000000 "$path" >"$tmp/pem" 2>/dev/null
    pem_code=$?
    new_file
    certificates_in <"$tmp/pem" >"$file_made"
    put "certificate:$path" "$pem_code" "$file_made"
done <"$tmp/certificates"
rm -f "$tmp/pem"

# --- processes and sockets
if [ -r /proc/net/tcp ]; then
    {
        for entry in /proc/[0-9]*; do
            name=
            { read -r line <"$entry/stat"; } 2>/dev/null || continue
            name=${line#*\(}
            name=${name%)*}
            [ "$name" = nginx ] || continue
            # any account can call its processes so: where the site names no nginx, those count that root or this account has started, and their workers
            if [ -n "${NGINX_PORT:-}" ]; then
                account_of "${entry#/proc/}"
                case $account in 0 | "$me") ;; *)
                    name=${line##*) }
                    name=${name#? }
                    { read -r name_of <"/proc/${name%% *}/comm" && [ "$name_of" = nginx ]; } 2>/dev/null || continue
                    account_of "${name%% *}"
                    case $account in 0 | "$me") ;; *) continue ;; esac
                    ;;
                esac
            fi
            title_of "$entry"
            printf '%s\t%s\n' "$line" "$title"
        done
    } | head -n 500 >"$tmp/processes"
    put processes 0 "$tmp/processes"
    net_of=/proc/net
    [ -z "$container_root" ] || net_of=/proc/$container_pid/net
    # and how many connections are open at each port that something listens at
    : >"$tmp/clients"
    : >"$tmp/inodes"
    cat "$net_of/tcp" "$net_of/tcp6" 2>/dev/null | awk -v clients="$tmp/clients" -v inodes="$tmp/inodes" '
        { port = substr($2, length($2) - 3) }
        $4 == "0A" { print $2, $10; listened[port] }
        $4 == "01" { open[port]++; of[$10] = port }
        END {
            for (port in open) if (port in listened) print port, open[port] >clients
            for (inode in of) if (of[inode] in listened) print inode >inodes
        }
    ' >"$tmp/listeners"
    put listeners 0 "$tmp/listeners"
    put clients 0 "$tmp/clients"
    # nginx's old workers, and how many of those connections each still serves
    awk -F '\t' '$2 ~ /^nginx: worker process is shutting down/ { sub(/ .*/, "", $1); print $1 }' "$tmp/processes" | head -n 100 | while IFS= read -r old; do
        # shellcheck disable=SC2086 # empty, or two words
        $as_root ls -l "/proc/$old/fd" >"$tmp/fds" 2>/dev/null || { echo "$old"; continue; }
        printf '%s %s\n' "$old" "$(sed -n 's/.*-> socket:\[\([0-9]*\)\]$/\1/p' "$tmp/fds" | awk 'NR == FNR { client[$1]; next } $1 in client { n++ } END { print n + 0 }' "$tmp/inodes" -)"
    done >"$tmp/old-workers"
    put nginx.old 0 "$tmp/old-workers"
    rm -f "$tmp/inodes" "$tmp/fds"
else
    ps -axo pid=,ppid=,user=,args= 2>/dev/null | grep '[n]ginx:' >"$tmp/processes"
    put processes.ps 0 "$tmp/processes"
    netstat -an -p tcp 2>/dev/null | grep LISTEN >"$tmp/listeners"
    put listeners.netstat 0 "$tmp/listeners"
fi

# Whether something else than that unit starts it: a unit of another name, or a line in a crontab
pm2_booted_otherwise() {
    # shellcheck disable=SC2086 # empty, or two words
    $as_root grep -l -r -s -E 'pm2.*(resurrect|start)|PM2_HOME' /etc/systemd/system /usr/local/lib/systemd/system /lib/systemd/system \
        /etc/crontab /etc/cron.d /var/spool/cron /etc/rc.local /etc/init.d 2>/dev/null | grep -q .
}

# --- the backend
unit_properties=Id,LoadState,UnitFileState,ActiveState,SubState,Result,MainPID,NRestarts,ExecMainStatus,User,Group,WorkingDirectory,TriggeredBy
unit_properties=$unit_properties,FragmentPath,DropInPaths,InvocationID,NeedDaemonReload,PrivateNetwork,ActiveEnterTimestampMonotonic
if units_here && [ -z "$container_root" ]; then
    run nginx.unit limited 10 systemctl show -p "$unit_properties" nginx.service
    if grep -q '^ActiveState=failed' "$run_out"; then run nginx.journal journal_of nginx.service 20 "$run_out"; fi
fi
sockets "$tmp"
# whose the processes on the backend's port are
awk -v p=":$BACKEND_PORT" 'substr($4, length($4) - length(p) + 1) == p' "$tmp/sockets" 2>/dev/null | grep -o 'pid=[0-9]*' | sort -u | head -n 8 |
    sed 's,pid=,/proc/,' | xargs stat -c '%n %U' 2>/dev/null | sed 's,^/proc/,,' >"$tmp/sockets.owners"
put sockets.owners 0 "$tmp/sockets.owners"
# and which of them a pm2 has started, and whose that is
while read -r owned_pid _; do
    pm2_above "$owned_pid"
    [ -z "$pm2_over" ] || printf '%s %s\n' "$owned_pid" "$pm2_over"
done <"$tmp/sockets.owners" >"$tmp/sockets.pm2"
put sockets.pm2 0 "$tmp/sockets.pm2"
backend_unit
if [ -n "$unit" ]; then
    run systemd limited 10 systemctl show -p "$unit_properties" "$unit"
    unit_needs "$unit" >"$tmp/needs"
    [ ! -s "$tmp/needs" ] || put systemd.needs 0 "$tmp/needs"
    if journal_may; then
        run "backend.log:journal of $unit" journal_of "$unit" "$LOG_LINES" "$run_out"
    else
        echo "$me_name is in none of the groups adm, systemd-journal and root, and may not read the journal" >"$tmp/journal.denied"
        put journal.denied 1 "$tmp/journal.denied"
    fi
fi
if [ -n "$pm2_job" ]; then
    wait "$pm2_job"
    pm2_code=
    { read -r pm2_code <"$tmp/pm2.code"; } 2>/dev/null
    pm2_code=${pm2_code:-1}
    sed -n 1p "$tmp/pm2.said" >"$tmp/pm2"
    put pm2 "$pm2_code" "$tmp/pm2"
    [ ! -s "$tmp/pm2.err" ] || put pm2.err "$pm2_code" "$tmp/pm2.err"
fi
if [ -z "$pm2_daemon" ] && have pm2 && ! have node && ! have nodejs; then
    command -v pm2 >"$tmp/pm2.node"
    put pm2.node 127 "$tmp/pm2.node"
fi
{
    [ -z "$found_user" ] || [ "$found_user" = "$me_name" ] || echo "account $found_user"
    echo "home $pm2_home"
    if [ -n "$pm2_daemon" ] || [ "$found_alive" = yes ]; then echo 'alive yes'; else echo 'alive no'; fi
    if [ "$pm2_state" = unreadable ] || [ "$pm2_state" = foreign ]; then echo 'saved unknown'; elif pm2_has_dump_of "$pm2_home"; then echo 'saved yes'; else echo 'saved no'; fi
    pm2_startup_unit
    echo "startup $pm2_unit"
    if [ -n "$pm2_boot" ]; then
        echo "boot $pm2_boot"
    elif [ -n "$pm2_daemon" ] && units_here && { [ "$me" = 0 ] || [ -n "$as_root" ]; } && ! pm2_booted_otherwise; then
        echo 'boot none'
    fi
    echo "others $found_others"
} >"$tmp/owner"
put backend.owner 0 "$tmp/owner"
printf '%s\n' "$pm2_home $pm2_state" >"$tmp/pm2.home"
put pm2.home 0 "$tmp/pm2.home"
{ [ ! -f "$tmp/pm2.said" ] || sed 1d "$tmp/pm2.said"; } | pm2_logs_or_named | head -n 20 >"$tmp/pm2.logs"
while IFS=' ' read -r _ log; do
    # a file, and no pipe that has no end
    changed=$(backend_reads "$log" stat -L -c '%Y %F' "$log" 2>/dev/null </dev/null)
    case $changed in *' regular'*) ;; *) continue ;; esac
    new_file
    backend_reads "$log" tail -c 4000000 "$log" </dev/null >"$tmp/backend.end" 2>"$file_made.err"
    backend_code=$?
    last_lines "$LOG_LINES" "$tmp/backend.end" 4000000 >"$file_made"
    put "backend.log:$log" "$backend_code" "$file_made"
    [ ! -s "$file_made.err" ] || put "backend.log:$log.err" "$backend_code" "$file_made.err"
    new_file
    printf '%s\n' "${changed%% *}" >"$file_made"
    put "backend.changed:$log" 0 "$file_made"
done <"$tmp/pm2.logs"

wait "$firewall_job"
for job in $hop_jobs; do wait "$job"; done
[ ! -s "$tmp/served" ] || put hop.NginxLoopback.chain 0 "$tmp/served"
for hop_name in Backend NginxLoopback; do
    answer=$tmp/hop.$hop_name
    [ -f "$answer.code" ] || continue
    read -r hop_code <"$answer.code"
    put "hop.$hop_name" "$hop_code" "$answer"
    cat "$answer.times" "$answer.err" >"$answer.said"
    put "hop.$hop_name.said" 0 "$answer.said"
done

write_sections
echo '@done'
