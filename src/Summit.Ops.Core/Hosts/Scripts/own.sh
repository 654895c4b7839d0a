# Folders that no other account can change: what root keeps lies in one, so that no link of another account leads root elsewhere.

# Whether a whole path is this account's or root's, and nobody else may write to it: each folder on it, the links on it, and whatever they
# lead through; /tmp, where each may remove only its own, is such a folder too. Sets shared: the part that another account can change.
only_ours() { # FOLDER
    shared=$1
    ours_steps=0
    case $1 in /*) ours_todo=$1 ;; *) ours_todo=$(pwd -P)/$1 ;; esac
    set --
    while [ -n "$ours_todo" ]; do
        ours_path=${ours_todo%%"$ours_line"*}
        ours_todo=${ours_todo#"$ours_path"}
        ours_todo=${ours_todo#"$ours_line"}
        while :; do
            if [ -L "$ours_path" ]; then
                set -- "$@" "$ours_path"
                ours_steps=$((ours_steps + 1))
                [ "$ours_steps" -le 40 ] && ours_to=$(readlink "$ours_path") || return 1
                parent_of "$ours_path"
                case $ours_to in /*) ;; *) ours_to=$parent/$ours_to ;; esac
                ours_todo=$ours_to${ours_todo:+$ours_line$ours_todo}
            else
                [ -n "${ours_file:-}" ] && [ ! -d "$ours_path" ] || set -- "$@" "$ours_path/."
                parent_of "$ours_path"
            fi
            case $ours_path in / | '') break ;; esac
            ours_path=$parent
        done
    done
    # one program for all of them, the innermost first
    ours_list=$(ls -ldnr "$@" 2>/dev/null) || return 1
    while read -r ours_mode _ ours_uid ours_gid _ _ _ _ ours_path; do
        shared=${ours_path%/.}
        shared=${shared:-/}
        case $ours_uid in 0 | "$me") ;; *) return 1 ;; esac
        case $ours_mode in
            l* | ?????????[tT]*) ;;
            ????????w*) return 1 ;;
            # a list of more accounts, of which ls shows the most that one of them may
            ?????w????+*) return 1 ;;
            ?????w*) [ "$ours_gid" = 0 ] || return 1 ;;
        esac
    done <<OURS_LIST
$ours_list
OURS_LIST
    shared=
}
# The same for the way to a file: each link on it, and the folders that those lie in.
only_ours_file() { # FILE
    ours_file=yes
    only_ours "$1"
    ours_code=$?
    ours_file=
    return "$ours_code"
}
ours_line='
'

# Makes a folder of this account's own where it is missing; one that is another's, or a link, is not taken.
own_folder() { # FOLDER
    [ -d "$1" ] || mkdir -m 700 "$1" 2>/dev/null
    [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] && chmod 700 "$1" 2>/dev/null
}

# Where this account keeps its locks: always the same folder on one host. Sets own_state;
# where it returns 1, own_state is the folder that could not be had.
own_locks() {
    own_parent=
    if [ "$me" = 0 ]; then
        for own_parent in /run /var/run /var/lib; do [ ! -d "$own_parent" ] || break; done
        own_state=$own_parent/summit-ops
    else
        own_parent=$(getent passwd "$me" 2>/dev/null | cut -d: -f6)
        own_state=$own_parent/.summit-ops
        if [ ! -O "${own_parent:-/}" ]; then own_parent=/var/tmp own_state=/var/tmp/summit-ops-$me; fi
    fi
    only_ours "$own_parent" && own_folder "$own_state"
}

# A rename into FILE's place and never into a folder that lies there, and a link that is made nowhere else.
can_alone() {
    [ -n "${own_alone:-}" ] || { mv --help 2>&1 | grep -q '[[:space:]]-T' && own_alone=yes || own_alone=no; }
    [ "$own_alone" = yes ]
}
put_at() { # FROM FILE
    if can_alone; then mv -fT "$1" "$2"; else [ ! -d "$2" ] && mv -f "$1" "$2"; fi
}
link_at() { # TARGET FILE
    if can_alone; then ln -sT "$1" "$2"; else [ ! -e "$2" ] && [ ! -L "$2" ] && ln -s "$1" "$2"; fi
}
