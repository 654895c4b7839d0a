# The guide's quick diagnostic for a person who reads it in a console. Each item is looked at by a function; report prints the verdict
# first, then one line an item, then the evidence. Changes nothing.
# In: TASK, the site's variables, those of backend.sh and firewall-words.sh, CONFIG_PATH ENABLED_PATH API_PATH
other='' lines='' failed='' evidence='' nginx_next='' backend_next='' certificate_next='' unsure=
reload_it='sudo nginx -t && sudo systemctl reload nginx' start_it='sudo systemctl start nginx'
work=$(with_room -d) || exit 70
trap 'rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM
handshake_file=$work/handshake

item() { # NUMBER STATUS TITLE WHAT-WAS-SEEN
    lines="$lines$(printf '%s. %-7s %s: %s' "$1" "$2" "$3" "$4" | tr '\n' ' ' | plain)
"
    if [ "$2" = FAIL ]; then failed="$failed${failed:+, }$1. $3"; fi
}
shows() { # TITLE FILE
    [ ! -s "$2" ] || evidence="$evidence
--- $1
$(plain <"$2")
"
}

log_says() { # -c or -n, HOW-MUCH, PATTERN: the last such line about the WebSocket, in nginx's own words
    limited 10 tail "$1" "$2" "$error_log" 2>/dev/null | grep -a -F "$WEBSOCKET_PATH" | grep -a "$3" | tail -n 1 |
        sed 's/^.*[0-9]#[0-9]*: \(\*[0-9]* \)\{0,1\}//; s/, client: .*upstream: /, upstream: /; s/, client: .*//; s/, host: .*//' | cut -b 1-300 | plain
}
look_at_nginx() { # reads the disk, and asks nginx and the backend for a WebSocket
    nginx_facts
    mkdir "$work/nginx"
    dump_code=127
    if [ "$nginx_found" != 126 ] && [ "$nginx_found" != 127 ]; then nginx_dump "$work/nginx"; fi
    # where proxy_pass leads to a UNIX socket alone, nothing has to listen on the port
    BACKEND_SOCKET=
    grep -q ":${BACKEND_PORT}[;/ ]" "$work/nginx/dump" 2>/dev/null ||
        BACKEND_SOCKET=$(sed -n 's/^.*\(proxy_pass http:\/\/\|server \)unix:\(\/[^:; ]*\).*/\2/p' "$work/nginx/dump" 2>/dev/null | head -n 1)
    # a server of the very address that clients dial comes before one of all addresses
    nginx_at=$(sed -n "s/^[[:space:]]*listen[[:space:]]*\([0-9.]*\):${PORT}[ ;].*/\1/p" "$work/nginx/dump" 2>/dev/null | grep -v -e ^127 -e ^0 | head -n 1)
    log_begins=$(log_size)
    seen=$(handshake)
    # nginx's own words for this handshake, where it logs it
    nginx_said=
    case $seen in 4* | 5*) nginx_said=$(log_says -c "+$((log_begins + 1))" .) ;; esac
    # a backend that failed a moment ago is not asked now: what nginx logged then says where proxy_pass leads
    case $nginx_said in 'no live upstreams'*)
        said_before=$(log_says -n 200 'connect() failed')
        case $said_before in *":$BACKEND_PORT/"*) ;; ?*) nginx_said=$said_before ;; esac
        ;;
    esac
    behind=$(backend_handshake)
    # a backend that asks for a token answers the same with nginx as without it: the way is open
    opens=no
    if [ "$seen" = 101 ]; then opens=yes; fi
    case $seen in 401 | 403) [ "$seen" != "$behind" ] || opens=yes ;; esac
}

