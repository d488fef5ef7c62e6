#!/bin/sh
# What busybox's udhcpc calls with what it was given (its environment), in the manner of small routers: the default route is
# taken away and added again with each renewal. Touches nothing but the interface: /etc/resolv.conf is the machine's.
set -eu

case $1 in
deconfig)
  ip -4 addr flush dev "$interface"
  ;;
bound | renew)
  ip addr replace "$ip/$mask" dev "$interface"
  while ip route del default dev "$interface" 2>/dev/null; do :; done
  ip route add default via "$router" dev "$interface" metric 10
  ;;
esac
echo "$1 ${ip-}"
