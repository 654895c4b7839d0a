# Runs the script on its standard input as it is where WRITABLE may be written, else as root by sudo; a signal is passed on to it.
nearest=$WRITABLE
while [ ! -e "$nearest" ] && [ "$nearest" != / ]; do nearest=$(dirname "$nearest"); done
[ ! -w "$nearest" ] || as_root=
tell() { # PID: sudo passes on no signal of its own process group, so what runs under it is told itself
    case $(cat "/proc/$1/comm" 2>/dev/null) in
        sudo) for under in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do tell "$under"; done ;;
        *) $as_root kill -TERM "$1" 2>/dev/null ;;
    esac
}
child='' stopped=no
trap 'stopped=yes; [ -z "$child" ] || tell "$child"' HUP INT TERM
