# nginx in a container. Its files are read through /proc/PID/root, and changed in the host's folders that are mounted there; what nginx would
# dial is dialled in its network, with its names. Of the container's programs none is run but by its engine.
# In: the site's variables; after nginx.sh, service.sh, own.sh and deployment-state.sh, of whose functions it replaces some.
# Sets: container_root, /proc/PID/root where nginx runs in a container that can be entered, else empty; container_engine, its command as words of
# sh; container_name; container_pid; container_line, the nginx command where it was found by the port; container_net (own, host);
# container_why, why it was not entered; container_stopped, its state where it does not run; container_project, its compose project

# Asks the container's engine, which may be a program of this host only
engine() { # ARGUMENT…
    eval "limited 20 $container_engine \"\$@\""
}
# Prints its command for a reader
engine_shown() { printf '%s' "$container_engine" | tr -d "'" | sed 's/^ //'; }
word_of() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }

# shellcheck disable=SC2120 # the words are the command's
# The engine and the container of a command such as  docker exec web nginx  or  docker compose exec web nginx
container_by_command() {
    case " $NGINX_COMMAND" in *docker* | *podman* | *nerdctl*) ;; *) return 1 ;; esac
    eval "set -- $NGINX_COMMAND"
    while :; do
        case ${1-} in
            docker | podman | nerdctl | docker-compose | */docker | */podman | */nerdctl | */docker-compose) break ;;
            sudo | */sudo | -n) shift ;;
            *) return 1 ;;
        esac
    done
    container_compose=
    command_words=
    while [ "${1-exec}" != exec ]; do
        if [ "$1" = compose ]; then
            container_engine=$command_words container_compose=yes
        fi
        [ "$1" = container ] || command_words="$command_words $(word_of "$1")"
        case $1 in *docker-compose) container_engine=docker container_compose=yes ;; esac
        shift
    done
    [ "$#" -gt 2 ] || return 1
    shift
    while :; do
        case $1 in
            -u | --user | -w | --workdir | -e | --env | --env-file | --detach-keys | --index)
                [ "$#" -gt 2 ] || return 1
                shift 2
                ;;
            -?*)
                [ "$#" -gt 1 ] || return 1
                shift
                ;;
            *) break ;;
        esac
    done
    container_name=$1
    if [ -z "$container_compose" ]; then
        container_engine=$command_words
        return 0
    fi
    container_id=$(eval "limited 20 $command_words ps -a -q \"\$container_name\"" 2>/dev/null | head -n 1)
    [ -n "$container_id" ] || container_why="compose knows no container of the service $container_name here"
    container_name=$container_id
}

