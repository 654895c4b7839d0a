# Takes a deployment back that stands, because it did not prove itself elsewhere: file, link and nginx as they were before it.
# In: the site's variables, NEW_SHA (what the deployment has put there), EXPECTED_SHA (what was there before; "absent" for no file),
#     BACKUP (the copy of that), LINK and RUNNING (what the deployment found: none, right, absent; yes, no), UNDO=yes
# Out: lines  @key base64  and a last line  @done STATUS   (undone, refused)

[ "$(sha_of "$file")" = "$NEW_SHA" ] || refuse "$file is not what was deployed: somebody has changed it since."
if [ "$EXPECTED_SHA" != absent ] && [ "$EXPECTED_SHA" != "$NEW_SHA" ]; then
    [ "$(sha_of "$BACKUP")" = "$EXPECTED_SHA" ] || refuse "The backup $BACKUP is not there any more as it was made."
    copy=$BACKUP
else
    copy=
fi
is_mine "$lock" || refuse "The lock $lock was taken away by somebody."

# the deployment's journal, opened again: a kill from here on is made good by the next run
trap '' HUP INT TERM
write_journal "$EXPECTED_SHA" "$LINK" "$RUNNING" "$copy" || { rm -f "$journal.part"; refuse "The journal could not be written: $(room)"; }
sync "$journal" 2>/dev/null || sync
roll_back || :
[ -z "$stuck" ] || say reason "$stuck"
[ "$undone" != unreloaded ] || say reason "$(complaint "$test_output") $reload_output"
finish undone 0
