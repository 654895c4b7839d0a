#!/bin/sh
# Boots the image as a host of its own, says READY, and stays until its standard input ends.
#   boot.sh IMAGE DOTNET PWSH MODULE
# The folder of this file is /opt/realhost inside: a change of heal.sh needs no new image.
# It starts itself again in new pid, mount and network namespaces. Everything below lives in them, under one first process: when that ends,
# however it ends, the kernel ends all processes and drops all mounts, addresses and firewall rules. Nothing has a name on this machine
# except a cgroup, which the next start removes.
set -eu

if [ "${1:-}" != --inside ]; then
    exec unshare --fork --pid --kill-child --mount --mount-proc --propagation private --net -- /bin/sh "$0" --inside "$@"
fi
shift
here=$(cd "$(dirname "$0")" && pwd)
image=$1 dotnet=$2 pwsh=$3 module=$4

# --- a cgroup of its own, so that systemd inside owns a subtree and not the machine's root
groups=${image%/*}/cgroup
mkdir -p "$groups"
if mount -t cgroup2 cgroup2 "$groups" 2>/dev/null; then
    # one at a time: a group that is made and still empty looks like one that a dead host left
    {
        flock 9
        for old in "$groups"/summit-realhost-*; do
            [ ! -d "$old" ] || grep -q 'populated 1' "$old/cgroup.events" || find "$old" -depth -type d -exec rmdir {} \; 2>/dev/null || :
        done
        own=$(mktemp -d "$groups/summit-realhost-XXXXXXXX")
        echo 0 >"$own/cgroup.procs"
    } 9>"${image%/*}/boot.lock"
fi

# --- the image stays as it is: what the host writes goes to memory
layers=${image%/*}/layers
mkdir -p "$layers"
mount -t tmpfs -o mode=755 tmpfs "$layers"
mkdir "$layers/upper" "$layers/work" "$layers/root"
mount -t overlay overlay -o "lowerdir=$image,upperdir=$layers/upper,workdir=$layers/work" "$layers/root"

# --- the network: this namespace is the internet (203.0.113.9) and the VPC (10.20.0.1), the host is 10.20.0.5
unshare --net sleep infinity &
holder=$!
while [ "$(readlink "/proc/$holder/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
ip link set lo up
ip link add out type veth peer name host0 netns "$holder"
ip addr add 10.20.0.1/24 dev out
ip addr add 203.0.113.9/32 dev lo
ip link set out up
in_host() { nsenter --net="/proc/$holder/ns/net" "$@"; }
in_host ip link set lo up
in_host ip addr add 10.20.0.5/24 dev host0
in_host ip link set host0 up
in_host ip route add default via 10.20.0.1

# --- the host
SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --register=no --keep-unit --quiet --boot --console=read-only -D "$layers/root" --machine=summit --capability=CAP_NET_ADMIN \
    --network-namespace-path="/proc/$holder/ns/net" \
    --bind-ro="$dotnet:/opt/dotnet" --bind-ro="$pwsh:/opt/pwsh" --bind-ro="$module:/opt/summit" --bind-ro="$here:/opt/realhost" </dev/null >"$layers/console" 2>&1 &
nspawn=$!
leader=
for _ in $(seq 300); do
    # shellcheck disable=SC2013 # one line of words
    for child in $(cat "/proc/$nspawn/task/$nspawn/children" 2>/dev/null); do
        [ "$(cat "/proc/$child/comm" 2>/dev/null)" != systemd ] || leader=$child
    done
    [ -z "$leader" ] || nsenter -t "$leader" -a systemctl is-system-running --wait >"$layers/state" 2>/dev/null || :
    case $(cat "$layers/state" 2>/dev/null) in running | degraded) break ;; esac
    kill -0 "$nspawn" 2>/dev/null || break
    sleep 0.1
done
case $(cat "$layers/state" 2>/dev/null) in
    running | degraded) echo "READY $leader" ;;
    *)
        tail -n 20 "$layers/console" >&2
        echo "The host did not boot." >&2
        exit 1
        ;;
esac
cat >/dev/null
