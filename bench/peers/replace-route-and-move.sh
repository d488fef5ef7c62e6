#!/bin/sh
# replace-route-and-move.sh STATES TABLE up|down UPLINK
#
# As replace-route.sh; then has the connections of an uplink that is down forgotten, so that their next packets begin them anew.
# Their mark is the number in the name of the uplink.
"${0%/*}/replace-route.sh" "$@" || exit
case $3 in
  down) exec conntrack -D --mark "${4#eth}" ;;
esac
