# What became of a deployment that was stopped: read when it has ended, or after half a minute. Changes nothing.
# In: CONFIG_PATH ENABLED_PATH
# Out: lines  @key base64: sha, the file's digest ("absent" for no file); journal (open), lock (held); a last line  @done seen
#      It needs service.sh, own.sh, deployment-state.sh and lock.sh.

deployment_place
lock=$state/lock
turns=0
held=no
while lock_owner=$(readlink "$lock" 2>/dev/null) && [ -n "$lock_owner" ] && holds "$lock_owner"; do
    held=yes
    [ "$turns" -lt 300 ] || break
    turns=$((turns + 1))
    pause
    held=no
done
[ "$held" = no ] || say lock held
if [ -f "$state/$name.journal" ]; then say journal open; fi
if [ -f "$file" ]; then say sha "$(sha256sum <"$file" | cut -d' ' -f1)"; else say sha absent; fi
finish seen 0
