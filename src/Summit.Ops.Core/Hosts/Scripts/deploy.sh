# Puts one file in place as a transaction: stage, validate, back up, journal, rename, link, test, reload, verify, commit; or everything back.
# In: the site's variables, CONTENT (base64), NEW_SHA, EXPECTED_SHA (what the plan was made on; "absent" for no file), STAMP, KEEP (how many backups stay; empty for all)
# Out: lines  @key base64  and a last line  @done STATUS   (deployed, unchanged, refused, rolled-back)

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

# --- one at a time
nginx_facts
trap clean_up EXIT
trap 'undo_and_report "The deployment was stopped by a signal."' HUP INT TERM
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
    trap 'undo_and_report "The deployment was stopped by a signal."' HUP INT TERM
fi

# --- what is there, and whether it is what the plan was made on
previous=$(sha_of "$file")
say previous "$previous"
if [ "$previous" != "$EXPECTED_SHA" ]; then
    if [ "$recovered" = yes ]; then
        say stale yes
        refuse "An unfinished deployment was undone first, and this change was planned on what that one had put there: run it again."
    fi
    refuse "$file is not what it was when this change was planned: somebody else has changed it since."
fi
link=none
if [ -n "$ENABLED_PATH" ] && [ "$ENABLED_PATH" != "$CONFIG_PATH" ]; then
    if [ -L "$ENABLED_PATH" ]; then
        if [ "$(readlink -f "$ENABLED_PATH")" = "$(readlink -f "$file")" ] || [ "$(readlink "$ENABLED_PATH")" = "$CONFIG_PATH" ]; then
            link=right
        else
            refuse "$ENABLED_PATH is a link to $(readlink "$ENABLED_PATH"), not to $CONFIG_PATH."
        fi
    elif [ -e "$ENABLED_PATH" ]; then
        refuse "$ENABLED_PATH is a file of its own and no link to $CONFIG_PATH: nginx reads that one. Deploy to it instead: a site with ConfigPath $ENABLED_PATH and no EnabledPath."
    else
        link=absent
        [ -d "$(dirname "$ENABLED_PATH")" ] || refuse "The folder of $ENABLED_PATH does not exist."
    fi
fi
running=no
! nginx_master >/dev/null || running=yes

# --- stage: the exact bytes, with the owner, mode and label of what is there
printf '%s' "$CONTENT" | base64 -d >"$staged" 2>/dev/null || refuse "The new file could not be written: $(room)"
[ "$(sha_of "$staged")" = "$NEW_SHA" ] || refuse "The new file did not arrive whole on the host (its disk may be full): $(room)"
if [ "$previous" = absent ]; then
    chmod 644 "$staged"
else
    chmod --reference="$file" "$staged" 2>/dev/null || chmod "$(stat -c %a "$file" 2>/dev/null || echo 644)" "$staged"
    chown --reference="$file" "$staged" 2>/dev/null || :
    if have getfacl && have setfacl; then getfacl -p --omit-header "$file" 2>/dev/null | setfacl --set-file=- "$staged" 2>/dev/null || :; fi
fi
keep_label() { # FILE: SELinux's label of what is there, for what may take its place
    if have chcon && [ -e /sys/fs/selinux ]; then chcon --reference="$file" "$1" 2>/dev/null || :; fi
}
if [ "$previous" != absent ]; then
    keep_label "$staged"
elif have chcon && [ -e /sys/fs/selinux ]; then
    restorecon "$staged" 2>/dev/null || chcon -t httpd_config_t "$staged" 2>/dev/null || :
fi

# --- validate while nothing has changed: nginx -t in a mount namespace in which the new file lies in place already.
# Only root has one in which nginx sees what it is: in a user namespace it takes itself for root and gives its folders away.
validated=no
if [ "$(id -u)" = 0 ] && have unshare && have mount; then
    view=$(mktemp -d "$state/view.XXXXXX") && mkdir "$view/a" "$view/b" || refuse "The new file could not be tested apart: $(room)"
    seen=summit-ops-$NEW_SHA
    enable=
    [ "$link" != absent ] || enable=$ENABLED_PATH
    note_pid
    export NGINX_COMMAND
    staged_output=$(unshare --mount /bin/sh -c '
        folder=$1 view=$2 staged=$3 name=$4 enabled=$5 target=$6 seen=$7
        shift 7
        mount --make-rprivate / 2>/dev/null || exit 99
        exec 3>"$view/dump" || exit 99
        for entry in "$folder"/* "$folder"/.[!.]*; do
            case $entry in */.summit-ops) continue ;; esac
            [ -e "$entry" ] || [ -L "$entry" ] || continue
            cp -a "$entry" "$view/a/" || exit 99
        done
        cp -p "$staged" "$view/a/$name" || exit 99
        { [ -z "$(tail -c 1 "$staged")" ] || echo; printf "# %s" "$seen"; } >>"$view/a/$name" || exit 99
        if [ -n "$enabled" ] && [ "$(dirname "$enabled")" != "$folder" ]; then
            cp -a "$(dirname "$enabled")/." "$view/b" || exit 99
            ln -s "$target" "$view/b/$(basename "$enabled")" || exit 99
            mount --bind "$view/b" "$(dirname "$enabled")" || exit 99
        elif [ -n "$enabled" ]; then
            ln -s "$target" "$view/a/$(basename "$enabled")" || exit 99
        fi
        mount --bind "$view/a" "$folder" || exit 99
        eval "$NGINX_COMMAND \"\$@\"" >&3
    ' summit "$folder" "$view" "$staged" "$name" "$enable" "$CONFIG_PATH" "$seen" ${NGINX_PREFIX:+-p "$NGINX_PREFIX"} ${NGINX_CONF:+-c "$NGINX_CONF"} -T 2>&1)
    code=$?
    forget_empty_pid
    # an nginx that looks elsewhere (in a container) has tested something else
    if [ "$code" = 0 ] && ! grep -q -F "$seen" "$view/dump"; then code=99; fi
    rm -rf "$view"
    view=
    case $code in
        0) validated=yes ;;
        99 | 126 | 127) ;; # no namespace here, or one that nginx is not in: it is tested in place, under the journal
        *)
            case $staged_output in
                *'unshare:'* | *'mount:'*) ;;
                *)
                    say test "$staged_output"
                    if ! nginx_test; then
                        refuse "The configuration on the disk does not pass nginx -t as it is, and would not with this change either: $(complaint "$test_output")"
                    fi
                    refuse "nginx -t refuses the new configuration: $(complaint "$staged_output")"
                    ;;
            esac
            ;;
    esac
