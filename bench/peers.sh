#!/bin/sh
# Installs what the program is measured against: fping and lsm of Debian, and packages of npm that are no part of the product.
# What cannot be installed is said, and left out of the measurements.
cd "$(dirname "$0")/peers" || exit

missing() { ! command -v "$1" >/dev/null; }

if missing fping || missing lsm; then
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends fping lsm; } >/dev/null
fi
for program in fping lsm; do
  if missing "$program"; then echo "not measured: $program, it cannot be installed"; fi
done

if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
  # node-gyp looks for headers on the network unless it is told of those that are here.
  if [ -e /usr/include/node/node.h ]; then export npm_config_nodedir=/usr; fi
  # Each by itself: one that cannot be compiled leaves the others.
  npm ci --ignore-scripts --no-audit --no-fund >/dev/null || echo 'not measured: packages of npm, they cannot be installed'
  npm rebuild raw-socket >/dev/null || echo 'not measured: raw-socket, it cannot be compiled'
  npm rebuild buffer2address syscall-napi >/dev/null || echo 'not measured: node-netlink, it cannot be compiled'
fi
