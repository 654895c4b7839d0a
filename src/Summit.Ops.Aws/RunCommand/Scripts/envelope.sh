# Runs the script in $box/script and prints what it said so that nothing can be lost unseen: first a line
#   @summit EXITCODE OUTBYTES ERRBYTES SHA256 ENCODING LENGTH PLACE
# then the first INLINE of LENGTH characters: standard output and error, one after the other, gzip and base64.
# What does not fit stays in PLACE, for its owner only, and is fetched in pages; else PLACE is "-".
# In: box (a folder of its own, 0700), INLINE, CHANGES (yes, no)

if [ "$CHANGES" = yes ] && have setsid; then
    # Run Command's cancelling kills this shell and its whole process group without a warning. The script runs in a session
    # of its own, and is told to put everything back when this shell is gone.
    setsid /bin/sh -c '
        box=$1 outer=$2
        /bin/sh "$box/script" >"$box/out" 2>"$box/err" </dev/null &
        script=$!
        (
            while kill -0 "$outer" 2>/dev/null; do sleep 0.2 2>/dev/null || sleep 1; done
            kill -TERM "$script" 2>/dev/null
        ) &
        watch=$!
        code=
        while kill -0 "$script" 2>/dev/null; do
            wait "$script"
            code=$?
        done
        [ -n "$code" ] || { wait "$script"; code=$?; }
        if kill -0 "$outer" 2>/dev/null; then
            kill "$watch" 2>/dev/null
            echo "$code" >"$box/code"
        else
            rm -rf "$box"
        fi
    ' summit "$box" $$ </dev/null >/dev/null 2>&1
    code=$(cat "$box/code" 2>/dev/null || echo 70)
else
    # what reads only may be killed with this shell; what it had gathered by then is removed all the same
    if have setsid; then
        # it holds none of our streams: Run Command would wait for it
        setsid /bin/sh -c '
            while kill -0 "$2" 2>/dev/null; do
                [ -d "$1" ] || exit 0
                sleep 1
            done
            [ -e "$1/kept" ] || rm -rf "$1"
        ' summit "$box" $$ </dev/null >/dev/null 2>&1 &
    fi
    /bin/sh "$box/script" >"$box/out" 2>"$box/err" </dev/null
    code=$?
fi

digest() {
    if have sha256sum; then sha256sum; elif have shasum; then shasum -a 256; else openssl dgst -sha256 -r; fi | cut -d' ' -f1
}
size() { wc -c <"$1" | tr -d ' '; }
: >>"$box/out"
: >>"$box/err"
encoding=gzip
have gzip || encoding=plain
pack() { if [ "$encoding" = gzip ]; then gzip -c; else cat; fi; }
cat "$box/out" "$box/err" | pack | base64 | tr -d '\n' >"$box/packed"
length=$(size "$box/packed")
place=-
if [ "$length" -gt "$INLINE" ]; then
    place=$box
    : >"$box/kept"
fi
printf '@summit %s %s %s %s %s %s %s\n' "$code" "$(size "$box/out")" "$(size "$box/err")" "$(cat "$box/out" "$box/err" | digest)" "$encoding" "$length" "$place"
head -c "$INLINE" "$box/packed"
echo
if [ "$place" = - ]; then rm -rf "$box"; else rm -f "$box/script" "$box/out" "$box/err" "$box/code"; fi
# to an agent, 194 would mean: restart the machine; and it takes 137 for a script whose time was up
case $code in 137 | 194) code=1 ;; esac
exit "$code"
