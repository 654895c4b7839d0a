LC_ALL=C
export LC_ALL
PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
umask 077
have() { command -v "$1" >/dev/null 2>&1; }
boxes=${TMPDIR:-/tmp}
