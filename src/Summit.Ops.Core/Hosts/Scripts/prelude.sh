# What every script of Summit.Ops begins with.
LC_ALL=C
export LC_ALL
PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
umask 077

have() { command -v "$1" >/dev/null 2>&1; }

# who runs this; a program costs milliseconds, so what is asked often is asked once
me=$(id -u)
me_name=$(id -un 2>/dev/null) || me_name=$me

# Sets parent: the folder of a path, as dirname says it
parent_of() { # PATH
    parent=${1%"${1##*[!/]}"}
    case $parent in
        */*)
            parent=${parent%/*}
            parent=${parent%"${parent##*[!/]}"}
            parent=${parent:-/}
            ;;
        '') case $1 in /*) parent=/ ;; *) parent=. ;; esac ;;
        *) parent=. ;;
    esac
}

# A new folder, or file, with room in it: where /tmp is full or may not be written, another place that every host has.
# Says why on standard error where there is none.
with_room() { # -d for a folder
    room_tried=
    # what a run that was killed has left is taken away by a later one
    for room_old in "${TMPDIR:-/tmp}"/summit.??????????; do
        [ ! -O "$room_old" ] || find "$room_old" -prune -user "$me" -mmin +60 -exec rm -rf {} + 2>/dev/null
    done
    for room_place in "${TMPDIR:-/tmp}" /dev/shm /run /var/tmp; do
        room_tried="$room_tried${room_tried:+, }$room_place"
        room_made=$(mktemp ${1:+"$1"} "$room_place/summit.XXXXXXXXXX" 2>/dev/null) || continue
        room_test=$room_made
        [ -z "$1" ] || room_test=$room_made/room
        if dd if=/dev/zero of="$room_test" bs=65536 count=4 2>/dev/null; then
            if [ -n "$1" ]; then rm -f "$room_test"; else : >"$room_test"; fi
            printf '%s\n' "$room_made"
            return 0
        fi
        rm -rf "$room_made"
    done
    echo "No folder for working files has room on this host or may be written (tried $room_tried)." >&2
    return 1
}

# each tool has a clock of its own: one that hangs costs what it would have said, and not the rest; 124 where its time was up
clock=
if timeout -k 1 9 true 2>/dev/null; then clock='timeout -k 2'; elif timeout 9 true 2>/dev/null; then clock=timeout; fi
limited() { # SECONDS COMMAND…
    # shellcheck disable=SC2086 # empty, or words
    if [ -n "$clock" ]; then $clock "$@"; else shift && "$@"; fi
}

# Sets account: the account that has started a process, as a number; nothing where it is gone. A program of another's that has become root keeps it.
account_of() { # PID
    account=
    while read -r account_key account_is _; do
        if [ "$account_key" = Uid: ]; then
            account=$account_is
            break
        fi
    done 2>/dev/null <"/proc/$1/status"
}
# Sets own_unit: the unit of the system's own manager that a process is in; nothing for one of a user's manager, which names its units as it likes,
# and for a process that was put somewhere inside another unit it is that one
unit_of_process() { # PID
    own_unit=
    while IFS= read -r unit_path; do
        unit_path=${unit_path#*:*:}
        case $unit_path in
            */user.slice/* | *user@*) ;;
            */system.slice/*.service* | */system.slice/*.socket*)
                unit_path=${unit_path#*/system.slice/}
                while :; do case $unit_path in */*) ;; *) break ;; esac; case ${unit_path%%/*} in *.slice) unit_path=${unit_path#*/} ;; *) break ;; esac; done
                case ${unit_path%%/*} in *.service | *.socket)
                    own_unit=${unit_path%%/*}
                    break
                    ;;
                esac
                ;;
        esac
    done 2>/dev/null <"/proc/$1/cgroup"
}
# The sockets that listen on a port, one a line, as a descriptor's link shows them; and whether a process has one of them open.
# What ss prints beside a socket is the process's own word.
listening() { cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v p=":$(printf '%04X' "$1")" '$4 == "0A" && substr($2, length($2) - 4) == p { print " -> socket:[" $10 "]" }'; } # PORT
# shellcheck disable=SC2086 # empty, or two words
has_open() { [ -n "$2" ] && $as_root ls -l "/proc/$1/fd" 2>/dev/null | grep -q -F "$2"; } # PID SOCKETS

# What is dialled as nginx would dial it; it takes the place of the shell that calls it
from_nginx() { exec "$@"; }

# as_root: how a command is run that needs root; empty where we are root, or where sudo asks for a password
as_root=
if [ "$me" != 0 ] && have sudo && sudo -n true 2>/dev/null; then
    as_root='sudo -n'
fi

# nginx with the site's own prefix and main file; what it creates (logs, on its first start) has the modes it always has
nginx_cmd() { nginx_cmd_by '' "$@"; }
nginx_cmd_as_root() { nginx_cmd_by "$as_root" "$@"; }
nginx_cmd_by() { # sudo or nothing, then nginx's own arguments
    (
        umask 022
        by=$1
        shift
        set -- ${NGINX_PREFIX:+-p "$NGINX_PREFIX"} ${NGINX_CONF:+-c "$NGINX_CONF"} "$@"
        eval "limited 45 $by $NGINX_COMMAND \"\$@\""
    )
}
