# What a deployment and its undoing have in common: one at a time in a folder, a journal of what was there, and the way back to it.
# In: the site's variables, NEW_SHA, UNDO (yes where a deployment that stands is taken back; else it need not be set)
# Out: see deploy.sh and undo.sh. It needs own.sh, deployment-state.sh and lock.sh.

deployment_place
journal=$state/$name.journal
lock=$state/lock
staged=$state/$name.staged
link_made=.$name.summit
handshake_file=$state/$name.handshake
view=
backup=
began=no

refuse() { # REASON, before anything was changed
    say reason "$1"
    finish refused 3
}
sha_of() { if [ -f "$1" ]; then sha256sum <"$1" | cut -d' ' -f1; else echo absent; fi; }
room() { # in words
    room_free=$(df -P "$folder" 2>/dev/null | awk 'NR == 2 { print $4 " kB are free on " $6 }')
    echo "${room_free:-how much is free there is not known}."
}
forget_link() { [ -z "$ENABLED_PATH" ] || (in_folder_of "$ENABLED_PATH" rm -f "./$link_made") || :; }
clean_up() {
    [ -z "$view" ] || rm -rf "$view"
    if is_mine "$lock"; then rm -f "$staged" "$journal.part" "$handshake_file" ${backup:+"$backup.part"}; forget_link; fi
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
    if ! read_journal; then
        say undone no
        stuck="$journal is no journal that a deployment wrote: put right what must be, then remove it."
        return 1
    fi
    now=$(sha_of "$file")
    if [ "$now" != "$j_previous" ] && [ "$now" != "$j_new" ] && ! ${torn:-false}; then
        say undone no
        stuck="$file has been changed by somebody since: put right what must be, then remove $journal, which says what was there before."
        return 1
    fi
    undone=yes
    if [ "$j_previous" = absent ]; then
        unplace_file || undone=no
    elif [ "$now" != "$j_previous" ]; then
        # the backup itself takes the place: that needs no room on the disk
        place_file "$j_backup" || undone=no
    fi
    # only the link that was made is taken away, never something else that has its name now
    if [ "$j_link" = absent ] && [ -L "$j_enabled" ] && [ "$(readlink "$j_enabled")" = "$CONFIG_PATH" ]; then (in_folder_of "$j_enabled" rm -f "./${j_enabled##*/}") || undone=no; fi
    if [ "$undone" = yes ]; then
        if [ "$j_running" = yes ]; then
            # also where it ended meanwhile: it ran before
            nginx_test && nginx_reload || undone=unreloaded
        elif nginx_master >/dev/null; then
            nginx_stop >/dev/null 2>&1 || undone=unreloaded
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
    } >"$journal.part" && grep -q '^j_whole=yes$' "$journal.part" && put_at "$journal.part" "$journal" || return 1
    began=yes
}
journal_value() { sed -n "s/^j_$1=//p" "$journal" | head -n 1 | sed "s/^'\\(.*\\)'\$/\\1/; s/'\\\\''/'/g"; }
# It is read, and never run: each value must be one that a deployment writes, and the backup one of this file's.
read_journal() { # sets j_previous j_new j_link j_enabled j_running j_backup
    [ -f "$journal" ] && [ ! -L "$journal" ] && [ -O "$journal" ] && grep -q '^j_whole=yes$' "$journal" || return 1
    j_previous=$(journal_value previous) j_new=$(journal_value new) j_link=$(journal_value link) j_running=$(journal_value running)
    j_enabled=$(journal_value enabled) j_backup=$(journal_value backup)
    case $j_previous in absent) ;; *[!0-9a-f]*) return 1 ;; *) [ "${#j_previous}" = 64 ] || return 1 ;; esac
    case $j_link:$j_running in none:yes | none:no | right:yes | right:no | absent:yes | absent:no) ;; *) return 1 ;; esac
    case $j_backup in
        '') [ "$j_previous" = absent ] || [ "$j_previous" = "$j_new" ] ;;
        "$state/backups/"*/*) return 1 ;;
        "$state/backups/$name".*) [ ! -L "$j_backup" ] ;;
        *) return 1 ;;
    esac
}

# Whether a container's nginx reads this very file, through a folder that is this host's: a file that is mounted alone keeps its old inode.
# Where no process of a container is seen there is nothing to compare, and what nginx -T showed was compared already.
reached() { stat -L -c %d:%i "$1$folder" "$1$file" 2>/dev/null; } # ROOT
reads_there() {
    [ -z "${container_root:-}" ] || return 0
    case " $NGINX_COMMAND" in *docker* | *podman* | *nerdctl*) ;; *) return 0 ;; esac
    there_seen=no
    for entry in /proc/[0-9]*; do
        { read -r title <"$entry/comm"; } 2>/dev/null || continue
        [ "$title" = nginx ] || continue
        there_root=$(stat -L -c %d:%i "$entry/root/" 2>/dev/null) || continue
        [ "$there_root" != "$(stat -L -c %d:%i /)" ] || continue
        there_seen=yes
        [ "$(reached "$entry/root")" != "$(reached '')" ] || return 0
    done
    [ "$there_seen" = no ]
}

# --- one at a time
nginx_facts
trap clean_up EXIT
trap stopped HUP INT TERM
# where nobody listens any more it goes on to its end all the same; what it starts is not told to ignore the signal
trap : PIPE
[ -z "${found_container:-}" ] ||
    refuse "Port $PORT is held for a container, by $found_container, so a change of this host's own nginx would not change the site."
reads_there || refuse "nginx runs in a container, and $file of this host is not the file that it reads there, or is mounted there alone: a rename would not reach it."
[ -z "${place_refusal:-}" ] || refuse "$place_refusal"
[ -d "$folder" ] || refuse "The folder $folder does not exist."
[ "${#name}" -le 200 ] || refuse "The name of $file has ${#name} bytes; with what a backup's name adds, 200 are the most."
[ -w "$folder" ] || refuse "$me_name may not write to $folder$([ "$me" = 0 ] && echo ': the file system is read-only.' || echo ', and sudo asks for a password.')"
place_is_straight || refuse "The way to $file leads through a link, and another account can change it: name the file by the path that it really has."
if ! deployment_state; then
    [ ! -e "$state" ] && [ ! -L "$state" ] || refuse "$state is a link, or another account's, so no deployment keeps anything there: look what it is, and remove it."
    refuse "$state could not be made: $(room)"
fi
[ -z "$shared" ] || [ -n "${container_root:-}" ] || say shared "$shared"
# one for the folder, for all its files are tested and loaded together
if ! take_lock "$lock"; then
    [ -z "$lock_owner" ] || refuse "Another deployment to $folder is under way (process ${lock_owner%% *}, by the lock $lock)."
    [ ! -e "$lock" ] || refuse "Something is in the place of the lock $lock, and no deployment made it."
    refuse "The lock $lock could not be made: $(room)"
fi
# what a killed run may have left beside its journal
rm -rf "$state"/view.* "$journal.part" "$handshake_file" "$state/backups/$name".[0-9]*T*Z*.part "$lock".[0-9]*
forget_link
[ -z "$shared" ] || (in_place rm -f "./.$name.summit".[0-9]*) || :

# --- the last run did not end: put back what it left
recovered=no
if [ -f "$journal" ]; then
    say recovered "$(cat "$journal")"
    roll_back || refuse "An unfinished deployment is recorded in $journal and could not be undone: ${stuck:-$(room)}"
    recovered=yes
    trap stopped HUP INT TERM
fi
