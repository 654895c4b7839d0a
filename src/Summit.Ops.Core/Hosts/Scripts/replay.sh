# Replays WebSocket handshakes at backends, all at once, each for two seconds at most, and changes nothing.
# In: REPLAYS (a line for each: NUMBER tls|plain NAME-IN-THE-TLS-HELLO|- BASE64-OF-REQUEST ADDRESS; an address is host:port or unix:/path)
# Out: sections replay.NUMBER (the answer as it came; its code as curl's, 255 where the connection still stood) and replay.NUMBER.said, and a last line @done

tmp=$(with_room -d) || exit 70
trap 'rm -rf "$tmp"' EXIT
trap 'exit 143' HUP INT TERM

replay_with=none
if have curl && curl --help all 2>/dev/null | grep -q -e --request-target; then replay_with=curl; elif have python3; then replay_with=python; fi
carriage_return=$(printf '\r')

# the request goes to curl as a configuration file, so that no header is an argument of a process
curl_config() { # FILE WITH THE REQUEST
    {
        curl_line
        target=${line#* }
        case $line in (*' HTTP/1.0') echo http1.0 ;; (*) echo http1.1 ;; esac
        printf 'request = "%s"\nrequest-target = "%s"\n' "${line%% *}" "${target% HTTP/1.?}"
        # what curl would add by itself is left out where the request has none
        no_host=yes no_agent=yes no_accept=yes
        while curl_line && [ -n "$line" ]; do
            printf 'header = "%s"\n' "$line"
            case $line in
                ([Hh][Oo][Ss][Tt]:*) no_host= ;;
                ([Uu][Ss][Ee][Rr]-[Aa][Gg][Ee][Nn][Tt]:*) no_agent= ;;
                ([Aa][Cc][Cc][Ee][Pp][Tt]:*) no_accept= ;;
            esac
        done
        printf '%s' "${no_host:+header = \"Host:\"
}${no_agent:+header = \"User-Agent:\"
}${no_accept:+header = \"Accept:\"
}"
    } <"$1"
}
curl_line() { # a line of the request, as it stands between double quotes of a curl configuration
    IFS= read -r line || [ -n "$line" ] || return 1
    line=${line%"$carriage_return"}
    case $line in (*[\\\"]*) line=$(printf '%s\n' "$line" | sed -e 's/[\\"]/\\&/g') ;; esac
}
with_curl() { # NUMBER tls|plain NAME ADDRESS
    curl_config "$tmp/$1.request" >"$tmp/$1.config"
    case $3 in (-) url=127.0.0.1 ;; (*) url=$3 ;; esac
    case $2 in (tls) url="https://$url/" ;; (*) url="http://$url/" ;; esac
    case $4 in
        (unix:*) set -- "$1" --unix-socket "${4#unix:}" ;;
        (*) set -- "$1" --connect-to "::$4" ;;
    esac
    number=$1
    shift
    # curl writes the head line by line, and the rest as it comes; exec, so that the process that is ended later is curl itself
    from_nginx curl -q -sS -g --raw -N -k -D "$tmp/$number" -o "$tmp/$number.body" -w '%{remote_ip} %{time_appconnect}\n' --max-time 2 --noproxy '*' -K "$tmp/$number.config" "$@" "$url" >"$tmp/$number.times" 2>"$tmp/$number.err"
}
# shellcheck disable=SC2016 # Python
python_sends='
import socket, ssl, sys, time
kind, name, at, asked, out, times = sys.argv[1:7]
end = time.time() + 2
tcp = tls = 0
def done(code, why=""):
    with open(times, "w") as said: said.write("%s %s\n" % (tcp, tls))
    if why: sys.stderr.write("%s\n" % why)
    sys.exit(code)
def left(): return max(0.05, end - time.time())
answer = open(out, "wb", 0)
try:
    if at.startswith("unix:"):
        s = socket.socket(socket.AF_UNIX); s.settimeout(left()); s.connect(at[5:])
    else:
        host, port = at.rsplit(":", 1)
        s = socket.create_connection((host.strip("[]"), int(port)), left())
    tcp = 0.001
except socket.gaierror as e: done(6, e)
except socket.timeout as e: done(28, e)
except OSError as e: done(7, e)
try:
    if kind == "tls":
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE
        s.settimeout(left()); s = c.wrap_socket(s, server_hostname=None if name == "-" else name); tls = 0.001
except socket.timeout as e: done(28, e)
except (ssl.SSLError, OSError) as e: done(35, e)
got = 0
try:
    s.settimeout(left()); s.sendall(open(asked, "rb").read())
    while True:
        s.settimeout(left()); part = s.recv(65536)
        if not part: break
        answer.write(part); got += len(part)
        if got > 262144: break
        if time.time() >= end: done(28)
except socket.timeout as e: done(28, e)
except (ssl.SSLError, OSError) as e: done(56, e)
done(0 if got else 52)
'
with_python() { # NUMBER tls|plain NAME ADDRESS
    from_nginx python3 -I -c "$python_sends" "$2" "$3" "$4" "$tmp/$1.request" "$tmp/$1" "$tmp/$1.times" 2>"$tmp/$1.err"
}
with_openssl() { # NUMBER tls NAME ADDRESS
    case $3 in (-) set -- "$1" "$4" ;; (*) set -- "$1" "$4" -servername "$3" ;; esac
    number=$1
    shift
    { cat "$tmp/$number.request"; sleep 2; } | timeout 2 openssl s_client -quiet -connect "$@" >"$tmp/$number" 2>"$tmp/$number.err"
    [ -s "$tmp/$number" ] || exit 35
}
with_bash() { # NUMBER plain - ADDRESS
    # shellcheck disable=SC2016 # bash's own
    timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1" || exit 7; cat "$2" >&3; cat <&3' "${4%:*}" "${4##*:}" "$tmp/$1.request" >"$tmp/$1" 2>"$tmp/$1.err"
    sent=$?
    case $sent in (124) exit 28 ;; (1) exit 7 ;; esac
    [ "$sent" != 0 ] || [ -s "$tmp/$1" ] || exit 52
    exit "$sent"
}
replay() { # NUMBER tls|plain NAME ADDRESS
    # of two Host lines curl sends one
    if [ "$(grep -ci '^host:' "$tmp/$1.request")" -gt 1 ]; then
        if have python3; then replay_with=python; else replay_with=none; fi
    fi
    case $replay_with in
        (curl) with_curl "$@" ;;
        (python) with_python "$@" ;;
    esac
    have timeout || exit 127
    case $2-$4 in
        (*-unix:*) exit 127 ;;
        (tls-*) have openssl || exit 127; with_openssl "$@" ;;
        (*) have bash || exit 127; with_bash "$@" ;;
    esac
}

numbers=
while IFS=' ' read -r number kind name asked at; do
    [ -n "$at" ] || continue
    printf '%s' "$asked" | base64 -d >"$tmp/$number.request" || continue
    : >"$tmp/$number"
    : >"$tmp/$number.times"
    : >"$tmp/$number.err"
    (
        # a backend that sends without end: no more than some hundred kilobytes are kept
        ulimit -f 512
        replay "$number" "$kind" "$name" "$at"
    ) &
    eval "pid_$number=$!"
    numbers="$numbers $number"
done <<EOF_REPLAYS
$REPLAYS
EOF_REPLAYS

# after a 101 the connection stands for as long as the peer likes: it is ended once a first message, or a Close, had time to come
waiting=$numbers
pid=
opened=
turns=0
while [ -n "$waiting" ] && [ "$turns" -lt 60 ]; do
    still=
    for number in $waiting; do
        eval "pid=\$pid_$number"
        kill -0 "$pid" 2>/dev/null || continue
        first=
        [ ! -s "$tmp/$number" ] || read -r first <"$tmp/$number"
        case $first in
            ('HTTP/1.'[01]' 101'*) opened="$opened $number" ;;
            (*) still="$still $number" ;;
        esac
    done
    waiting=$still
    turns=$((turns + 1))
    [ -z "$waiting" ] || sleep 0.05 2>/dev/null || sleep 1
done
[ -z "$opened" ] || sleep 0.25 2>/dev/null || sleep 1
for number in $opened; do
    eval "pid=\$pid_$number"
    if kill "$pid" 2>/dev/null; then eval "code_$number=255"; fi
done
for number in $numbers; do
    eval "pid=\$pid_$number code=\${code_$number:-}"
    wait "$pid" 2>/dev/null
    ended=$?
    [ ! -s "$tmp/$number.body" ] || cat "$tmp/$number.body" >>"$tmp/$number"
    put "replay.$number" "${code:-$ended}" "$tmp/$number"
    cat "$tmp/$number.err" >>"$tmp/$number.times"
    put "replay.$number.said" 0 "$tmp/$number.times"
done

write_sections
echo '@done'
