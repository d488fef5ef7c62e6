#!/bin/bash
# deb.sh TREE: makes build/fault-tolerant-router_VERSION_ARCHITECTURE.deb of what `make install` has put below TREE, with
# the tools of dpkg-dev. The same sources make the same bytes: all that is in it is of SOURCE_DATE_EPOCH (seconds since
# 1970), the time of the last commit if nobody says otherwise.
set -eu
umask 022
export LC_ALL=C.UTF-8 TZ=UTC
cd "$(dirname "$0")/.."
tree=$(realpath "$1")
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}

name=fault-tolerant-router
version=$(node -p 'require("./package.json").version')-1
maintainer=$(sed -n 's/^Maintainer: //p' packaging/debian/control)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
cat >"$work/changelog" <<END
$name ($version) unstable; urgency=medium

  * What is new stands in changelog.gz.

 -- $maintainer  $(date --rfc-email --date="@$SOURCE_DATE_EPOCH")
END
gzip -9n <"$work/changelog" >"$tree/usr/share/doc/$name/changelog.Debian.gz"
install -D -m 0644 packaging/debian/lintian-overrides "$tree/usr/share/lintian/overrides/$name"
install -D -m 0755 -t "$tree/DEBIAN" packaging/debian/{postinst,prerm,postrm}
(
  cd packaging # the tools look for debian/control
  dpkg-shlibdeps -O -e"$tree/usr/lib/fault_tolerant_router/build/native/socket.node" >"$work/substvars"
  dpkg-gencontrol -P"$tree" -T"$work/substvars" -l"$work/changelog" -f"$work/files"
)
(cd "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group --build "$tree" build
