# Puts one file in place as a transaction: stage, validate, back up, journal, rename, link, test, reload, verify, commit; or everything back.
# In: the site's variables, CONTENT (base64), NEW_SHA, EXPECTED_SHA (what the plan was made on; "absent" for no file), STAMP, KEEP (how many backups stay; empty for all),
#     KNOWN (what nginx is known to answer, see known-answers.sh)
# Out: lines  @key base64  and a last line  @done STATUS   (deployed, unchanged, refused, rolled-back)

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
if [ "$me" = 0 ] && [ -z "${container_root:-}" ] && have unshare && have mount; then
    view=$(mktemp -d "$state/view.XXXXXX") && mkdir "$view/a" "$view/b" || refuse "The new file could not be tested apart: $(room)"
    seen=summit-ops-$NEW_SHA
    enable=
    [ "$link" != absent ] || enable=$ENABLED_PATH
    note_pid
    export NGINX_COMMAND
    staged_output=$(limited 60 unshare --mount /bin/sh -c '
        folder=$1 view=$2 staged=$3 name=$4 enabled=$5 target=$6 seen=$7 outside=$8
        shift 8
        [ "$(readlink /proc/self/ns/mnt)" != "$outside" ] || exit 99
        mount --make-rprivate / 2>/dev/null || exit 99
        # a folder as it is, whatever its size: what is in it is bound, and only links are made again
        mirror() { # FOLDER COPY
            for entry in "$1"/* "$1"/.[!.]*; do
                case $entry in */.summit-ops) continue ;; esac
                copy=$2/${entry##*/}
                if [ -L "$entry" ]; then
                    cp -P "$entry" "$copy" || return 1
                elif [ -d "$entry" ]; then
                    mkdir "$copy" && mount --rbind "$entry" "$copy" || return 1
                elif [ -e "$entry" ]; then
                    : >"$copy" && mount --bind "$entry" "$copy" || return 1
                fi
            done
        }
        exec 3>"$view/dump" || exit 99
        cp -p "$staged" "$view/new" || exit 99
        { [ -z "$(tail -c 1 "$staged")" ] || echo; printf "# %s" "$seen"; } >>"$view/new" || exit 99
        beside=no
        if [ -n "$enabled" ] && [ "$(dirname "$enabled")" != "$folder" ]; then
            mirror "$(dirname "$enabled")" "$view/b" || exit 99
            ln -s "$target" "$view/b/$(basename "$enabled")" || exit 99
            mount --rbind "$view/b" "$(dirname "$enabled")" || exit 99
        elif [ -n "$enabled" ]; then
            beside=yes
        fi
        if [ -f "$folder/$name" ] && [ "$beside" = no ]; then
            mount --bind "$view/new" "$folder/$name" || exit 99
        else
            mirror "$folder" "$view/a" || exit 99
            [ -e "$view/a/$name" ] || : >"$view/a/$name" || exit 99
            mount --bind "$view/new" "$view/a/$name" || exit 99
            [ "$beside" = no ] || ln -s "$target" "$view/a/$(basename "$enabled")" || exit 99
            mount --rbind "$view/a" "$folder" || exit 99
        fi
        eval "$NGINX_COMMAND \"\$@\"" >&3
    ' summit "$folder" "$view" "$staged" "$name" "$enable" "$CONFIG_PATH" "$seen" "$(readlink /proc/self/ns/mnt)" ${NGINX_PREFIX:+-p "$NGINX_PREFIX"} ${NGINX_CONF:+-c "$NGINX_CONF"} -T 2>&1)
    code=$?
    forget_empty_pid
    # an nginx that looks elsewhere (in a container) has tested something else
    if [ "$code" = 0 ] && ! grep -q -F "$seen" "$view/dump"; then code=99; fi
    rm -rf "$view"
    view=
    case $code in
        0) validated=yes ;;
        124 | 137) refuse 'nginx -t of the new configuration did not end within 60 seconds.' ;;
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
known_before=$(known_answers)

# --- back up, and say in the journal what to put back
own_folder "$state/backups" || refuse "The folder $state/backups could not be made, or is another account's: $(room)"
if [ "$previous" != absent ] && [ "$previous" != "$NEW_SHA" ]; then
    backup=$state/backups/$name.$STAMP
    cp -p "$file" "$backup.part" && keep_label "$backup.part" && [ "$(sha_of "$backup.part")" = "$previous" ] && put_at "$backup.part" "$backup" || { rm -f "$backup.part" "$backup"; refuse "The backup could not be written: $(room)"; }
fi
is_mine "$lock" || { rm -f ${backup:+"$backup"}; refuse "The lock $lock was taken away by somebody."; }
write_journal "$previous" "$link" "$running" "$backup" || { rm -f "$journal.part" ${backup:+"$backup"}; refuse "The journal could not be written: $(room)"; }
sync "$journal" "$staged" ${backup:+"$backup"} 2>/dev/null || sync

# --- the change itself
[ "$previous" = "$NEW_SHA" ] || place_file "$staged" || undo_and_report "The new file could not be moved to $file."
if [ "$link" = absent ]; then
    (in_folder_of "$ENABLED_PATH" make_link) || undo_and_report "The link $ENABLED_PATH could not be made."
fi
nginx_test || undo_and_report "nginx -t refuses the new configuration: $(complaint "$test_output")"
say test "$test_output"
nginx_reload || undo_and_report "nginx did not take the new configuration: $reload_output"
say reloaded "$reload_output"
say proven "$proven"

# --- a file that nginx does not read changes nothing, however well it was put there
real=$(readlink -f "$ENABLED_PATH" 2>/dev/null)
if ! { nginx_cmd -T || { [ -n "$as_root" ] && nginx_cmd_as_root -T; }; } 2>/dev/null |
    grep -F -x -e "# configuration file $CONFIG_PATH:" -e "# configuration file $file:" -e "# configuration file ${enabled_there:-${ENABLED_PATH:-$file}}:" -e "# configuration file ${real:-$file}:" >/dev/null; then
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
known_after=$(known_answers)
compare_answers "$known_before" "$known_after"
if [ -n "$lost_answer" ]; then
    # a backend may have been slow: what is lost is lost the second time too
    sleep 1
    known_after=$(known_answers)
    compare_answers "$known_before" "$known_after"
    [ -z "$lost_answer" ] || undo_and_report "$lost_answer"
fi

# --- commit
trap '' HUP INT TERM
rm -f "$journal"
if [ -n "$KEEP" ]; then
    for copy in "$state/backups/$name".[0-9]*T*Z*; do [ ! -f "$copy" ] || printf '%s\n' "$copy"; done | sort -r | tail -n "+$((KEEP + 1))" | while IFS= read -r copy; do rm -f "$copy"; done
    [ -f "$backup" ] || backup=
fi
say backup "$backup"
say link "$link"
say running "$running"
say sha "$(sha_of "$file")"
finish deployed 0
