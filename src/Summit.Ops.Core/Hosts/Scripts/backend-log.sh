# The end of the backend's logs: the files that pm2 writes, or the journal of its unit. Changes nothing.
# In: PM2_DIR BACKEND_USER PROCESS_NAME TAIL (lines of each), SINCE (seconds since 1970, for the journal; empty for all), WORDS (lines of words, one of
#     which a line must hold; empty for any line)
# Out: sections as gather.sh's, log:STREAM:PATH and journal, and a last line @done

tmp=$(with_room -d) || exit 70
trap 'rm -rf "$tmp"' EXIT
trap 'exit 143' HUP INT TERM
printf '%s\n' "$WORDS" | grep . >"$tmp/words"

part() { # COMMAND…: the lines of its output that are wanted, the last of them, into a new file; sets code, and what it complained of stands beside it
    new_file
    : >"$tmp/code"
    # shellcheck disable=SC2094 # it is read when all have ended
    { "$@" 2>"$file_made.err" || echo $? >"$tmp/code"; } | tail -c 12000000 >"$tmp/end"
    last_lines "$TAIL" "$tmp/end" 12000000 >"$file_made"
    code=$(cat "$tmp/code")
    code=${code:-0}
}
of_file() { # FILE: read as its account, and looked through here
    if [ -s "$tmp/words" ]; then longest=200000000; else longest=12000000; fi
    { backend_reads "$1" tail -c "$longest" -- "$1" </dev/null || echo $? >"$tmp/code"; } | cut -b 1-16100 |
        if [ -s "$tmp/words" ]; then grep -a -i -F -f "$tmp/words"; else cat; fi
    return 0
}
of_journal() {
    if [ ! -s "$tmp/words" ]; then set -- -n "$TAIL"; fi
    {
        # shellcheck disable=SC2086 # empty, or two words
        limited 30 $as_root journalctl -u "$unit" "$@" ${SINCE:+--since "@$SINCE"} -o json --all --output-fields=MESSAGE --no-pager || echo $? >"$tmp/code"
    } | if [ -s "$tmp/words" ]; then grep -a -i -F -f "$tmp/words"; else cat; fi
    return 0
}
said() { # NAME: the part, or why there is none
    if [ "$code" = 0 ]; then put "$1" 0 "$file_made"; else put "$1" "$code" "$file_made.err"; fi
}

# --- pm2: the paths that it says, else the ones that it always has
pm2_facts
pm2_logs >"$tmp/paths"
while IFS=' ' read -r stream path; do
    part of_file "$path"
    said "log:$stream:$path"
done <"$tmp/paths"

# --- systemd: the journal keeps both streams
[ -s "$tmp/paths" ] || backend_unit
if [ ! -s "$tmp/paths" ] && [ -n "$unit" ] && have journalctl; then
    part of_journal
    said journal
fi
write_sections
echo '@done'
