# The systemd unit that runs the site's backend: of the process's name, else the one whose process listens on the port, else the one whose file
# names the process and the port.
# In: PROCESS_NAME BACKEND_PORT. Sets, once: unit (empty for none) unit_state, its LoadState

units_here() { [ -d /run/systemd/system ] && have systemctl; }
# The command that takes its mask away; a mask for this boot only lies elsewhere, and has a word of its own
unit_unmask() { echo "systemctl unmask$(systemctl show -p UnitFileState "$1" | sed -n 's/.*-runtime/ --runtime/p') $1"; }
unit_load() { limited 10 systemctl show -p LoadState -- "$1" 2>/dev/null | sed 's/^LoadState=//'; }

# What the unit requires and systemd cannot start: a line NAME STATE each, the state not-found or masked
unit_needs() { # UNIT
    for unit_need in $(limited 10 systemctl show -p Requires -p Requisite -p BindsTo "$1" 2>/dev/null | sed 's/^[A-Za-z]*=//'); do
        unit_state_of=$(unit_load "$unit_need")
        case $unit_state_of in not-found | masked) echo "$unit_need $unit_state_of" ;; esac
    done
}

backend_unit() {
    [ -z "${unit_looked:-}" ] || return 0
    unit_looked=yes unit='' unit_state=
    units_here || return 0
    unit=$PROCESS_NAME.service
    unit_state=$(unit_load "$unit")
    case $unit_state in '' | not-found) ;; *) return 0 ;; esac
    unit=$(unit_of_port)
    [ -n "$unit" ] || unit=$(unit_of_file)
    unit_state=${unit:+$(unit_load "$unit")}
}
# The journal of the unit's last start, or of all of them where systemd does not say which that was. UNIT LINES FILE, what systemctl show said of it
journal_of() {
    journal_run=$(sed -n 's/^InvocationID=\([0-9a-f]*\)$/\1/p' "$3")
    if [ -n "$journal_run" ]; then
        # what the program wrote, and what systemd wrote of it
        # shellcheck disable=SC2086 # empty, or two words
        limited 10 $as_root journalctl -q --no-pager -o cat -n "$2" "_SYSTEMD_INVOCATION_ID=$journal_run" + "INVOCATION_ID=$journal_run"
    else
        # shellcheck disable=SC2086 # empty, or two words
        limited 10 $as_root journalctl -q --no-pager -o cat -n "$2" -u "$1"
    fi
}
journal_may() { # whether this account sees the journal of units
    have journalctl || return 1
    if [ "$me" = 0 ] || [ -n "$as_root" ]; then return 0; fi
    case " $(id -nG) " in *' adm '* | *' systemd-journal '* | *' root '* | *' wheel '*) return 0 ;; esac
    return 1
}
# whether its file changed since systemd read it
unit_stale() { case $(limited 10 systemctl show -p NeedDaemonReload "$1" 2>/dev/null) in *=yes) return 0 ;; esac; return 1; } # UNIT
# what runs others is no backend: a manager of processes, of logins, of commands, of containers; nor a command that systemd-run named
unit_is_own() { case $1 in pm2-* | run-u[0-9]* | run-r[0-9a-f]* | user@* | session-* | *ssm-agent* | ssh* | cron* | docker* | containerd* | podman* | nginx*) return 1 ;; *.service) return 0 ;; *) return 1 ;; esac; }
unit_of_port() {
    have ss || return 0
    unit_sockets=$(listening "$BACKEND_PORT")
    # shellcheck disable=SC2086 # empty, or two words
    $as_root ss -tlnpH "sport = :$BACKEND_PORT" 2>/dev/null | grep -o 'pid=[0-9]*' | sort -u | head -n 20 | while IFS='=' read -r _ unit_pid; do
        unit_of_process "$unit_pid"
        if unit_is_own "$own_unit" && has_open "$unit_pid" "$unit_sockets"; then
            printf '%s\n' "$own_unit"
            break
        fi
    done
}
unit_of_file() {
    for unit_file in /etc/systemd/system/*.service /run/systemd/system/*.service /usr/local/lib/systemd/system/*.service; do
        if [ ! -f "$unit_file" ] || ! unit_is_own "${unit_file##*/}"; then continue; fi
        awk -v name="$PROCESS_NAME" -v port="$BACKEND_PORT" -v file="${unit_file##*/}" '
            /^(ExecStart|WorkingDirectory)=/ { n = split($0, words, /[^A-Za-z0-9_-]+/); for (i = 1; i <= n; i++) { if (words[i] == name) named = 1; if (words[i] == port) ported = 1 } }
            /^Environment=/ && $0 ~ ("PORT=" port "([^0-9]|$)") { ported = 1 }
            END { if (named + ported > 0) print named + 2 * ported, file }' "$unit_file" 2>/dev/null
    done | sort -u | sort -rn | awk '{ count[$1]++; if (NR == 1) { best = $1; file = $2 } } END { if (best != "" && count[best] == 1) print file }'
}