# The engine and the container behind what holds the port: the process that looks after it has its id
container_by_port() {
    port_pid=${found_container##*process }
    port_pid=${port_pid%)*}
    case $port_pid in '' | *[!0-9]*) return 1 ;; esac
    case $found_container in
        docker-proxy* | dockerd*)
            container_engine=docker
            container_name=$(engine ps --no-trunc --filter "publish=${PORT:-$NGINX_PORT}" --format '{''{.ID}''}' 2>/dev/null | head -n 1)
            [ -n "$container_name" ] || container_why='docker does not say which container publishes the port'
            return 0
            ;;
        rootlessport* | slirp4netns* | pasta*)
            container_why='it is a rootless one, whose engine answers only the account that started it'
            return 0
            ;;
    esac
    port_at=$port_pid
    while [ "${port_at:-0}" -gt 1 ]; do
        { read -r port_name <"/proc/$port_at/comm"; } 2>/dev/null || break
        case $port_name in
            conmon | containerd-shim*)
                # whatever calls itself so in a container is no such process
                account_of "$port_at"
                if [ "$(stat -L -c %d:%i "/proc/$port_at/root/" 2>/dev/null)" = "$(stat -L -c %d:%i /)" ]; then
                    port_words=$(head -c 20000 "/proc/$port_at/cmdline" | tr '\0' ' ')
                    case $port_name in
                        conmon) container_engine=podman container_name=${port_words#* -c } ;;
                        *)
                            container_name=${port_words#* -id }
                            case $port_words in
                                *' -namespace moby '*) container_engine=docker ;;
                                *' -namespace k8s.io '*) container_why='it is one of Kubernetes: its configuration comes from its image or a ConfigMap' ;;
                                *) container_engine=nerdctl ;;
                            esac
                            ;;
                    esac
                    container_name=${container_name%% *}
                    if [ -n "$account" ] && [ "$account" != 0 ]; then
                        account_uid=$account
                        container_why="it is a rootless one of account $account_uid, and its engine answers only that account"
                    fi
                    return 0
                fi
                ;;
        esac
        { read -r port_stat <"/proc/$port_at/stat"; } 2>/dev/null || break
        port_stat=${port_stat##*) }
        port_stat=${port_stat#? }
        port_at=${port_stat%% *}
    done
    container_why='no engine that this host knows looks after it'
}

# Sets container_pid and what hangs on it, from the engine's word
container_state() {
    container_root='' container_pid='' container_stopped=''
    state_of='{''{.State.Pid}''} {''{.State.Status}''} {''{.Id}''} {''{.Name}''} {''{printf "%q" (index .Config.Labels "com.docker.compose.project")}''}'
    state_said=$(engine inspect --type container -f "$state_of" "$container_name" 2>&1) || {
        container_why="its engine does not know the container $container_name: $(printf '%s' "$state_said" | tail -n 1 | head -c 300)"
        return 1
    }
    # its last line: an engine may warn before it answers
    state_said=$(printf '%s\n' "$state_said" | tail -n 1)
    read -r container_pid state_word container_id container_name container_project <<END_OF_STATE
$state_said
END_OF_STATE
    container_name=${container_name#/}
    # whoever made the image wrote its label, which may hold a line that looks like an answer of the engine: so it is asked for in quotes
    container_project=${container_project#?}
    container_project=${container_project%?}
    case $container_project in *[!A-Za-z0-9_.-]*) container_project= ;; esac
    case $container_pid in
        0 | '' | *[!0-9]*)
            container_pid='' container_stopped=${state_word:-stopped}
            container_why="the container $container_name does not run ($container_stopped)"
            return 1
            ;;
    esac
    if [ "$(readlink "/proc/$container_pid/ns/mnt" 2>/dev/null)" = "$(readlink /proc/self/ns/mnt)" ] || [ ! -e "/proc/$container_pid/root/" ]; then
        container_why="the files of the container $container_name are not reached from here"
        return 1
    fi
    container_net=own
    [ "$(readlink "/proc/$container_pid/ns/net")" != "$(readlink /proc/self/ns/net)" ] || container_net=host
    if ! have nsenter || ! have unshare; then
        container_why='nsenter and unshare (util-linux) are not installed here'
        return 1
    fi
    # what belongs to it is known by its mounts, also where its process id is another's by now
    container_mounts=" $(awk '{ printf "%s ", $1 }' "/proc/$container_pid/mountinfo")"
    container_root=/proc/$container_pid/root
    container_hosts=$(inside_run /etc/hosts head -c 60000 2>/dev/null)
    container_resolv=$(inside_run /etc/resolv.conf head -c 60000 2>/dev/null)
}
# Sets master: nginx's master process in the container, by the host's number
container_master() {
    master=
    master_of=$(readlink "/proc/$container_pid/ns/mnt" 2>/dev/null)
    for entry in /proc/[0-9]*; do
        { read -r title <"$entry/comm"; } 2>/dev/null || continue
        case $title in nginx | openresty) ;; *) continue ;; esac
        title_of "$entry"
        case $title in 'nginx: master process '*) ;; *) continue ;; esac
        [ -n "$master_of" ] && [ "$(readlink "$entry/ns/mnt" 2>/dev/null)" = "$master_of" ] || continue
        master=${entry#/proc/}
        return 0
    done
    return 1
}

