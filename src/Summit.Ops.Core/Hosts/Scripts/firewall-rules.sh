# What filters packets on this host, as sections: put of the script that calls it writes them, in a folder of its own so that both may run side by side.
# Nothing is changed: no table is made, no module is loaded by a save of what is not there.
firewall_rules() { # PREFIX of the sections' names, FOLDER, and LONGEST rules in bytes that are taken along
    fw=$2/firewall
    fw_prefix=$1
    fw_longest=$3
    mkdir "$fw" || return 0
    if [ -n "$as_root" ]; then echo sudo; else echo "$me"; fi >"$fw/who"
    fw_put who 0 "$fw/who"
    # the interface that strangers come in by, and the host's own addresses
    cat /proc/net/route >"$fw/route" 2>/dev/null
    fw_put route 0 "$fw/route"
    awk '
        FILENAME ~ /if_inet6$/ { gsub(/..../, "&:", $1); sub(/:$/, "", $1); print $1; next }
        $1 == "|--" { address = $2 }
        /\/32 host LOCAL/ && !seen[address]++ { print address }
    ' /proc/net/fib_trie /proc/net/if_inet6 >"$fw/addresses" 2>/dev/null
    fw_put addresses 0 "$fw/addresses"
    if [ -d /sys/module/nf_tables ] || grep -q '^nf_tables ' /proc/modules 2>/dev/null; then echo loaded; else echo absent; fi >"$fw/module"
    fw_put nf_tables 0 "$fw/module"
    cat /proc/net/ip_tables_names /proc/net/ip6_tables_names >"$fw/legacy" 2>/dev/null
    fw_put legacy.tables "$?" "$fw/legacy"
    fw_ran=
    for save in iptables-save ip6tables-save iptables-legacy-save ip6tables-legacy-save; do
        ! have "$save" || fw_run "$save" "$save"
    done
    if have nft; then
        fw_run nft.json nft -j list ruleset
        fw_run nft.text nft -a list ruleset
    fi
    fw_note
}
fw_note() { # the sections of what was run
    fw_long=$(find "$fw" -type f -size "+${fw_longest}c" 2>/dev/null)
    for fw_each in $fw_ran; do
        fw_name=${fw_each%=*}
        fw_code=${fw_each#*=}
        if [ -n "$fw_long" ] && printf '%s\n' "$fw_long" | grep -q -x -F "$fw/$fw_name"; then
            # half of a ruleset would be judged wrong: all of it, or none
            fw_code=75
            echo "$(($(wc -c <"$fw/$fw_name"))) bytes of rules are more than are taken along" >"$fw/$fw_name.err"
            : >"$fw/$fw_name"
        fi
        fw_put "$fw_name" "$fw_code" "$fw/$fw_name"
        [ ! -s "$fw/$fw_name.err" ] || fw_put "$fw_name.err" "$fw_code" "$fw/$fw_name.err"
    done
    fw_ran=
}
fw_put() { put "$fw_prefix$1" "$2" "$3"; }
fw_run() { # NAME COMMAND…, as root where that is possible
    fw_name=$1
    shift
    # shellcheck disable=SC2086 # empty, or two words
    limited 15 $as_root "$@" >"$fw/$fw_name" 2>"$fw/$fw_name.err"
    fw_ran="$fw_ran $fw_name=$?"
}
