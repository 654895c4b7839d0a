# What a deployment and its undoing have in common: one at a time in a folder, a journal of what was there, and the way back to it.
# In: the site's variables, NEW_SHA, UNDO (yes where a deployment that stands is taken back; else it need not be set)
# Out: see deploy.sh and undo.sh. It needs lock.sh.

file=$CONFIG_PATH
[ ! -L "$file" ] || file=$(readlink -f "$file") || file=$CONFIG_PATH
folder=$(dirname "$file")
name=$(basename "$file")
state=$folder/.summit-ops
journal=$state/$name.journal
lock=$state/lock
staged=$state/$name.staged
link_made=$(dirname "${ENABLED_PATH:-/}")/.$name.summit
handshake_file=$state/$name.handshake
view=
backup=
began=no

refuse() { # REASON, before anything was changed
    say reason "$1"
    finish refused 3
}
sha_of() { if [ -f "$1" ]; then sha256sum <"$1" | cut -d' ' -f1; else echo absent; fi; }
room() { df -P "$folder" 2>/dev/null | tail -n 1; }
clean_up() {
    [ -z "$view" ] || rm -rf "$view"
    if is_mine "$lock"; then rm -f "$staged" "$link_made" "$journal.part" "$handshake_file" ${backup:+"$backup.part"}; fi
    give_back "$lock"
    rmdir "$state/backups" "$state" 2>/dev/null || :
}

# --- put back what the journal says was there; it is removed last, so that a roll-back that is killed is done again
roll_back() { # says undone: yes; unreloaded, the files are back and nginx did not take them; no, somebody must look; sets stuck where nobody else can go on
    stuck=
    trap '' HUP INT TERM
    if [ ! -f "$journal" ]; then
        # nothing was changed yet: a copy of what is there is no backup
        [ -z "$backup" ] || rm -f "$backup"
        say undone yes
        return 0
    fi
    # shellcheck disable=SC1090 # the journal is this script's own: assignments of quoted values
    . "$journal"
    # shellcheck disable=SC2154 # set by the journal
    now=$(sha_of "$file")
    if [ "$now" != "$j_previous" ] && [ "$now" != "$j_new" ]; then
        say undone no
        stuck="$file has been changed by somebody since: put right what must be, then remove $journal, which says what was there before."
        return 1
    fi
    undone=yes
    if [ "$j_previous" = absent ]; then
        rm -f "$file" || undone=no
    elif [ "$now" != "$j_previous" ]; then
        # the backup itself takes the place: that needs no room on the disk
        mv -f "$j_backup" "$file" || undone=no
    fi
    # only the link that was made is taken away, never something else that has its name now
    if [ "$j_link" = absent ] && [ -L "$j_enabled" ] && [ "$(readlink "$j_enabled")" = "$CONFIG_PATH" ]; then rm -f "$j_enabled" || undone=no; fi
    if [ "$undone" = yes ]; then
        if [ "$j_running" = yes ]; then
            # also where it ended meanwhile: it ran before
            nginx_test && nginx_reload || undone=unreloaded
        elif nginx_master >/dev/null; then
            nginx_cmd -s quit >/dev/null 2>&1 || undone=unreloaded
        else
            reload_unseen || :
        fi
    fi
    say undone "$undone"
    [ "$undone" = no ] && return 1
    rm -f "$journal"
    [ -z "$j_backup" ] || rm -f "$j_backup"
}
undo_and_report() { # REASON
    if ! is_mine "$lock"; then
        [ "$began" = yes ] || refuse "$1"
        # whoever has the lock now finds the journal and undoes what it says
        say undone no
        say reason "$1 The lock $lock was taken away by somebody."
        finish rolled-back 4
    fi
    roll_back || :
    say reason "$1${stuck:+ It was not put back: $stuck}"
    [ -z "$stuck" ] || say stuck yes
    finish rolled-back 4
}

stopped() {
    # what stands was not begun to be taken back
    [ "${UNDO:-no}" = no ] || refuse 'The undoing was stopped by a signal.'
    undo_and_report 'The deployment was stopped by a signal.'
}

quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }
write_journal() { # PREVIOUS LINK RUNNING BACKUP: from here on whoever comes next puts this back
    {
        echo "j_previous=$1"
        echo "j_new=$NEW_SHA"
        echo "j_link=$2"
        printf 'j_enabled=%s\n' "$(quoted "$ENABLED_PATH")"
        echo "j_running=$3"
        printf 'j_backup=%s\n' "$(quoted "$4")"
        echo 'j_whole=yes'
    } >"$journal.part" && grep -q '^j_whole=yes$' "$journal.part" && mv -f "$journal.part" "$journal" || return 1
    began=yes
}

# --- one at a time
nginx_facts
trap clean_up EXIT
trap stopped HUP INT TERM
# where nobody listens any more it goes on to its end all the same; what it starts is not told to ignore the signal
trap : PIPE
[ -d "$folder" ] || refuse "The folder $folder does not exist."
[ "${#name}" -le 200 ] || refuse "The name of $file has ${#name} bytes; with what a backup's name adds, 200 are the most."
[ -w "$folder" ] || refuse "$(id -un) may not write to $folder$([ "$(id -u)" = 0 ] && echo ': the file system is read-only.' || echo ', and sudo asks for a password.')"
mkdir -p "$state" 2>/dev/null && chmod 700 "$state" || refuse "$state could not be made: $(room)"
# one for the folder, for all its files are tested and loaded together
if ! take_lock "$lock"; then
    [ -z "$lock_owner" ] || refuse "Another deployment to $folder is under way (process ${lock_owner%% *}, by the lock $lock)."
    [ ! -e "$lock" ] || refuse "Something is in the place of the lock $lock, and no deployment made it."
    refuse "The lock $lock could not be made: $(room)"
fi
# what a killed run may have left beside its journal
rm -rf "$state"/view.* "$staged" "$journal.part" "$link_made" "$handshake_file" "$state/backups/$name".[0-9]*T*Z*.part "$lock".[0-9]*

# --- the last run did not end: put back what it left
recovered=no
if [ -f "$journal" ]; then
    say recovered "$(cat "$journal")"
    roll_back || refuse "An unfinished deployment is recorded in $journal and could not be undone: ${stuck:-$(room)}"
    recovered=yes
    trap stopped HUP INT TERM
fi
