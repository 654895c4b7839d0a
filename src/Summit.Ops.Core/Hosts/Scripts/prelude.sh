# What every script of Summit.Ops begins with.
LC_ALL=C
export LC_ALL
PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
umask 077

have() { command -v "$1" >/dev/null 2>&1; }

# as_root: how a command is run that needs root; empty where we are root, or where sudo asks for a password
as_root=
if [ "$(id -u)" != 0 ] && have sudo && sudo -n true 2>/dev/null; then
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
        eval "$by $NGINX_COMMAND \"\$@\""
    )
}