check_backend() { # 1 and 2
    backend_facts
    if [ "$BACKEND_HERE" = no ]; then
        item 1 SKIPPED 'Backend running' "it runs on another host, $BACKEND_HOST"
        item 2 SKIPPED "Port $BACKEND_PORT listening" 'see 1'
        return
    fi
    backend_elsewhere_now=
    MANAGER=$manager
    if [ -n "$manager" ] && [ -z "$BACKEND_SOCKET" ] && ! backend_listens; then backend_elsewhere_now=$(backend_elsewhere); fi
    case $manager:$backend_state in
        Systemd:masked) backend_next="sudo $(unit_unmask "$unit") && sudo systemctl start $unit" ;;
        Systemd:active) ;;
        # a restart would begin the same wait, or the same crash, again
        Systemd:activating) backend_next="sudo systemctl status $unit -n 50" ;;
        Systemd:*)
            needs=$(unit_needs "$unit" | tr '\n' ' ' | plain)
            backend_next="${needs:+provide what $unit requires (${needs% }), then: }sudo systemctl restart $unit; if it ends again: sudo journalctl -u $unit -n 50 --no-pager"
            ;;
        Pm2:online) ;;
        Pm2:*) backend_next="deploy-summit-backend.json, which restarts it in the pm2 of ${backend_account:-$me_name}" ;;
    esac
    if [ -z "$pm2_daemon" ] && [ "$manager" = Pm2 ] && have pm2 && ! have node && ! have nodejs; then backend_next="install node again, which pm2 needs and which is on no PATH here, then: ${backend_next:-start $PROCESS_NAME}"; fi
    if [ -n "$backend_elsewhere_now" ]; then backend_next="give $PROCESS_NAME the port $BACKEND_PORT again (PORT=$BACKEND_PORT), or name the port that it has in proxy_pass: it listens on $backend_elsewhere_now"; fi
    if [ "$manager" = Systemd ] && unit_stale "$unit"; then backend_next="sudo systemctl daemon-reload && sudo systemctl restart $unit: its file changed since systemd read it"; fi
    case $backend_state in
        online | active) item 1 OK 'Backend running' "$backend_known" ;;
        '')
            if backend_listens; then
                item 1 OK 'Backend running' "something listens on ${BACKEND_SOCKET:-port $BACKEND_PORT}; $backend_known"
            elif [ "$pm2_state" = unreadable ] || [ "$pm2_state" = foreign ]; then
                item 1 UNKNOWN 'Backend running' "$backend_known"
            else
                item 1 FAIL 'Backend running' "$backend_known"
            fi
            ;;
        *) item 1 FAIL 'Backend running' "$backend_known" ;;
    esac
    taker=
    case $behind:$manager$BACKEND_SOCKET in 101:* | *: | */*) ;; *) port_taker "$BACKEND_PORT" && ! taker_is_backend || taker= ;; esac
    # of a socket unit systemd has it, and of cluster mode pm2's daemon
    case $taker in 'PM2 v'*) [ "$taker_of" != "${backend_account:-$me_name}" ] || taker= ;; systemd\ 1) taker= ;; esac
    if [ -n "$taker" ]; then
        if [ -n "$pm2_over" ]; then
            # killed, it would come back at once
            taker_words="$taker_words, under the pm2 of $pm2_over,"
            backend_next="stop it in that pm2 (sudo -iu $pm2_over pm2 list; pm2 stop NAME; pm2 save), and restart $PROCESS_NAME"
        else
            backend_next="free port $BACKEND_PORT (${taker_unit:+sudo systemctl stop $taker_unit; }${taker% *} loses it), and restart $PROCESS_NAME"
        fi
    fi
    listens="FAIL nothing listens${backend_elsewhere_now:+ there; $PROCESS_NAME listens on $backend_elsewhere_now}"
    if backend_listens; then listens="OK yes"; fi
    # it listens, and where nginx and this script dial nobody does
    case $behind in 000) if [ -z "$BACKEND_SOCKET" ] && backend_listens && have ss; then
        listens_at=$(ss -tlnH "sport = :$BACKEND_PORT" 2>/dev/null | awk '{ printf "%s%s", n++ ? ", " : "", $4 }')
        listens="FAIL on $listens_at only, not on $BACKEND_HOST"
        backend_next="let $PROCESS_NAME listen on $BACKEND_HOST too, or name $listens_at in proxy_pass"
    fi ;; esac
    [ -z "$taker" ] || listens="FAIL $taker_words has it"
    item 2 "${listens%% *}" "${BACKEND_SOCKET:-Port $BACKEND_PORT} listening" "${listens#* }"
}

taker_is_backend() { # whether the manager has started it: pm2 is a parent of what it runs
    case $MANAGER in Systemd) [ "$taker_unit" = "$unit" ] && return ;; esac
    pm2_above "${taker##* }"
    [ "${pm2_over:+$pm2_at}" = "${pm2_daemon:-none}" ]
}

check_config() { # 3: what the text says; what a WebSocket meets is the handshake's to say
    title='Nginx config has WebSocket'
    if [ "$dump_code" = 0 ]; then nginx_words "$work/nginx/dump" >"$work/words"; else : >"$work/words"; fi
    nginx_websocket <"$work/words" >"$work/found"
    # the location with the most of it, where several servers have the name
    best=$(sort -t '	' -k 1,1 -k 5,5r -k 6,6r "$work/found" | head -n 1)
    kind='' place='' missing='' note=
    if [ -n "$best" ]; then
        old_ifs=$IFS
        IFS='	'
        # shellcheck disable=SC2086 # its fields
        set -f -- $best
        set +f
        IFS=$old_ifs
        kind=$1 place=$2:$3
        if [ "$kind" = location ]; then
            [ "$5" = yes ] || missing='the Upgrade header'
            [ "$6" = yes ] || missing="$missing${missing:+ and }the Connection header"
            [ "$7" = yes ] || note='; proxy_buffering is not off (nginx does not need it)'
            [ "$9" = no ] || note="$note; it comes after $API_PATH (nginx does not mind)"
            if [ "$8" = yes ] && [ -n "$missing" ]; then note="; it includes another file, which may have them"; fi
        fi
    fi
    place_file=${place%:*}
    other=$(awk -F '\t' -v f="$place_file" '($1 == "server" || $1 == "redirect") && $2 != f { print $2 ":" $3; exit }' "$work/found")
    if [ "$kind" = location ] && [ -z "$missing" ]; then
        item 3 OK "$title" "location $WEBSOCKET_PATH at $place$note"
    elif [ "$opens" = yes ]; then
        item 3 OK "$title" "not as the guide has it, and a WebSocket opens with it${place:+ ($place)}"
    elif [ "$kind" = location ]; then
        item 3 FAIL "$title" "location $WEBSOCKET_PATH at $place lacks $missing$note"
    elif [ ! -e "$CONFIG_PATH" ] && [ -z "$kind" ] && [ "$dump_code" = 0 ]; then
        item 3 FAIL "$title" "nginx reads no server of the name $SERVER_NAME, and $CONFIG_PATH does not exist"
    elif [ ! -e "$CONFIG_PATH" ] && [ -z "$kind" ]; then
        item 3 FAIL "$title" "$CONFIG_PATH does not exist"
    elif [ "$dump_code" != 0 ]; then
        item 3 UNKNOWN "$title" 'nginx cannot read its configuration; see 4'
    elif [ -z "$kind" ] && [ -n "$ENABLED_PATH" ] && [ ! -e "$ENABLED_PATH" ]; then
        item 3 FAIL "$title" "$CONFIG_PATH is not enabled: $ENABLED_PATH does not exist"
    elif [ "$kind" = redirect ]; then
        item 3 FAIL "$title" "location $WEBSOCKET_PATH/ at $place ends in a slash: nginx answers $WEBSOCKET_PATH with 301, which no WebSocket client follows"
    elif [ "$kind" = server ]; then
        item 3 FAIL "$title" "the server $SERVER_NAME at $place has no location $WEBSOCKET_PATH"
    else
        item 3 FAIL "$title" "nginx reads no server of the name $SERVER_NAME"
    fi
}

check_syntax() { # 4
    case $dump_code in
        0) item 4 OK 'Nginx syntax correct' 'nginx -t passes' ;;
        127) item 4 FAIL 'Nginx syntax correct' 'the nginx command was not found' ;;
        *)
            if grep -q 'Permission denied' "$work/nginx/test"; then
                item 4 UNKNOWN 'Nginx syntax correct' "$me_name may not read all that nginx reads"
            else
                item 4 FAIL 'Nginx syntax correct' "$(sed -n 's/^.*\[emerg\] \([0-9]*#[0-9]*: \)\{0,1\}//p' "$work/nginx/test" | head -n 1)"
            fi
            shows 'nginx -t' "$work/nginx/test"
            ;;
    esac
}

check_running() { # 5
    if running=$(nginx_master); then
        workers=$(nginx_workers "$running")
        if [ -z "$workers" ]; then
            item 5 FAIL 'Nginx running' "master $running has no worker"
        elif [ "$PORT" = 443 ] && loopback_only; then
            # who comes by a tunnel that ends on this host is let in
            unsure=yes
            item 5 UNKNOWN 'Nginx running' "master $running listens on port $PORT of the loopback only: other hosts are refused"
            nginx_next="write 'listen $PORT ssl;' without an address in $CONFIG_PATH, then: sudo nginx -t && sudo systemctl restart nginx"
        else
            [ -n "$(unit_of "$running")" ] || ! systemctl -q is-failed nginx 2>/dev/null || workers="$workers; nginx.service failed beside it"
            item 5 OK 'Nginx running' "master $running, workers $workers"
        fi
    else
        why_not_running
        case $seen:$not_running in
            : | 000:* | *:?*)
                item 5 FAIL 'Nginx running' "there is no nginx process$([ "$dump_code" = 127 ] || echo " ($pid_file)")$not_running"
                ;;
            *) item 5 OK 'Nginx running' "it is not visible from here, and port $PORT answers" ;;
        esac
    fi
}

loopback_only() {
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '
        $4 == "0A" && $2 ~ /:01BB$/ { if ($2 ~ /^(......7F|0+01000000|0+FFFF0000......7F):/) near = 1; else far = 1 }
        END { exit !near || far }'
}
port_taker() { # PORT; sets taker, the program that has it and its process, and taker_unit
    taker='' taker_unit=''
    have ss || return 0
    # shellcheck disable=SC2086 # empty, or two words
    taker=$($as_root ss -tlnpH "sport = :$1" 2>/dev/null | sed -n 's/^.*users:(("\([^"]*\)",pid=\([0-9]*\),fd=[0-9]*)\(,("[^"]*",pid=[0-9]*,fd=[0-9]*)\)*)[[:space:]]*$/\1 \2/p' | head -n 1 | plain)
    unit_of_process "${taker##* }"
    taker_unit=$own_unit
    taker_of=$(stat -c %U "/proc/${taker##* }" 2>/dev/null)
    taker_words="${taker% *} (process ${taker##* }${taker_of:+ of $taker_of}${taker_unit:+, $taker_unit})"
}
why_not_running() { # Sets not_running and nginx_next, where systemd or another program keeps nginx from running
    not_running=
    if ! units_here || [ "$NGINX_COMMAND" != "'nginx'" ] || [ -n "$NGINX_PREFIX$NGINX_CONF" ]; then return; fi
    case $(unit_load nginx.service) in
        masked)
            not_running='; nginx.service is masked, so nothing starts it'
            nginx_next="sudo $(unit_unmask nginx) && $start_it"
            return
            ;;
    esac
    for wanted in 80 "$PORT"; do
        port_taker "$wanted"
        case $taker in
            # a container's port is published by a helper
            '' | nginx\ * | docker-proxy\ * | rootlessport\ * | conmon\ *) ;;
            *)
                not_running="; $taker_words has port $wanted, which nginx needs"
                nginx_next="free port $wanted (${taker_unit:+sudo systemctl stop $taker_unit; }${taker% *} loses it: make sure that nothing needs it), then: $start_it"
                return
                ;;
        esac
    done
    [ "$dump_code" = 0 ] || return 0
    # it passes here, and its unit could not start it: a step before it failed, or the unit keeps it from what it reads
    systemctl show -p ActiveState -p DropInPaths -p InvocationID nginx.service >"$work/unit" 2>/dev/null
    grep -q '^ActiveState=failed' "$work/unit" || return 0
    dropins=$(sed -n 's/^DropInPaths=//p' "$work/unit")
    not_running="; nginx.service failed, while nginx -t passes here${dropins:+, and $dropins changes the unit}: $(journal_of nginx.service 20 "$work/unit" 2>/dev/null | grep -a -e emerg -e Failed | head -n 1 | sed 's/^.*emerg\] \([0-9]*#[0-9]*: \)\{0,1\}//' | cut -b 1-300 | plain)"
    nginx_next="sudo journalctl -u nginx -n 50 --no-pager${dropins:+; correct $dropins, then: sudo systemctl daemon-reload}; then: sudo systemctl restart nginx"
}

check_firewall() { # 10: what the handshake from here cannot show, since it comes in by the loopback
    firewall_words
    title="Firewall lets clients in on $PORT"
    case $firewall_verdict in
        open) item 10 OK "$title" 'no rule stops a client' ;;
        blocked) item 10 FAIL "$title" "stopped by: $firewall_rule" ;;
        unread) item 10 UNKNOWN "$title" "$firewall_rule" ;;
        *)
            unsure=yes
            item 10 UNKNOWN "$title" "a shell cannot judge whom this stops: $firewall_rule; Test-SummitFirewall can"
            ;;
    esac
}

check_logs() { # 6
    : >"$work/log"
    looked=
    pm2_logs >"$work/logs"
    while IFS=' ' read -r _ log; do
        backend_reads "$log" tail -c 4000000 "$log" >"$work/end" 2>/dev/null </dev/null || continue
        tail -n 200 "$work/end" | cut -b 1-2000 >"$work/tail"
        looked="$looked${looked:+, }$log"
        grep -a -i -e websocket -e socket -e /ws -e upgrade "$work/tail" | tail -n 10 >>"$work/log"
    done <"$work/logs"
    [ -n "$looked" ] || backend_unit
    if [ -z "$looked" ] && [ -n "$unit" ] && journal_may; then
        systemctl show -p InvocationID "$unit" >"$work/unit" 2>/dev/null
        journal_of "$unit" 200 "$work/unit" >"$work/tail" 2>/dev/null
        looked="the journal of $unit"
        grep -a -i -e websocket -e socket -e /ws -e upgrade "$work/tail" | tail -n 10 >>"$work/log"
    fi
    # where nothing is said of WebSockets, the end is what an admin looks at next
    if [ -n "$failed" ] && [ ! -s "$work/log" ] && [ -s "$work/tail" ]; then
        tail -n 10 "$work/tail" >"$work/end"
        shows "the end of $looked" "$work/end"
    fi
    if [ -z "$looked" ]; then
        item 6 UNKNOWN 'Backend WebSocket logs' "no log of '$PROCESS_NAME' was found"
    elif grep -q -i -e error -e exception -e unhandled -e econn -e eaddr "$work/log"; then
        item 6 WARN 'Backend WebSocket logs' "errors in $looked"
    else
        item 6 OK 'Backend WebSocket logs' "no error in $looked"
    fi
    shows 'the last lines about WebSockets' "$work/log"
}

answer_is() { case $1 in silent) echo 'it connects, and no answer comes' ;; *) echo "the answer is $1, not 101" ;; esac; }
check_handshakes() { # 7 and 8: what decides
    title='WebSocket opens at the backend'
    case $behind in
        101) item 7 OK "$title" '101 Switching Protocols' ;;
        401 | 403) item 7 OK "$title" "it answers $behind: it asks for a token" ;;
        '') item 7 UNKNOWN "$title" 'there is no curl to ask with' ;;
        000) item 7 FAIL "$title" "${BACKEND_SOCKET:-$BACKEND_HOST:$BACKEND_PORT} takes no connection" ;;
        *) item 7 FAIL "$title" "$(answer_is "$behind")" ;;
    esac
    title='WebSocket opens through nginx'
    case $seen in
        101) item 8 OK "$title" '101 Switching Protocols' ;;
        '') item 8 UNKNOWN "$title" 'there is neither curl nor openssl to ask with' ;;
        000) item 8 FAIL "$title" "port $PORT takes no TLS connection" ;;
        *) if [ "$opens" = yes ]; then item 8 OK "$title" "$seen, as at the backend: it asks for a token"; else item 8 FAIL "$title" "$(answer_is "$seen")$(case $seen in 30[1278]) echo ': a redirect, which no WebSocket client follows' ;; esac)${nginx_said:+; nginx logs: $nginx_said}"; fi ;;
    esac
}

check_certificate() { # 9: the one that is served here; whether a client trusts who signed it is the client's to say
    title='SSL certificate valid'
    case $seen in
        '' | 000)
            item 9 UNKNOWN "$title" "port $PORT shows none"
            return
            ;;
    esac
    if ! have openssl; then
        item 9 UNKNOWN "$title" 'there is no openssl to look at it with'
        return
    fi
    limited 5 openssl s_client -connect "127.0.0.1:$PORT" -servername "$SERVER_NAME" </dev/null 2>/dev/null | openssl x509 >"$work/certificate" 2>/dev/null
    ends=$(openssl x509 -noout -enddate <"$work/certificate" 2>/dev/null | cut -d= -f2)
    begins=$(openssl x509 -noout -startdate <"$work/certificate" 2>/dev/null | cut -d= -f2)
    case $SERVER_NAME in
        *[!0-9.]*) fits=$(openssl x509 -noout -checkhost "$SERVER_NAME" <"$work/certificate" 2>&1) ;;
        *) fits=$(openssl x509 -noout -checkip "$SERVER_NAME" <"$work/certificate" 2>&1) ;;
    esac
    if [ -z "$ends" ]; then
        item 9 UNKNOWN "$title" "port $PORT shows none that openssl can read"
    elif ! openssl x509 -noout -checkend 0 <"$work/certificate" >/dev/null 2>&1; then
        item 9 FAIL "$title" "it has expired: $ends"
        sed -n 's/^[[:space:]]*ssl_certificate[[:space:]]\{1,\}\([^;[:space:]]*\)[[:space:]]*;.*/\1/p' "$work/nginx/dump" >"$work/paths"
        while IFS= read -r path; do
            if openssl x509 -noout -checkend 0 -in "$path" >/dev/null 2>&1 && openssl x509 -noout -checkhost "$SERVER_NAME" -in "$path" 2>/dev/null | grep -q 'does match'; then certificate_next="load the renewed $path: $reload_it"; fi
        done <"$work/paths"
    elif [ "$(date -d "$begins" +%s 2>/dev/null || echo 0)" -gt "$(date +%s)" ]; then
        item 9 FAIL "$title" "it is not valid before $begins"
    else
        case $fits in
            *'does NOT match'*) item 9 FAIL "$title" "it is not for $SERVER_NAME" ;;
            *) item 9 OK "$title" "for $SERVER_NAME, until $ends" ;;
        esac
    fi
}