container_facts() {
    container_root='' container_engine='' container_name='' container_pid='' container_line='' container_net='' container_why='' container_stopped='' container_project=''
    nginx_as_found
    by_port=no
    if [ -n "${found_container:-}" ]; then
        by_port=yes
        container_by_port || return 0
    else
        # shellcheck disable=SC2119
        container_by_command || return 0
    fi
    [ -z "$container_why" ] || return 0
    if [ "$me" != 0 ]; then
        container_why="only root can look into it, and $me_name is not root"
        [ -z "$as_root" ] || container_why=root
        return 0
    fi
    container_state || return 0
    container_master || :
    found_master=$master
    [ "$by_port" = yes ] || return 0
    if ! cat "/proc/$container_pid/net/tcp" "/proc/$container_pid/net/tcp6" 2>/dev/null |
        awk -v p=":$(printf '%04X' "${PORT:-$NGINX_PORT}")" '$4 == "0A" && substr($2, length($2) - 4) == p { found = 1 } END { exit !found }' || [ -z "$master" ]; then
        container_why="in the container $container_name no nginx listens on port ${PORT:-$NGINX_PORT}: it is published from another one, or by another program"
        container_root=
        return 0
    fi
    case $found_container in nginx*)
        # the process that holds the port is of that very container
        if [ "$(readlink "/proc/$port_pid/ns/mnt")" != "$(readlink "/proc/$container_pid/ns/mnt")" ]; then
            container_why="the container $container_name is not the one that holds the port"
            container_root=
            return 0
        fi ;;
    esac
    title_of "/proc/$master"
    NGINX_PREFIX=$(title_option p "$title") NGINX_CONF=$(title_option c "$title")
    found_program=$(readlink "/proc/$master/exe")
    found_program=${found_program% (deleted)}
    case ${found_program##*/} in nginx) found_program=nginx ;; esac
    NGINX_COMMAND="$container_engine exec $(word_of "$container_name") $(word_of "$found_program")"
    container_line="$container_engine exec $container_name $found_program"
    found_container=
}

# --- its files. Sets inside: the path in the container behind every link; none where it does not exist, or leads to what the kernel makes up
inside() { # PATH
    inside=/
    inside_todo=$1
    inside_steps=0
    while [ -n "$inside_todo" ]; do
        inside_part=${inside_todo%%/*}
        case $inside_todo in */*) inside_todo=${inside_todo#*/} ;; *) inside_todo= ;; esac
        case $inside_part in
            '' | .) continue ;;
            ..)
                parent_of "$inside"
                inside=$parent
                continue
                ;;
        esac
        inside_next=${inside%/}/$inside_part
        if [ -L "$container_root$inside_next" ]; then
            inside_steps=$((inside_steps + 1))
            [ "$inside_steps" -le 40 ] && inside_to=$(readlink "$container_root$inside_next") || return 1
            case $inside_to in /*) inside=/ ;; esac
            inside_todo=$inside_to${inside_todo:+/$inside_todo}
        else
            inside=$inside_next
        fi
    done
    case $inside in /proc | /proc/* | /dev | /dev/* | /sys | /sys/*) return 1 ;; esac
    [ -e "$container_root$inside" ]
}
# Runs a command with a file of the container as its standard input. A link that is laid meanwhile leads nowhere: the file that is open must lie on
# one of the container's mounts.
inside_run() { # FILE COMMAND…
    inside "$1" && [ -f "$container_root$inside" ] || {
        echo "$1: no file in the container" >&2
        return 1
    }
    shift
    (
        exec 7<"$container_root$inside" || exit 1
        while read -r inside_key inside_mount; do [ "$inside_key" != mnt_id: ] || break; done </proc/self/fdinfo/7
        case $container_mounts in *" ${inside_mount:--} "*) ;; *) echo "$inside: not in the container" >&2 && exit 1 ;; esac
        limited 10 "$@" <&7 7<&-
    )
}
# The end of what nginx writes to the container's own output
container_log() { # OPTION…
    engine logs "$@" "$container_name" 2>&1
}

# Where a path of the container comes from. Sets place_kind: folder and file, with place_host, the path on this host, where the folder or the file
# alone is mounted; image; config, a ConfigMap or a Secret; replaced, a file whose name on the host is another file's by now; unseen, a mount that
# this host does not have; outside, a link to what the container does not have; missing, where there is no such folder
container_place() { # PATH, and  entry  for a name that is not followed where it is a link
    place_kind=missing place_host=''
    parent_of "$1"
    if [ -z "${2-}" ] && inside "$1"; then
        place_path=$inside
    else
        inside "$parent" || return 0
        place_path=${inside%/}/${1##*/}
        if [ -z "${2-}" ] && [ -L "$container_root$place_path" ]; then
            place_kind=outside
            return 0
        fi
    fi
    parent_of "$place_path"
    place_said=$(place_path=$place_path awk '
        function plain(word) { gsub(/\\040/, " ", word); gsub(/\\011/, "\t", word); gsub(/\\134/, "\\", word); return word }
        function below(path, folder) { return folder == "/" || path == folder || index(path, folder "/") == 1 }
        BEGIN { path = ENVIRON["place_path"] }
        NR == FNR {
            at = plain($5)
            if (below(path, at) && length(at) >= length(best)) { best = at; device = $3; root = plain($4) }
            next
        }
        !said { said = 1; print best; print root }
        $3 == device && below(root, plain($4)) {
            from = plain($4); to = plain($5)
            print (to == "/" ? "" : to) (from == "/" ? (root == "/" ? "" : root) : substr(root, length(from) + 1)) (best == "/" ? path : substr(path, length(best) + 1))
        }' "/proc/$container_pid/mountinfo" /proc/self/mountinfo)
    place_at=$(printf '%s\n' "$place_said" | sed -n 1p)
    place_root=$(printf '%s\n' "$place_said" | sed -n 2p)
    case $place_at in / | '')
        place_kind=image
        return 0
        ;;
    esac
    case $place_root$place_path in *kubernetes.io~configmap* | *kubernetes.io~secret* | *kubernetes.io~projected* | */..data/* | */..2[0-9][0-9][0-9]_*)
        place_kind=config
        return 0
        ;;
    esac
    place_kind=unseen
    if [ "$place_at" = "$place_path" ]; then place_same=$place_path; else place_same=$parent; fi
    place_id=$(stat -c %d:%i "$container_root$place_same" 2>/dev/null)
    place_tried=$(printf '%s\n' "$place_said" | sed 1,2d)
    while IFS= read -r place_try; do
        case $place_try in *//deleted*) place_kind=replaced ;; esac
        [ -n "$place_try" ] || continue
        if [ "$place_at" = "$place_path" ]; then place_same=$place_try; else
            parent_of "$place_try"
            place_same=$parent
        fi
        if [ -n "$place_id" ] && [ "$(stat -c %d:%i "$place_same" 2>/dev/null)" = "$place_id" ]; then
            place_host=$place_try
            if [ "$place_at" = "$place_path" ]; then place_kind='file'; else place_kind=folder; fi
            return 0
        elif [ "$place_at" = "$place_path" ] && [ -e "$place_same" ]; then
            place_kind=replaced
        fi
    done <<END_OF_PLACES
