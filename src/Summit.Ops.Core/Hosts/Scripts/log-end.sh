# The end of a log that may hold anything.

# The last lines of what the end of a file holds, whatever they are: of a line 16 kB are kept. What is left out is said in its place,
# and a line whose beginning is not there is left out whole: a secret in it could not be told.
last_lines() { # LINES FILE, and of how many BYTES it holds the last
    if [ "$(wc -c <"$2")" -lt "$3" ]; then
        tail -n "$1" "$2" | whole_lines
    else
        sed 1d "$2" | tail -n "$1" | whole_lines >"$2.lines"
        [ "$(wc -l <"$2.lines")" -ge "$1" ] || echo '[summit: what stands before is too long to be read]'
        cat "$2.lines"
        rm -f "$2.lines"
    fi
}
whole_lines() { awk '{ if (length($0) > 16000) print substr($0, 1, 16000) " [summit: the line goes on]"; else print }'; }
