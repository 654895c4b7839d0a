# Where a deployment keeps its lock, its journal and its backups, and how it puts a file in place. It needs own.sh.
# In: CONFIG_PATH ENABLED_PATH; link_made, the name of a link that is not in its place yet

# Sets: file, where the configuration really lies; folder name; state, the folder of what a deployment keeps; shared, the folder on
# the way to the file that another account can change, empty where none can. Root keeps nothing in such a folder.
deployment_place() {
    file=$CONFIG_PATH
    [ ! -L "$file" ] || file=$(readlink -f "$file") || file=$CONFIG_PATH
    parent_of "$file"
    folder=$parent
    name=${file##*/}
    state=$folder/.summit-ops
    shared=
    if [ "$me" = 0 ] && [ -d "$folder" ]; then
        place_is_ours || state=$(state_of_root)
    fi
}
# Whether no other account can change the file's folder, nor the one in which the site names it. Sets shared, the part that one can.
place_is_ours() {
    only_ours "$folder" || return 1
    parent_of "$CONFIG_PATH"
    [ "$parent" = "$folder" ] || only_ours "$parent"
}
# Where root keeps it for a folder that another account can change
state_of_root() {
    # shellcheck disable=SC2046 # three words
    set -- $(printf '%s' "$folder" | cksum)
    printf '%s\n' "/var/lib/summit-ops/$name.$1"
}

deployment_state() { # makes the folder, where it may be made
    case $state in
        /var/lib/summit-ops/*)
            # shared still names the folder of the file
            state_shared=$shared
            only_ours /var/lib && own_folder /var/lib/summit-ops || return 1
            shared=$state_shared
            ;;
    esac
    own_folder "$state"
}

# Whether a path has the form that the folder can be entered by safely: where another account can change it, no link may stand on the way.
place_is_straight() { [ -z "$shared" ] || { [ "$(cd -P "$folder" 2>/dev/null && pwd -P)" = "$folder" ] && link_is_ours; }; }
# Whether the site's own name of its file, where it is a link, is one that no other account has laid
link_is_ours() { [ ! -L "$CONFIG_PATH" ] || (parent_of "$CONFIG_PATH" && only_ours "$parent"); }

# In a folder that another account can change, each step is made from inside it: what is put in its place meanwhile is not touched.
in_place() { # COMMAND…, with the file as ./$name
    cd -P "$folder" 2>/dev/null && [ "$(pwd -P)" = "$folder" ] && "$@"
}
place_file() { # FILE of the state: it takes the configuration's place in one step, and is gone from its own
    if [ -z "$shared" ]; then
        put_at "$1" "$file"
        return
    fi
    # shellcheck disable=SC2030 # its own umask
    (in_place place_new "$1") && rm -f "$1"
}
place_new() { # a new file with the mode and owner of FILE; neither its content nor its owner goes through a link
    placed=./.$name.summit.$$
    rm -f "$placed"
    placed_mode=$(stat -c %a "$1" 2>/dev/null || echo 644)
    umask "$(printf '%04o' $((0777 & ~0$placed_mode)))"
    set -C
    cat "$1" >"$placed" || return 1
    chown -h "$(stat -c %u:%g "$1")" "$placed" 2>/dev/null || :
    put_at "$placed" "./$name" || { rm -f "$placed"; return 1; }
}
unplace_file() { # takes the configuration away
    if [ -z "$shared" ]; then rm -f "$file"; else (in_place rm -f "./$name"); fi
}

# --- the link that enables the site, made and taken away from inside its folder
in_folder_of() { # LINK COMMAND…
    parent_of "$1"
    link_folder=$parent
    shift
    cd -P "$link_folder" 2>/dev/null || return 1
    if [ "$me" = 0 ] && ! only_ours "$link_folder" && [ "$(pwd -P)" != "$link_folder" ]; then return 1; fi
    "$@"
}
make_link() {
    rm -f "./$link_made"
    link_at "$CONFIG_PATH" "./$link_made" && put_at "./$link_made" "./${ENABLED_PATH##*/}"
}
