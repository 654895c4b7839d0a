# Puts one file in place as a transaction: stage, validate, back up, journal, rename, link, test, reload, verify, commit; or everything back.
# In: the site's variables, CONTENT (base64), NEW_SHA, EXPECTED_SHA (what the plan was made on; "absent" for no file), STAMP, KEEP (how many backups stay; empty for all)
# Out: lines  @key base64  and a last line  @done STATUS   (deployed, unchanged, refused, rolled-back)

file=$CONFIG_PATH
[ ! -L "$file" ] || file=$(readlink -f "$file") || file=$CONFIG_PATH
folder=$(dirname "$file")
name=$(basename "$file")
state=$folder/.summit-ops
journal=$state/$name.journal
lock=$state/$name.lock
staged=$state/$name.staged
link_made=$(dirname "${ENABLED_PATH:-/}")/.$name.summit
handshake_file=$state/$name.handshake
locked=no
view=

refuse() { # REASON, before anything was changed
    say reason "$1"
    finish refused 3
}
sha_of() { if [ -f "$1" ]; then sha256sum <"$1" | cut -d' ' -f1; else echo absent; fi; }
clean_up() {
    [ -z "$view" ] || rm -rf "$view"
    if [ "$locked" = yes ]; then
        rm -f "$staged" "$staged.back" "$link_made" "$journal.part" "$handshake_file"
        rm -rf "$lock"
        rmdir "$state/backups" "$state" 2>/dev/null || :
    fi
}

# --- put back what the journal says was there; it is removed last, so that a roll-back that is killed is done again
roll_back() { # says undone: yes; unreloaded, the files are back and nginx did not take them; no, somebody must look
    trap '' HUP INT TERM
    [ -f "$journal" ] || return 0
    # shellcheck disable=SC1090 # the journal is this script's own: assignments of quoted values
    . "$journal"
    # shellcheck disable=SC2154 # set by the journal
    now=$(sha_of "$file")
    if [ "$now" != "$j_previous" ] && [ "$now" != "$j_new" ]; then
        say undone no
        say reason "An unfinished deployment is recorded in $journal, and $file has been changed by somebody since: put right what must be, then remove the journal."
        finish refused 3
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
    if [ "$undone" = yes ] && nginx_master >/dev/null; then
        if [ "$j_running" = yes ]; then
            nginx_test && nginx_reload || undone=unreloaded
        else
            nginx_cmd -s quit >/dev/null 2>&1 || undone=unreloaded
        fi
    fi
    say undone "$undone"
    [ "$undone" = no ] && return 1
    rm -f "$journal"
    [ -z "$j_backup" ] || rm -f "$j_backup"
}
undo_and_report() { # REASON
    say reason "$1"
    roll_back
    finish rolled-back 4
}

