# Lists the copies that deployments made of a file, the newest first, and prints the content of one. Changes nothing.
# In: CONFIG_PATH, WANTED (a copy's path, or empty)
# Out: lines  @backup SHA SIZE PATH (base64), @current SHA, @content BYTES, and a last line  @done listed

deployment_place
store=$state/backups
sha_of() { sha256sum <"$1" | cut -d' ' -f1; }

[ ! -f "$file" ] || say current "$(sha_of "$file")"
number=0
for copy in "$store/$name".[0-9]*T*Z*; do
    [ -f "$copy" ] || continue
    number=$((number + 1))
    say "backup.$number" "$(sha_of "$copy") $(wc -c <"$copy" | tr -d ' ') $copy"
    if [ "$copy" = "$WANTED" ]; then printf '@content %s\n' "$(base64 <"$copy" | tr -d '\n')"; fi
done
finish listed 0
