# The end of the backend's logs: the files that pm2 writes, or the journal of its unit. Changes nothing.
# In: PM2_DIR BACKEND_USER PROCESS_NAME TAIL (lines of each), SINCE (seconds since 1970, for the journal; empty for all), WORDS (lines of words, one of
#     which a line must hold; empty for any line)
# Out: sections as gather.sh's, log:STREAM:PATH and journal, and a last line @done

tmp=$(mktemp -d "${TMPDIR:-/tmp}/summit.XXXXXXXXXX") || exit 70
trap 'rm -rf "$tmp"' EXIT
trap 'exit 143' HUP INT TERM
printf '%s\n' "$WORDS" | grep . >"$tmp/words"

put() { # NAME EXITCODE, and its content on standard input
    printf '@begin %s %s\n' "$1" "$2"
    base64
    printf '@end\n'
}
wanted() { if [ -s "$tmp/words" ]; then grep -a -i -F -f "$tmp/words"; else cat; fi | tail -n "$TAIL"; }

# --- pm2: the paths that it says, else the ones that it always has
pm2_facts
: >"$tmp/paths"
if [ -n "$pm2_daemon" ] && have "$pm2_command"; then
    pm2_node=$(command -v node || readlink "/proc/$pm2_daemon/exe" 2>/dev/null || echo node)
    # its list holds the whole environment of each process, secrets and all: only these fields leave the pipe
    # shellcheck disable=SC2016 # JavaScript
    pm2_run jlist 2>/dev/null | "$pm2_node" -e 'let t="";process.stdin.on("data",d=>t+=d).on("end",()=>{const i=t.search(/^\[(\{|\])/m);if(i<0)process.exit(1)
        for(const p of JSON.parse(t.slice(i)).filter(p=>p.name===process.argv[1]))console.log("Output "+p.pm2_env.pm_out_log_path+"\nError "+p.pm2_env.pm_err_log_path)})' -- "$PROCESS_NAME" >"$tmp/paths" 2>/dev/null
fi
if [ ! -s "$tmp/paths" ]; then
    for path in "$pm2_home/logs/$PROCESS_NAME"-out*.log; do [ ! -f "$path" ] || echo "Output $path"; done >"$tmp/paths"
    for path in "$pm2_home/logs/$PROCESS_NAME"-error*.log; do [ ! -f "$path" ] || echo "Error $path"; done >>"$tmp/paths"
fi
awk '!seen[$0]++' "$tmp/paths" >"$tmp/once"
while IFS=' ' read -r stream path; do
    case $path in '' | undefined | /dev/null) continue ;; esac
    if [ -r "$path" ] || [ -z "$as_root" ]; then cat "$path" >"$tmp/log" 2>"$tmp/err"; else $as_root cat "$path" >"$tmp/log" 2>"$tmp/err"; fi
    code=$?
    if [ "$code" = 0 ]; then wanted <"$tmp/log" | put "log:$stream:$path" 0; else put "log:$stream:$path" "$code" <"$tmp/err"; fi
done <"$tmp/once"

# --- systemd: the journal keeps both streams
if [ ! -s "$tmp/once" ] && [ -d /run/systemd/system ] && have journalctl && [ "$(systemctl show -p LoadState "$PROCESS_NAME.service" 2>/dev/null)" = LoadState=loaded ]; then
    if [ -s "$tmp/words" ]; then set -- ; else set -- -n "$TAIL"; fi
    # shellcheck disable=SC2086 # empty, or two words
    $as_root journalctl -u "$PROCESS_NAME.service" "$@" ${SINCE:+--since "@$SINCE"} -o json --output-fields=MESSAGE --no-pager >"$tmp/log" 2>"$tmp/err"
    code=$?
    if [ "$code" = 0 ]; then wanted <"$tmp/log" | put journal 0; else put journal "$code" <"$tmp/err"; fi
fi
echo '@done'
