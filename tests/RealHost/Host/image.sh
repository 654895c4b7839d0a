#!/bin/sh
# Makes the image of the host: a Debian with systemd, nginx, a backend, pm2 and the accounts that a real one has.
#   image.sh SUITE BASE IMAGE NODE_MODULES
# Nothing is started: debootstrap puts a dummy in place of start-stop-daemon, and all runs in a pid namespace that ends with it.
set -eu
if [ "${1:-}" != --inside ]; then exec unshare --fork --pid --kill-child --mount --mount-proc --propagation private -- /bin/sh "$0" --inside "$@"; fi
shift
suite=$1 base=$2 image=$3 modules=$4
here=$(cd "$(dirname "$0")" && pwd)
mirror=${SUMMIT_DEBIAN_MIRROR:-http://deb.debian.org/debian}

# --- the packages, once: what follows is quick
if [ ! -d "$base" ]; then
    rm -rf "$base.part"
    debootstrap --variant=minbase --include="$(paste -s -d , "$here/packages")" "$suite" "$base.part" "$mirror"
    rm -rf "$base.part"/var/cache/apt/archives/*.deb "$base.part"/var/lib/apt/lists/*
    mv "$base.part" "$base"
fi
rm -rf "$image.part"
cp -a "$base" "$image.part"

host() { chroot "$image.part" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "$@"; }
put() { install -D -m "$1" "$here/$2" "$image.part$3"; }

# --- the accounts: a sudoer, one with a password, one with a narrow list, one in adm, one with nothing, and the backend's
for account in deploy admin sally nina adam bob; do host useradd --create-home --shell /bin/bash "$account"; done
host chmod 750 /home/deploy
host usermod -aG adm adam
host sh -c 'echo sally:secret | chpasswd'
printf '%s\n' 'admin ALL=(ALL) NOPASSWD: ALL' 'sally ALL=(ALL) ALL' 'nina ALL=(root) NOPASSWD: /usr/sbin/nginx -t, /usr/bin/systemctl reload nginx' \
    >"$image.part/etc/sudoers.d/summit"
chmod 440 "$image.part/etc/sudoers.d/summit"

# --- what boots: the network is given from outside, and a container has no console to log in at
for unit in apache2.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer; do host systemctl disable --quiet "$unit"; done
host systemctl mask --quiet console-getty.service getty.target systemd-networkd-wait-online.service e2scrub_reap.service
host systemctl set-default --quiet multi-user.target
echo summit >"$image.part/etc/hostname"
printf '%s\n' '127.0.0.1 localhost' '::1 localhost ip6-localhost ip6-loopback' '10.20.0.5 summit summit-api.codingeverest.com' >"$image.part/etc/hosts"
: >"$image.part/etc/resolv.conf"
sed -i -e 's/^# *\(de_DE.UTF-8\|tr_TR.UTF-8\)/\1/' "$image.part/etc/locale.gen"
host locale-gen >/dev/null

# --- the certificate, by an authority that the host trusts
names=summit-api.codingeverest.com
live=/etc/letsencrypt/live/$names
# shellcheck disable=SC2016 # for the shell inside
host sh -c 'set -e; umask 077; mkdir -p "$2" /root/ca; cd /root/ca
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -days 3650 -subj "/CN=RealHost CA" 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$2/privkey.pem" -out site.csr -subj "/CN=$1" 2>/dev/null
    printf "subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n" "$1" >extensions
    openssl x509 -req -in site.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 390 -extfile extensions -out "$2/fullchain.pem" 2>/dev/null
    cp ca.crt /usr/local/share/ca-certificates/realhost.crt; chmod 644 "$2/fullchain.pem" /usr/local/share/ca-certificates/realhost.crt
    chmod 755 /etc/letsencrypt /etc/letsencrypt/live "$2"; update-ca-certificates >/dev/null 2>&1' sh "$names" "$live"

# --- the site and its backend, under pm2 and as a unit; heal.sh starts the one that a scenario asks for
put 644 nginx-site /etc/nginx/sites-available/summit-api
ln -s /etc/nginx/sites-available/summit-api "$image.part/etc/nginx/sites-enabled/summit-api"
rm -f "$image.part/etc/nginx/sites-enabled/default"
mkdir -p "$image.part/usr/lib/node_modules" "$image.part/srv/summit/node_modules"
cp -a "$modules/." "$image.part/usr/lib/node_modules/"
cp -a "$modules/ws" "$image.part/srv/summit/node_modules/"
printf '#!/bin/sh\nexec node /usr/lib/node_modules/pm2/bin/pm2 "$@"\n' >"$image.part/usr/bin/pm2"
chmod 755 "$image.part/usr/bin/pm2"
put 644 server.js /srv/summit/server.js
put 644 ecosystem.config.js /srv/summit/ecosystem.config.js
put 644 summit.service /etc/systemd/system/summit.service
put 644 pm2-deploy.service /etc/systemd/system/pm2-deploy.service
host chown -R deploy: /srv/summit

# --- what heal.sh puts back
mkdir -p "$image.part/var/lib/realhost"
for folder in /etc/nginx /etc/letsencrypt /etc/systemd/system /etc/ufw /etc/default /srv/summit; do
    host tar -C / -rf /var/lib/realhost/healthy.tar "${folder#/}"
done
host chmod 600 /var/lib/realhost/healthy.tar
mv "$image.part" "$image"