# --- one at a time
[ -d "$folder" ] || refuse "The folder $folder does not exist."
[ -w "$folder" ] || refuse "$(id -un) may not write to $folder$([ "$(id -u)" = 0 ] && echo ': the file system is read-only.' || echo ', and sudo asks for a password.')"
mkdir -p "$state" 2>/dev/null && chmod 700 "$state" || refuse "$state could not be made: $(df -P "$folder" | tail -n 1)"
started_at() { # PID: when it started, so that a number that is used again is told from the one before
    if alive "$1" && [ -n "$stat_line" ]; then
        # shellcheck disable=SC2086 # the fields
        set -- ${stat_line##*)}
        shift 19
        echo "$1"
    fi
}
held_by() { cat "$1/owner" 2>/dev/null; }
holds() { # OWNER: whether the process that wrote it lives
    alive "${1%% *}" && [ "$(started_at "${1%% *}")" = "${1#* }" ]
}
waited=0
until mkdir "$lock" 2>/dev/null; do
    owner=$(held_by "$lock")
    waited=$((waited + 1))
    if { [ -n "$owner" ] && ! holds "$owner"; } || { [ -z "$owner" ] && [ "$waited" -gt 30 ]; }; then
        # whoever moves it away first may take it; a lock that somebody else has taken meanwhile is given back
        if mv "$lock" "$lock.$$" 2>/dev/null; then
            if [ "$(held_by "$lock.$$")" = "$owner" ]; then rm -rf "$lock.$$"; else mv "$lock.$$" "$lock" 2>/dev/null || rm -rf "$lock.$$"; fi
        fi
        continue
    fi
    [ "$waited" -le 300 ] || refuse "Another deployment of $file is under way (process ${owner%% *}, by the lock $lock)."
    [ -d "$state" ] || mkdir -p "$state" 2>/dev/null
    pause
done
locked=yes
trap clean_up EXIT
trap 'undo_and_report "The deployment was stopped by a signal."' HUP INT TERM
echo "$$ $(started_at $$)" >"$lock/owner"
# what a killed run may have left beside its journal
rm -rf "$state"/view.* "$staged" "$staged.back" "$journal.part" "$link_made"

nginx_facts

# --- the last run did not end: put back what it left
if [ -f "$journal" ]; then
    say recovered "$(cat "$journal")"
    roll_back || refuse "An unfinished deployment is recorded in $journal and could not be undone: $(df -P "$folder" | tail -n 1)"
    trap 'undo_and_report "The deployment was stopped by a signal."' HUP INT TERM
fi

# --- what is there, and whether it is what the plan was made on
previous=$(sha_of "$file")
say previous "$previous"
if [ "$previous" != "$EXPECTED_SHA" ]; then
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
printf '%s' "$CONTENT" | base64 -d >"$staged" 2>/dev/null || refuse "The new file could not be written: $(df -P "$folder" | tail -n 1)"
[ "$(sha_of "$staged")" = "$NEW_SHA" ] || refuse "The new file did not arrive whole on the host (its disk may be full): $(df -P "$folder" | tail -n 1)"
if [ "$previous" = absent ]; then
    chmod 644 "$staged"
else
    chmod --reference="$file" "$staged" 2>/dev/null || chmod "$(stat -c %a "$file" 2>/dev/null || echo 644)" "$staged"
    chown --reference="$file" "$staged" 2>/dev/null || :
    if have getfacl && have setfacl; then getfacl -p --omit-header "$file" 2>/dev/null | setfacl --set-file=- "$staged" 2>/dev/null || :; fi
fi
if have chcon && [ -e /sys/fs/selinux ]; then
    if [ "$previous" = absent ]; then restorecon "$staged" 2>/dev/null || chcon -t httpd_config_t "$staged" 2>/dev/null || :; else chcon --reference="$file" "$staged" 2>/dev/null || :; fi
fi

# --- validate while nothing has changed: nginx -t in a mount namespace in which the new file lies in place already.
# Only root has one in which nginx sees what it is: in a user namespace it takes itself for root and gives its folders away.
validated=no
if [ "$(id -u)" = 0 ] && have unshare && have mount; then
    view=$(mktemp -d "$state/view.XXXXXX") && mkdir "$view/a" "$view/b"
    enable=
    [ "$link" != absent ] || enable=$ENABLED_PATH
    note_pid
    export NGINX_COMMAND
    staged_output=$(unshare --mount /bin/sh -c '
        folder=$1 view=$2 staged=$3 name=$4 enabled=$5 target=$6
        shift 6
        mount --make-rprivate / 2>/dev/null || exit 99
        for entry in "$folder"/* "$folder"/.[!.]*; do
            case $entry in */.summit-ops) continue ;; esac
            [ -e "$entry" ] || [ -L "$entry" ] || continue
            cp -a "$entry" "$view/a/" || exit 99
        done
        cp -p "$staged" "$view/a/$name" || exit 99
        if [ -n "$enabled" ] && [ "$(dirname "$enabled")" != "$folder" ]; then
            cp -a "$(dirname "$enabled")/." "$view/b" || exit 99
            ln -s "$target" "$view/b/$(basename "$enabled")" || exit 99
            mount --bind "$view/b" "$(dirname "$enabled")" || exit 99
        elif [ -n "$enabled" ]; then
            ln -s "$target" "$view/a/$(basename "$enabled")" || exit 99
        fi
        mount --bind "$view/a" "$folder" || exit 99
        eval "$NGINX_COMMAND \"\$@\""
    ' summit "$folder" "$view" "$staged" "$name" "$enable" "$CONFIG_PATH" ${NGINX_PREFIX:+-p "$NGINX_PREFIX"} ${NGINX_CONF:+-c "$NGINX_CONF"} -t 2>&1)
    code=$?
    forget_empty_pid
    rm -rf "$view"
    view=
    case $code in
        0) validated=yes ;;
        99 | 126 | 127) ;; # no namespace here: it is tested in place, under the journal
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
backup=
if [ "$previous" != absent ] && [ "$previous" != "$NEW_SHA" ]; then
    backup=$state/backups/$name.$STAMP
    cp -p "$file" "$backup.part" && [ "$(sha_of "$backup.part")" = "$previous" ] && mv "$backup.part" "$backup" || { rm -f "$backup.part"; refuse "The backup could not be written: $(df -P "$folder" | tail -n 1)"; }
fi
quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }
{
    echo "j_previous=$previous"
    echo "j_new=$NEW_SHA"
    echo "j_link=$link"
    echo "j_enabled=$(quoted "$ENABLED_PATH")"
    echo "j_running=$running"
    echo "j_backup=$(quoted "$backup")"
    echo 'j_whole=yes'
} >"$journal.part" && grep -q '^j_whole=yes$' "$journal.part" && mv -f "$journal.part" "$journal" || { rm -f "$journal.part"; refuse "The journal could not be written: $(df -P "$folder" | tail -n 1)"; }
sync "$journal" ${backup:+"$backup"} 2>/dev/null || sync

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
work=$(mktemp -d "$state/view.XXXXXX") && nginx_dump "$work"
real=$(readlink -f "$ENABLED_PATH" 2>/dev/null)
if ! grep -q -F -x -e "# configuration file $CONFIG_PATH:" -e "# configuration file $file:" -e "# configuration file ${ENABLED_PATH:-$file}:" -e "# configuration file ${real:-$file}:" "$work/dump"; then
    rm -rf "$work"
    undo_and_report "nginx does not read $file: nothing in $conf includes it${ENABLED_PATH:+ or $ENABLED_PATH}."
fi
rm -rf "$work"

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
    for copy in "$state/backups/$name".[0-9]*T*Z*; do [ ! -f "$copy" ] || echo "$copy"; done | sort -r | tail -n "+$((KEEP + 1))" | while IFS= read -r copy; do rm -f "$copy"; done
    [ -f "$backup" ] || backup=
fi
say backup "$backup"
say sha "$(sha_of "$file")"
finish deployed 0
