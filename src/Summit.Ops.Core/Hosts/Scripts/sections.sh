# The sections of an answer, written at its end by few programs, since each costs milliseconds.
# In: tmp, a folder of the script's own
# Out: for each   @begin NAME EXITCODE / base64 of its content / @end   or, for plain text, which packs better,
#      @text NAME EXITCODE / its lines, each behind a blank / @end

# Notes a section: what its file holds must stay as it is until all are written
put() { # NAME EXITCODE FILE
    printf '%s\t%s\t%s\n' "$2" "$3" "$1" >>"$tmp/sections"
}
file_count=0
new_file() { # sets file_made, a name that no other section has
    file_count=$((file_count + 1))
    file_made=$tmp/part.$file_count
}
write_sections() {
    [ -s "$tmp/sections" ] || return 0
    set --
    while IFS='	' read -r _ part_file _; do set -- "$@" "$part_file"; done <"$tmp/sections"
    # printable, with a line's end at its end: the lines have as many bytes as the file
    grep -L '[^	 -~]' "$@" >"$tmp/plain" 2>/dev/null
    wc -c "$@" /dev/null >"$tmp/sizes" 2>/dev/null
    awk -F '\t' -v plain="$tmp/plain" -v sizes="$tmp/sizes" '
        BEGIN {
            while ((getline line <plain) > 0) text[line] = 1
            while ((getline line <sizes) > 0) { sub(/^ */, "", line); at = index(line, " "); size[substr(line, at + 1)] = substr(line, 1, at - 1) }
        }
        {
            name = substr($0, length($1) + length($2) + 3)
            read = 0
            if (text[$2] && size[$2] > 0) {
                count = 0
                while ((getline line <$2) > 0) { lines[++count] = line; read += length(line) + 1 }
                close($2)
            }
            if (read && read == size[$2]) {
                print "@text " name " " $1
                for (i = 1; i <= count; i++) print " " lines[i]
            } else {
                print "@begin " name " " $1
                if (size[$2] > 0) { fflush(); system("base64 <\047" $2 "\047") }
            }
            print "@end"
        }' "$tmp/sections"
}
