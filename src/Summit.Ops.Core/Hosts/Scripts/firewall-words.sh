# Whether the host's firewall lets a client of the internet in on the site's port, as far as a shell can judge rules of iptables, which ufw makes too.
# In: PORT. Sets: firewall_verdict (open, blocked, unsure, unread) firewall_rule firewall_fix
firewall_words() {
    firewall_verdict=open firewall_rule='' firewall_fix=
    if [ "$me" != 0 ] && [ -z "$as_root" ]; then
        firewall_verdict=unread firewall_rule='only root may read the rules'
        return
    fi
    for firewall_save in iptables-save iptables-legacy-save; do
        have "$firewall_save" || continue
        # shellcheck disable=SC2086 # empty, or two words
        firewall_said=$($as_root "$firewall_save" 2>/dev/null | firewall_walk)
        case $firewall_said in
            drop*)
                firewall_verdict=blocked firewall_rule=${firewall_said#drop }
                case $firewall_rule in
                    # behind a rule that refuses, another one that allows is not met
                    *ufw*user-input*) firewall_fix="sudo ufw insert 1 allow $PORT/tcp" ;;
                    *ufw*) firewall_fix="sudo ufw allow $PORT/tcp" ;;
                    *) firewall_fix="sudo ${firewall_save%-save} -I INPUT 1 -p tcp --dport $PORT -j ACCEPT" ;;
                esac
                return
                ;;
            unsure*) firewall_verdict=unsure firewall_rule=${firewall_said#unsure } ;;
        esac
    done
    # tables of nft's own, which iptables does not show
    if [ "$firewall_verdict" = open ] && have nft; then
        # shellcheck disable=SC2086 # empty, or two words
        firewall_rule=$($as_root nft list ruleset 2>/dev/null | awk '
            $1 == "table" { own = !(($2 == "ip" || $2 == "ip6") && $3 ~ /^(filter|nat|mangle|raw|security)$/) }
            own && /policy drop/ { print; exit }
            own && /(^|[[:space:]])(drop|reject)([[:space:]]|$)/ { print; exit }' | sed 's/^[[:space:]]*//')
        [ -z "$firewall_rule" ] || firewall_verdict=unsure
    fi
}
# One packet's way through the chain INPUT: a new connection of an internet client to the port. accept, drop RULE or unsure RULE
firewall_walk() {
    awk -v port="$PORT" '
        function within(list, n, parts, i, ends) {
            n = split(list, parts, ",")
            for (i = 1; i <= n; i++) {
                if (split(parts[i], ends, ":") == 2) { if (port + 0 >= ends[1] + 0 && port + 0 <= ends[2] + 0) return 1 }
                else if (parts[i] + 0 == port + 0) return 1
            }
            return 0
        }
        function inside(source) { return source ~ /^(10\.|127\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.)/ }
        # yes, no, or maybe, where it depends on what is not in the rule
        function meets(text, n, w, i, sure) {
            sure = "yes"
            gsub(/"[^"]*"/, "x", text)
            n = split(text, w, " ")
            for (i = 3; i <= n; i++) {
                if (w[i] == "-j" || w[i] == "-g") break
                if (w[i] == "!") sure = "maybe"
                else if (w[i] == "-i") { if (w[++i] == "lo" && w[i - 2] != "!") return "no" }
                else if (w[i] == "-p") { i++; if (w[i] != "tcp" && w[i] != "all" && w[i - 2] != "!") return "no" }
                else if (w[i] == "--dport" || w[i] == "--dports") { if (!within(w[++i]) && w[i - 2] != "!") return "no" }
                else if (w[i] == "--ctstate" || w[i] == "--state") { if (w[++i] !~ /NEW/ && w[i - 2] != "!") return "no" }
                else if (w[i] == "-s") { i++; if (inside(w[i])) return "no"; if (w[i] != "0.0.0.0/0") sure = "maybe" }
                else if (w[i] == "-d") { i++; if (w[i] ~ /^(22[4-9]|23[0-9]|127|255)\./) return "no"; sure = "maybe" }
                else if (w[i] == "--dst-type") { if (w[++i] != "LOCAL") return "no" }
                else if (w[i] == "-m") { i++; if (w[i] !~ /^(tcp|udp|icmp|conntrack|state|comment|multiport|addrtype)$/) sure = "maybe" }
                else if (w[i] == "--comment") i++
                else if (w[i] ~ /^--s/) sure = "maybe"
            }
            return sure
        }
        function aim(text, n, w, i) { n = split(text, w, " "); for (i = 1; i < n; i++) if (w[i] == "-j" || w[i] == "-g") return w[i + 1]; return "" }
        function walk(chain, depth, i, m, to, met) {
            for (i = 1; i <= count[chain] && depth < 20; i++) {
                m = meets(rule[chain, i])
                if (m == "no") continue
                to = aim(rule[chain, i])
                if (to == "RETURN") { if (m == "yes") return ""; continue }
                if (to == "ACCEPT") met = "accept"
                else if (to == "DROP" || to == "REJECT") met = "drop " rule[chain, i]
                else if (to in policy) met = walk(to, depth + 1)
                else continue
                if (met == "") continue
                if (m == "yes") return met
                if (met != "accept") doubt = rule[chain, i]
            }
            return ""
        }
        /^\*/ { table = substr($0, 2) }
        # taken elsewhere before it is asked whether it may come in
        table == "nat" && /^-A PREROUTING .*-j (REDIRECT|DNAT)/ { if (meets($0) != "no") doubt = $0 }
        table == "filter" && /^:/ { policy[substr($1, 2)] = $2 }
        table == "filter" && /^-A / { rule[$2, ++count[$2]] = $0 }
        END {
            said = walk("INPUT", 0)
            if (said == "") said = policy["INPUT"] == "DROP" ? "drop policy DROP of INPUT" (("ufw-user-input" in policy) ? " (ufw)" : "") : "accept"
            if (said == "accept" && doubt != "") said = "unsure " doubt
            print said
        }'
}
