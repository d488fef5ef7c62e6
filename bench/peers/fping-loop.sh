#!/bin/sh
# fping-loop.sh EVENT UPLINK INTERVAL TIMEOUT NEEDED TARGET...
#
# Every INTERVAL seconds asks all targets through an uplink, side by side, and calls `EVENT down UPLINK` when fewer than NEEDED
# answer within TIMEOUT ms, `EVENT up UPLINK` when enough do again.
set -u
event=$1 uplink=$2 interval=$3 timeout=$4 needed=$5
shift 5
state=up
while :; do
  sleep "$interval" &
  answered=$(fping -a -q -r 0 -i 1 -t "$timeout" -I "$uplink" "$@" 2>/dev/null | wc -l)
  if [ "$answered" -ge "$needed" ]; then now=up; else now=down; fi
  if [ $now != $state ]; then
    state=$now
    "$event" $state "$uplink"
  fi
  wait
done
