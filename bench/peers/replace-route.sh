#!/bin/sh
# replace-route.sh STATES TABLE up|down UPLINK
#
# Notes what became of an uplink and replaces the balancing route in TABLE by one over those that are up. STATES is a directory
# with a file for each uplink that is up, which holds its gateway; the name of one that is down begins with a dot.
set -eu
states=$1 table=$2 state=$3 uplink=$4
case $state in
  up) mv "$states/.$uplink" "$states/$uplink" ;;
  down) mv "$states/$uplink" "$states/.$uplink" ;;
esac
nexthops=
for file in "$states"/*; do
  nexthops="$nexthops nexthop via $(cat "$file") dev ${file##*/}"
done
# shellcheck disable=SC2086
exec ip route replace default table "$table" $nexthops