next_step() { # the first cause of those that failed
    case $failed in
        '') [ -z "$nginx_next" ] || printf '%s\n' "$nginx_next" ;;
        '10. '*) echo "let clients in: $firewall_fix" ;;
        *'4. '*'5. '*)
            # a log or a folder of nginx's own, which it makes itself where the folder above is there; a configuration has a line
            gone=$(sed -n '/"\/etc/d; s/^.*\[emerg\] .*\(open\|mkdir\)() "\(\/[A-Za-z0-9\/._-]*\)\/[^"\/]*" failed (2: [^:]*$/\2/p' "$work/nginx/test" 2>/dev/null | head -n 1)
            if [ "$dump_code" = 127 ]; then
                echo "install nginx, or name its command in the site: New-SummitSite -NginxCommand '/path/to/nginx'"
            else
                echo "${gone:+make the folder (sudo install -d -m 755 $gone), or }mend what nginx -t complains of, then: $start_it"
            fi
            ;;
        *'4. '*) echo "mend what nginx -t complains of, then: $reload_it" ;;
        *'3. '*) echo "deploy the configuration: deploy-nginx-config.json" ;;
        *'5. '*) printf '%s\n' "${nginx_next:-start nginx: $start_it}" ;;
        '9. '*) echo "${certificate_next:-renew the certificate (sudo certbot renew, where certbot made it), then: sudo systemctl reload nginx}" ;;
        *'1. '* | *'2. '* | *'7. '*) printf '%s\n' "${backend_next:-look at the backend: deploy-summit-backend.json}" ;;
        '8. '*)
            case $nginx_said in
                'no live upstreams'*) echo "wait 10 seconds: nginx leaves a backend alone for that long after a failure; or: $reload_it" ;;
                'connect() failed'*'upstream: '*) echo "correct proxy_pass of $WEBSOCKET_PATH, which leads to ${nginx_said##*upstream: }, while the backend answers at $BACKEND_HOST:$BACKEND_PORT; then: $reload_it" ;;
                ?*) echo "correct what nginx logs: $nginx_said; then: $reload_it" ;;
                *) elsewhere_step ;;
            esac
            ;;
        *) elsewhere_step ;;
    esac
}
elsewhere_step() {
    if [ -n "$other" ]; then
        echo "$other has the name $SERVER_NAME as well, without the location, and nginx uses the block that it reads first: remove one of them, then: $reload_it"
        return
    fi
    echo "the file is right, and nginx does otherwise: $reload_it; if that does not help, another server or a regex location takes $WEBSOCKET_PATH, or a map makes its headers"
}

report() {
    verdict=UNKNOWN code=2
    if [ -n "$failed" ]; then
        verdict=FAIL code=1
    elif [ -n "$unsure" ]; then
        # a handshake from here comes in by the loopback, and proves nothing for clients
        verdict=UNKNOWN code=2
    elif [ "$opens" = yes ] || { [ -z "$seen" ] && ! printf '%s' "$lines" | grep -q '^[1-5]. UNKNOWN'; }; then
        verdict=OK code=0
    fi
    printf 'SUMMIT %s %s%s\n%s' "$TASK" "$verdict" "${failed:+: $failed}" "$lines"
    next=$(next_step)
    [ -z "$next" ] || printf 'Next: %s\n' "$next"
    printf '%s' "$evidence" | head -c 12000
    exit "$code"
}
