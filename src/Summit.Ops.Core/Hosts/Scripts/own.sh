# Folders that no other account can change: what root keeps lies in one, so that no link of another account leads root elsewhere.

# Whether a folder is this account's or root's, and nobody else may write to it; /tmp, where each may remove only its own, is one too.
ours_alone() { # FOLDER
    ours_line=$(ls -ldn "$1/." 2>/dev/null) || return 1
    read -r ours_mode _ ours_uid ours_gid _ <<EOF
$ours_line
EOF
    case $ours_uid in 0 | "$(id -u)") ;; *) return 1 ;; esac
    case $ours_mode in
        ?????????[tT]*) ;;
        ????????w*) return 1 ;;
        ?????w*) [ "$ours_gid" = 0 ] || return 1 ;;
    esac
}

# Whether a whole path is so: each folder on it, the links on it, and the folders that they lead through.
# Sets shared: the part that another account can change.
only_ours() { # FOLDER
    shared=$1
    ours_path=$1
    while :; do
        if [ -L "$ours_path" ]; then
            shared=$ours_path
            ours_line=$(ls -ldn "$ours_path" 2>/dev/null) || return 1
            read -r _ _ ours_uid _ <<EOF
$ours_line
EOF
            case $ours_uid in 0 | "$(id -u)") ;; *) return 1 ;; esac
            ours_chain "$ours_path" || return 1
        else
            shared=$ours_path
            ours_alone "$ours_path" || return 1
        fi
        case $ours_path in / | . | '') break ;; esac
        ours_path=$(dirname "$ours_path")
    done
    # a path without links is the one that was just walked
    [ "$(cd -P "$1" 2>/dev/null && pwd -P)" = "$1" ] || ours_chain "$1" || return 1
    shared=
}
ours_chain() { # FOLDER: where it really lies
    ours_at=$(cd -P "$1" 2>/dev/null && pwd -P) || return 1
    while :; do
        shared=$ours_at
        ours_alone "$ours_at" || return 1
        [ "$ours_at" != / ] || return 0
        ours_at=$(dirname "$ours_at")
    done
}

# Makes a folder of this account's own where it is missing; one that is another's, or a link, is not taken.
own_folder() { # FOLDER
    [ -d "$1" ] || mkdir -m 700 "$1" 2>/dev/null
    [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] && chmod 700 "$1" 2>/dev/null
}

# Where this account keeps its locks: always the same folder on one host. Sets own_state;
# where it returns 1, own_state is the folder that could not be had.
own_locks() {
    own_parent=
    if [ "$(id -u)" = 0 ]; then
        for own_parent in /run /var/run /var/lib; do [ ! -d "$own_parent" ] || break; done
        own_state=$own_parent/summit-ops
    else
        own_parent=$(getent passwd "$(id -u)" 2>/dev/null | cut -d: -f6)
        own_state=$own_parent/.summit-ops
        if [ ! -O "${own_parent:-/}" ]; then own_parent=/var/tmp own_state=/var/tmp/summit-ops-$(id -u); fi
    fi
    only_ours "$own_parent" && own_folder "$own_state"
}

# A rename into FILE's place and never into a folder that lies there, and a link that is made nowhere else.
own_alone=
if mv --help 2>&1 | grep -q '[[:space:]]-T'; then own_alone=T; fi
put_at() { # FROM FILE
    if [ -n "$own_alone" ]; then mv -fT "$1" "$2"; else [ ! -d "$2" ] && mv -f "$1" "$2"; fi
}
link_at() { # TARGET FILE
    if [ -n "$own_alone" ]; then ln -sT "$1" "$2"; else [ ! -e "$2" ] && [ ! -L "$2" ] && ln -s "$1" "$2"; fi
}
