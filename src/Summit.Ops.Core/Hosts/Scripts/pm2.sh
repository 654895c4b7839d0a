# The pm2 that runs the site's backend: another account's, another home's, or one that is not on the PATH. What lies in that account's folders
# and what its processes name is run, and its logs are read, as that account and never as root.
# In: PM2_DIR BACKEND_USER PROCESS_NAME BACKEND_PORT; pm2-owner.sh finds the account where none is named

backend_account=$BACKEND_USER # who runs the backend; empty for this account

# Sets: pm2_home; backend_account; pm2_daemon, the process of a living daemon or nothing; pm2_state, that or why not (none, unreadable,
# foreign); pm2_command; pm2_path, where it finds its node; pm2_name, how its files are called
pm2_facts() {
    pm2_find
    pm2_theirs=no
    if [ -n "$found_user" ] && [ "$found_user" != "$me_name" ]; then
        # who may not become that account can only be told of it
        if [ "$me" = 0 ] || [ -n "$as_root" ]; then BACKEND_USER=$found_user PM2_DIR=$found_home; else pm2_theirs=yes; fi
    fi
    pm2_home=$PM2_DIR
    if [ -z "$pm2_home" ]; then
        # an agent that runs as root may have no HOME
        pm2_user_home=${HOME:-$(getent passwd "$me_name" 2>/dev/null | cut -d: -f6)}
        [ -z "$BACKEND_USER" ] || pm2_user_home=$(getent passwd "$BACKEND_USER" 2>/dev/null | cut -d: -f6)
        pm2_home=${PM2_HOME:-$pm2_user_home/.pm2}
    fi
    # pm2's own rule: one sign for each letter that a file's name may not have
    pm2_name=$PROCESS_NAME
    case $pm2_name in *[!a-zA-Z0-9.\\-]*) pm2_name=$(printf '%s' "$pm2_name" | tr -d '\200-\277' | sed 's/[^a-zA-Z0-9.\\-]/-/g') ;; esac
    pm2_daemon=
    # a pipe in its place would never end, also one that takes its place after the look
    # shellcheck disable=SC2086 # empty, or words
    if pm2_may test -f "$pm2_home/pm2.pid"; then pm2_daemon=$(pm2_may ${clock:+$clock 5} head -c 32 "$pm2_home/pm2.pid"); fi
    # it becomes a path: a number, and nothing else
    case $pm2_daemon in *[!0-9]*) pm2_daemon= ;; esac
    pm2_state=none
    if [ -n "$pm2_daemon" ]; then
        if [ -d "/proc/$pm2_daemon" ]; then pm2_state=$pm2_daemon; else pm2_daemon=; fi
    elif [ -d "$pm2_home" ] && [ ! -x "$pm2_home" ] && [ -z "$as_root" ]; then
        pm2_state=unreadable
    fi
    if [ "$pm2_theirs" = yes ]; then pm2_home=$found_home pm2_daemon='' pm2_state=unreadable; fi
    pm2_account
    pm2_command=pm2 pm2_path=$PATH
    if [ -n "$pm2_daemon" ]; then
        pm2_folder=$(pm2_may readlink "/proc/$pm2_daemon/exe") || pm2_folder=/none/node
        pm2_folder=${pm2_folder%/*}
        # installed for another account (nvm): it lies beside the node that runs the daemon
        if have pm2; then parent_of "$(command -v pm2)"; else parent=$pm2_folder pm2_command=$pm2_folder/pm2; fi
        pm2_path=$parent:$PATH:$pm2_folder
    fi
}
pm2_may() { "$@" 2>/dev/null || { [ -n "$as_root" ] && $as_root "$@" 2>/dev/null; }; } # COMMAND…: as it is, and as root where that is refused

# Whose pm2 it is: the account that is named, else the owner of its folder. What root does here follows from files of that account, so its
# folder must lie where no third one can put another in its place, and the daemon must be the account's own.
pm2_account() {
    backend_account=$BACKEND_USER
    if [ "$me" != 0 ] && [ -z "$as_root" ]; then return; fi
    pm2_safe=yes
    if [ -n "$BACKEND_USER" ]; then
        pm2_owner=$(id -u "$BACKEND_USER" 2>/dev/null)
    else
        pm2_owners_of "$pm2_home"
        pm2_owner=${pm2_owners%%[!0-9]*}
        pm2_owner=${pm2_owner:-$me}
        pm2_only_of "$pm2_owner" || pm2_safe=no
        if [ "$pm2_owner" != "$me" ]; then
            account_name "$pm2_owner"
            backend_account=${account:-$pm2_owner}
        fi
    fi
    [ -n "$pm2_daemon" ] || return 0
    account_of "$pm2_daemon"
    if [ "$account" != "$pm2_owner" ] || [ "$pm2_safe" = no ]; then pm2_daemon='' pm2_state=foreign; fi
}
# Sets pm2_owners: the owners, as numbers, of what really lies there and of each folder on the way to it
pm2_owners_of() { # PATH
    pm2_owners=''
    pm2_real=$(pm2_may readlink -f "$1") || return 0
    set --
    while [ "${#pm2_real}" -gt 1 ]; do
        set -- "$@" "$pm2_real"
        pm2_real=${pm2_real%/*}
    done
    # shellcheck disable=SC2086 # empty, or two words
    [ "$#" = 0 ] || pm2_owners=$($as_root stat -c %u "$@" 2>/dev/null) || pm2_owners=unknown
}
pm2_only_of() { # UID: whether all of them are that account's or root's
    [ -n "$pm2_owners" ] || return 1
    for pm2_each in $pm2_owners; do case $pm2_each in 0 | "$1") ;; *) return 1 ;; esac; done
}
# Sets account: its name; nothing where it has none
account_name() { # UID
    account=$(getent passwd "$1" 2>/dev/null)
    account=${account%%:*}
}

pm2_foreign() { echo "the pm2 daemon of $pm2_home is not run by ${BACKEND_USER:-the account that the folder belongs to}: name the account that runs it (BackendUser)"; }

# A program of another account gets nothing of this one's: it runs in a session without a terminal, with an environment, a folder and
# descriptors of its own, for run_time seconds (30). What it prints is data. Returns 126 where that cannot be had here.
backend_run() { # COMMAND…: as the account that runs the backend
    if [ -z "$backend_account" ] || [ "$me_name" = "$backend_account" ] || [ "$me" = "$backend_account" ]; then
        limited "${run_time:-30}" "$@"
        return
    fi
    if [ "${backend_home_of:-}" != "$backend_account" ]; then
        backend_home_of=$backend_account
        backend_user_home=$(getent passwd "$backend_account" 2>/dev/null | cut -d: -f6)
    fi
    set -- env -i HOME="${backend_user_home:-/}" USER="$backend_account" LOGNAME="$backend_account" SHELL=/bin/sh LC_ALL=C \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
    # the clock is root's, so that the account cannot stop it; what sudo has started only sudo's side can end
    [ "$me" = 0 ] || [ -z "$clock" ] || set -- timeout "${run_time:-30}" "$@"
    (
        cd / || exit 126
        # what is only read has an end, on this account's disk too; what goes on running keeps its own limit
        [ -z "${run_size:-}" ] || ulimit -f "$run_size" 2>/dev/null
        if [ "$me" != 0 ]; then
            set -- sudo -n -u "$backend_account" -- "$@"
        elif have runuser && id -u "$backend_account" >/dev/null 2>&1 && [ "$backend_account" != "$(id -u "$backend_account")" ]; then
            set -- runuser -u "$backend_account" -- "$@"
        elif have setpriv && setpriv --reuid 0 true 2>/dev/null; then
            # a number without a name has no groups
            backend_group=$(id -g "$backend_account" 2>/dev/null || echo "$backend_account")
            set -- setpriv --reuid "$backend_account" --regid "$backend_group" --clear-groups -- "$@"
        elif have sudo; then
            set -- sudo -n -u "$backend_account" -- "$@"
        else
            # shellcheck disable=SC2016 # its own arguments
            set -- su -s /bin/sh "$backend_account" -c 'exec "$@"' -- su "$@"
        fi
        # shellcheck disable=SC2086 # words
        [ -z "$clock" ] || set -- $clock "$((${run_time:-30} + 3))" "$@"
        if have setsid; then
            set -- setsid "$@"
        elif (: </dev/tty) 2>/dev/null; then
            echo "nothing was run as $backend_account: without setsid (util-linux) it would have this terminal" >&2
            exit 126
        fi
        # a terminal can be read through any descriptor of it
        [ ! -t 0 ] || exec </dev/null
        [ ! -t 1 ] || exec >/dev/null
        [ ! -t 2 ] || exec 2>/dev/null
        # shellcheck disable=SC2086 # empty, or words
        exec env -i PATH="$PATH" "$@" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
    )
}
backend_reads() { # FILE COMMAND…: reads a file that the account has written, or says that it has
    backend_file=$1
    shift
    if [ "$me" != 0 ] && { [ -r "$backend_file" ] || [ -z "$as_root" ]; }; then limited 30 "$@"; else backend_run "$@"; fi
}

pm2_answers() { # whether a daemon runs that can be asked: asking where none runs would start one
    [ -n "$pm2_daemon" ] || return 1
    have "$pm2_command" || case $pm2_command in /*) backend_run test -x "$pm2_command" ;; *) return 1 ;; esac
}
pm2_run() { # ARGUMENT…: pm2, as the account and for the daemon that run the backend
    backend_run env PM2_HOME="$pm2_home" PM2_SILENT=true PATH="$pm2_path" "$pm2_command" "$@"
}

# What pm2 knows. Its list holds the whole environment of each process, secrets and all: only what the script prints leaves the pipe.
# A file takes it, and no pipe: a process that the account leaves behind holds a pipe open for as long as it likes.
pm2_list() { # JAVASCRIPT, over all (the list), p (its processes of the site's name) and out (prints a line)
    pm2_said=$(mktemp "${tmp:-${TMPDIR:-/tmp}}/summit.XXXXXXXXXX") || return 1
    run_size=16384
    pm2_listed "$1" >"$pm2_said"
    pm2_code=$?
    run_size=
    cat "$pm2_said"
    rm -f "$pm2_said"
    return "$pm2_code"
}
pm2_listed() {
    pm2_run jlist | backend_run env PATH="$pm2_path" node -e 'let t="";process.stdin.on("data",d=>t+=d).on("end",()=>{const i=t.search(/^\[(\{|\])/m);if(i<0){process.stderr.write(t);process.exit(1)}
        const all=JSON.parse(t.slice(i)),p=all.filter(p=>p.name===process.argv[1]),out=console.log;'"$1"'})' -- "$PROCESS_NAME"
}

# shellcheck disable=SC2016 # JavaScript
pm2_logs_script='for(const q of p)out("Output "+q.pm2_env.pm_out_log_path+"\nError "+q.pm2_env.pm_err_log_path)'
pm2_logs() { # the logs, each as STREAM PATH: those that pm2 says, else those of its own naming
    {
        { pm2_answers && pm2_list "$pm2_logs_script" 2>/dev/null; } || :
    } | pm2_logs_or_named
}
pm2_logs_or_named() { # those on standard input, without what is none; where none is, those of pm2's own naming
    pm2_said=$(awk 'NF > 1 && $2 != "undefined" && $2 != "/dev/null" && !seen[$0]++')
    if [ -n "$pm2_said" ]; then
        printf '%s\n' "$pm2_said"
    else
        pm2_files logs/ -out .log | sed 's/^/Output /'
        pm2_files logs/ -error .log | sed 's/^/Error /'
    fi
}
pm2_files() { # FOLDER/ MIDDLE END: the files of pm2's own naming, with a number and without
    for pm2_file in "$pm2_home/$1$pm2_name$2$3" "$pm2_home/$1$pm2_name$2"-[0-9]*"$3"; do
        pm2_number=${pm2_file#"$pm2_home/$1$pm2_name$2"}
        pm2_number=${pm2_number%"$3"}
        case ${pm2_number#-} in *[!0-9]*) continue ;; esac
        if [ -f "$pm2_file" ]; then printf '%s\n' "$pm2_file"; fi
    done
}