$place_tried
END_OF_PLACES
}
# Sets place_refusal: why what is there is not changed, empty where it is
container_refusal() { # PATH
    case $place_kind in
        folder | file) place_refusal= ;;
        image) place_refusal="$1 lies in the image of the container $container_name: what is changed there is gone with the container, so it is not changed. Change the file that the image is built from (COPY in its Dockerfile), or mount a folder of the host there." ;;
        config) place_refusal="$1 of the container $container_name comes from a ConfigMap or a Secret: change that, and the cluster brings it to the container." ;;
        replaced) place_refusal="$1 is mounted alone in the container $container_name, and its file on the host has been replaced by another one since (an editor or a rename does that), which the container does not see. Restart the container, so that it takes the new one: $(engine_shown) restart $container_name" ;;
        outside) place_refusal="$1 of the container $container_name is a link to a file that the container does not have." ;;
        missing) place_refusal="The folder of $1 does not exist in the container $container_name." ;;
        *) place_refusal="$1 of the container $container_name lies on a mount that is not seen on this host, so it is not changed from here." ;;
    esac
}

container_facts
[ -z "${found_container:-}" ] || [ -z "$container_why" ] || found_container="$found_container, and $container_why"
if [ -n "$container_stopped" ]; then
    container_start="$(engine_shown) start $container_name"
    place_refusal="The container $container_name does not run ($container_stopped), so its files are not seen: $container_start"
