#!/bin/bash
# Installs the Debian packages without which the program can be neither built nor tested; does nothing when all are there.
set -eu

missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }

need cc gcc
need ip iproute2
need nft nftables
need iptables iptables
need ping iputils-ping
need sysctl procps
need conntrack conntrack
need radvd radvd
need perl perl-base
need openssl openssl
need script bsdutils
need keepalived keepalived
need dnsmasq dnsmasq-base
need udhcpc udhcpc
need groff groff-base
need unshare util-linux
need /lib/systemd/systemd systemd
[ -e /usr/include/stdio.h ] || missing+=(libc6-dev)
[ -e "$(cc -print-file-name=libasan.so 2>/dev/null || true)" ] || missing+=(gcc)

node=$(readlink -f "$(command -v "${NODE:-node}")") || { echo 'Node.js (20.19 or newer) is missing: apt-get install nodejs npm' >&2; exit 1; }
headers() { [ -e "$(dirname "$node")/../include/node/node_api.h" ] || [ -e /usr/include/nodejs/src/node_api.h ]; }
headers || missing+=(libnode-dev)
need dpkg-shlibdeps dpkg-dev
need lintian lintian
need npm npm

[ ${#missing[@]} -eq 0 ] && exit 0
echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends "${missing[@]}"