fi
say validated "$validated"
before_status=$(handshake)
say before "$before_status"

# --- back up, and say in the journal what to put back
mkdir -p "$state/backups"
if [ "$previous" != absent ] && [ "$previous" != "$NEW_SHA" ]; then
    backup=$state/backups/$name.$STAMP
    cp -p "$file" "$backup.part" && keep_label "$backup.part" && [ "$(sha_of "$backup.part")" = "$previous" ] && mv "$backup.part" "$backup" || { rm -f "$backup.part" "$backup"; refuse "The backup could not be written: $(room)"; }
fi
is_mine "$lock" || { rm -f ${backup:+"$backup"}; refuse "The lock $lock was taken away by somebody."; }
quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }
{
    echo "j_previous=$previous"
    echo "j_new=$NEW_SHA"
    echo "j_link=$link"
    printf 'j_enabled=%s\n' "$(quoted "$ENABLED_PATH")"
    echo "j_running=$running"
    printf 'j_backup=%s\n' "$(quoted "$backup")"
    echo 'j_whole=yes'
} >"$journal.part" && grep -q '^j_whole=yes$' "$journal.part" && mv -f "$journal.part" "$journal" || { rm -f "$journal.part" ${backup:+"$backup"}; refuse "The journal could not be written: $(room)"; }
began=yes
sync "$journal" "$staged" ${backup:+"$backup"} 2>/dev/null || sync

# --- the change itself
[ "$previous" = "$NEW_SHA" ] || mv -f "$staged" "$file" || undo_and_report "The new file could not be moved to $file."
if [ "$link" = absent ]; then
    rm -f "$link_made"
    ln -s "$CONFIG_PATH" "$link_made" && mv -f "$link_made" "$ENABLED_PATH" || undo_and_report "The link $ENABLED_PATH could not be made."
fi
nginx_test || undo_and_report "nginx -t refuses the new configuration: $(complaint "$test_output")"
say test "$test_output"
nginx_reload || undo_and_report "nginx did not take the new configuration: $reload_output"
say reloaded "$reload_output"
say proven "$proven"

# --- a file that nginx does not read changes nothing, however well it was put there
real=$(readlink -f "$ENABLED_PATH" 2>/dev/null)
if ! { nginx_cmd -T || { [ -n "$as_root" ] && nginx_cmd_as_root -T; }; } 2>/dev/null |
    grep -F -x -e "# configuration file $CONFIG_PATH:" -e "# configuration file $file:" -e "# configuration file ${ENABLED_PATH:-$file}:" -e "# configuration file ${real:-$file}:" >/dev/null; then
    undo_and_report "nginx does not read $file: nothing in $conf includes it${ENABLED_PATH:+ or $ENABLED_PATH}."
fi

# --- verify: it must not have become worse; what still fails behind nginx (502) is no reason to take a right configuration away
after_status=$(handshake)
say after "$after_status"
if [ "$before_status" = 101 ] && [ "$after_status" != 101 ]; then
    undo_and_report "A WebSocket opened before the change, and after it the answer is ${after_status}."
fi
if [ "$after_status" = 000 ] && [ "$before_status" != 000 ]; then
    undo_and_report "After the change no connection to port $PORT comes about any more."
fi

# --- commit
trap '' HUP INT TERM
rm -f "$journal"
if [ -n "$KEEP" ]; then
    for copy in "$state/backups/$name".[0-9]*T*Z*; do [ ! -f "$copy" ] || printf '%s\n' "$copy"; done | sort -r | tail -n "+$((KEEP + 1))" | while IFS= read -r copy; do rm -f "$copy"; done
    [ -f "$backup" ] || backup=
fi
say backup "$backup"
say sha "$(sha_of "$file")"
finish deployed 0