fi
# Sets where: the path at which a file of nginx's is reached from here, its links followed where it is in a container
where_is() { # PATH
    where=$1
    [ -z "$container_root" ] || { inside "$1" && where=$container_root$inside; }
}
# The same for the name itself, which may be a link
name_is() { # PATH
    where=$1
    [ -n "$container_root" ] || return 0
    parent_of "$1"
    inside "$parent" && where=$container_root${inside%/}/${1##*/}
}
if [ -n "$container_root" ]; then
    seen() { inside_run "$1" cat 2>/dev/null; }
    note_pid() { had_pid=yes; }
    forget_empty_pid() { :; }
    nginx_dump() { # FOLDER
        nginx_cmd -T >"$1/dump" 2>"$1/test"
        dump_code=$? dump_read=$?
        return "$dump_code"
    }

    # A command as nginx would run it: in its network, with its names. It takes the place of the shell that calls it.
    from_nginx() { # COMMAND…
        exec nsenter --net="/proc/$container_pid/ns/net" unshare -m /bin/sh -c '
            hosts=$1 resolv=$2
            shift 2
            if mount --make-rprivate / 2>/dev/null; then
                for at in /mnt /media /srv /boot; do
                    [ -d "$at" ] && mount -t tmpfs -o mode=700 tmpfs "$at" 2>/dev/null || continue
                    if [ -n "$hosts" ]; then printf "%s\n" "$hosts" >"$at/hosts" && mount --bind "$at/hosts" /etc/hosts; fi
                    if [ -n "$resolv" ]; then printf "%s\n" "$resolv" >"$at/resolv" && mount --bind "$at/resolv" /etc/resolv.conf; fi
                    break
                done
            fi
            exec "$@"' summit "$container_hosts" "$container_resolv" "$@"
    }

    # --- as a service: its master has another number in the container, and it starts and stops with it
    nginx_master() {
        container_master || return 1
        echo "$master"
    }
    nginx_unit() { :; }
    reload_unseen() { return 1; }
    pid_file_fits() { return 0; }
    nginx_start() {
        # nginx may be one of several programs of a container that runs
        if container_state; then nginx_cmd; else engine start "$container_name" && container_state; fi
    }
    nginx_stop() {
        started_unit=
        engine restart "$container_name" >/dev/null && container_state
    }
    # its error log, or what it writes to the container's output since a moment
    log_size() {
        if [ -n "$error_log" ] && inside "$error_log"; then inside_run "$error_log" wc -c; else date -u +%Y-%m-%dT%H:%M:%S.%NZ; fi 2>/dev/null
    }
    log_since() { # SIZE or moment
        case $1 in
            *T*) container_log --since "$1" ;;
            *) inside_run "$error_log" tail -c "+$(($1 + 1))" 2>/dev/null ;;
        esac | head -c 10000000 | grep '\[emerg\]' | tail -n 5
    }

    # --- a deployment: the file on the host that is mounted there; what root keeps of it lies where the container does not reach
    deployment_place() {
        container_place "$CONFIG_PATH"
        container_refusal "$CONFIG_PATH"
        file=${place_host:-$CONFIG_PATH}
        alone=no
        [ "$place_kind" != file ] || alone=yes
        file_there=$place_path
        parent_of "$file"
        folder=$parent
        name=${file##*/}
        shared=$folder
        # shellcheck disable=SC2046 # three words
        set -- $(printf '%s' "$container_name:$CONFIG_PATH" | cksum)
        state=/var/lib/summit-ops/$name.$1
        [ -n "${ENABLED_PATH:-}" ] && [ "$ENABLED_PATH" != "$CONFIG_PATH" ] && [ -z "${enabled_there:-}" ] && [ -z "$place_refusal" ] || return 0
        enabled_there=$ENABLED_PATH
        container_place "$ENABLED_PATH" entry
        container_refusal "$ENABLED_PATH"
        ENABLED_PATH=${place_host:-$ENABLED_PATH}
    }
    state_of_root() { printf '%s\n' "$state"; }
    link_is_ours() { return 0; }
    torn=container_torn
    place_file() { # FILE of the state
        if [ "$alone" = no ]; then
            (in_place place_new "$1") && rm -f "$1"
            return
        fi
        # a rename would give it another inode, which the container does not see. The file that is open is the one that is mounted there, or nothing is written.
        (
            cd -P "$folder" && [ "$(pwd -P)" = "$folder" ] && [ -f "./$name" ] && [ ! -L "./$name" ] && exec 7<"./$name" || exit 1
            [ "$(stat -L -c %d:%i /proc/self/fd/0 <&7)" = "$(stat -c %d:%i "$container_root$file_there")" ] || exit 1
            cat "$1" >/proc/self/fd/7
        ) && [ "$(sha_of "$file")" = "$(sha_of "$1")" ]
    }
    # Whether a file that is written in place holds the beginning of what a killed run was writing
    container_torn() {
        [ "$alone" = yes ] || return 1
        torn_size=$(wc -c <"$file") || return 1
        for torn_of in "$staged" "$j_backup"; do
            [ -f "$torn_of" ] || continue
            [ "$(head -c "$torn_size" "$torn_of" | sha256sum | cut -d' ' -f1)" != "$(sha_of "$file")" ] || return 0
        done
        return 1
    }
fi
