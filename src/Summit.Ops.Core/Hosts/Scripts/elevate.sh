# Runs the script on its standard input as it is where WRITABLE may be written and nginx takes signals from here, else as root by sudo; a signal is
# passed on to it.
nearest=$WRITABLE
while [ ! -e "$nearest" ] && [ "$nearest" != / ]; do
    parent_of "$nearest"
    nearest=$parent
done
own_nginx() { # whether the site's nginx is this account's, or can be started by it
    [ -n "${NGINX_COMMAND:-}" ] || return 0
    # only root can look into a container
    case " $NGINX_COMMAND" in *docker* | *podman* | *nerdctl*) return 1 ;; esac
    nginx_facts
    [ -z "$found_container" ] || return 1
    [ ! -e "$pid_file" ] || [ -r "$pid_file" ] || return 1
    master=$(cat "$pid_file" 2>/dev/null)
    parent_of "$pid_file"
    if [ -n "$master" ] && [ -e "/proc/$master" ]; then [ -O "/proc/$master" ]; else [ -w "$parent" ]; fi
}
if [ -n "$as_root" ] && [ -w "$nearest" ] && own_nginx; then as_root=; fi
tell() { # PID: sudo passes on no signal of its own process group, so what runs under it is told itself
    case $(cat "/proc/$1/comm" 2>/dev/null) in
        sudo) for under in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do tell "$under"; done ;;
        *) $as_root kill -TERM "$1" 2>/dev/null ;;
    esac
}
child='' stopped=no
trap 'stopped=yes; [ -z "$child" ] || tell "$child"' HUP INT TERM
