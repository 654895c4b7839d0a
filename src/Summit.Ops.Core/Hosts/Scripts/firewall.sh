# Gathers what filters packets on this host, and changes nothing: no table is made, no module is loaded by a save of what is not there.
# Out: sections   @begin NAME EXITCODE / base64 of its content / @end   and a last line @done
tmp=$(mktemp -d "${TMPDIR:-/tmp}/summit.XXXXXXXXXX") || exit 70
trap 'rm -rf "$tmp"' EXIT
trap 'exit 143' HUP INT TERM

put() { # NAME EXITCODE FILE
    printf '@begin %s %s\n' "$1" "$2"
    base64 <"$3"
    printf '@end\n'
}
run() { # NAME COMMAND…, as root where that is possible
    run_name=$1
    shift
    # shellcheck disable=SC2086 # empty, or two words
    $as_root "$@" >"$tmp/out" 2>"$tmp/err"
    run_code=$?
    put "$run_name" "$run_code" "$tmp/out"
    [ ! -s "$tmp/err" ] || put "$run_name.err" "$run_code" "$tmp/err"
}

if [ -n "$as_root" ]; then echo sudo; else id -u; fi >"$tmp/who"
put who 0 "$tmp/who"
# the interface that strangers come in by
cat /proc/net/route >"$tmp/route" 2>/dev/null
put route 0 "$tmp/route"
if [ -d /sys/module/nf_tables ] || grep -q '^nf_tables ' /proc/modules 2>/dev/null; then echo loaded; else echo absent; fi >"$tmp/module"
put nf_tables 0 "$tmp/module"
cat /proc/net/ip_tables_names /proc/net/ip6_tables_names >"$tmp/legacy" 2>"$tmp/err"
put legacy.tables "$?" "$tmp/legacy"

for save in iptables-save ip6tables-save iptables-legacy-save ip6tables-legacy-save; do
    ! have "$save" || run "$save" "$save"
done
if have nft; then
    run nft.json nft -j list ruleset
    run nft.text nft -a list ruleset
fi
! have ufw || run ufw ufw status verbose
! have firewall-cmd || run firewalld firewall-cmd --state
printf '@done\n'
