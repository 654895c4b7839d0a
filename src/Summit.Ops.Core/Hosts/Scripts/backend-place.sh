# The processes of the backend in its manager, and where they listen.
# In: MANAGER (Pm2, Systemd) unit PROCESS_NAME BACKEND_PORT

# The processes of the backend that run, and how often they were started, in one line: another line is another start; empty where none runs.
backend_processes() {
    if [ "$MANAGER" = Systemd ]; then
        systemctl show -p MainPID,NRestarts "$unit" 2>/dev/null | tr '\n' ' ' | grep -v 'MainPID=0 '
        return
    fi
    if pm2_now=$(pm2_list 'for(const q of p)if(q.pid)out(q.pid+"/"+q.pm2_env.restart_time)' 2>/dev/null); then
        printf '%s' "$pm2_now" | tr '\n' ' '
    else
        for pids in $(pm2_files pids/ '' .pid | tr ' ' '?'); do backend_reads "$pids" cat "$pids" 2>/dev/null; echo ' '; done | tr -d '\n'
    fi
}

# Where the processes of the backend listen, if that is another port than the site's; nothing where that is not known
backend_elsewhere() {
    have ss || return 1
    elsewhere_pids=$(backend_processes | tr ' ' '\n' | sed -n 's/^MainPID=\([0-9]*\)$/\1/p; s/^\([0-9]\{1,\}\)\(\/.*\)\{0,1\}$/\1/p')
    for elsewhere_pid in $elsewhere_pids; do
        for elsewhere_each in $elsewhere_pid $(cat "/proc/$elsewhere_pid/task/$elsewhere_pid/children" 2>/dev/null); do
            # shellcheck disable=SC2086 # empty, or two words
            $as_root ss -tlnpH 2>/dev/null | awk -v p="pid=$elsewhere_each," '
                # a name may hold what looks like another process: then nothing of the line is believed
                /users:\(\("[^"]*",pid=[0-9]+,fd=[0-9]+\)(,\("[^"]*",pid=[0-9]+,fd=[0-9]+\))*\)[ \t]*$/ && index($0, p) { print $4 }'
        done
    done | sort -u | tr '\n' ' ' | sed 's/ $//'
}
