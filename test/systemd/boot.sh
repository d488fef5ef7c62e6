#!/bin/bash
# boot.sh NAMESPACE [TREE...]: boots this machine's own systemd as the first process of a machine of its own, in a
# network namespace of ip-netns(8). It sees the files of this machine, with those of each TREE laid over them; whatever
# it writes is in memory and gone with it. It has none of this machine's processes, services, devices or settings.
#
# Prints "booted PID CGROUP" (its first process, and where the others belong) when the boot has ended, and powers it
# off at the end of standard input. Needs root and cgroup v2, mounted anywhere. Nothing is left behind however it ends.
set -eu
export LC_ALL=C.UTF-8
namespace=$1
shift

cgroups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
[ -n "$cgroups" ] || { echo 'boot.sh: cgroup v2 is not mounted' >&2; exit 1; }
cgroup=$cgroups/ftr-$$
cleanup() {
  trap - EXIT
  set +e
  exec 2>/dev/null
  echo 1 >"$cgroup/cgroup.kill"
  wait
  # A group is gone a moment after its last process.
  until find "$cgroup" -depth -type d -exec rmdir {} + || [ ! -e "$cgroup" ]; do sleep 0.02; done
}
trap cleanup EXIT
trap 'exit 143' TERM INT HUP
mkdir "$cgroup" "$cgroup/enter"

# What the first process does before it becomes systemd, in namespaces of its own.
read -r -d '' prepare <<'END' || true
set -eu
mount --make-rprivate /
mount -t tmpfs -o mode=755 scratch /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
cd /mnt/root
for tree; do cp -a "$tree/." .; done

# Of the kernel's settings only those of the network are the namespace's own.
mount -t proc -o nosuid,nodev,noexec proc proc
mount --bind proc/sys proc/sys
mount --bind proc/sys/net proc/sys/net
mount -o remount,bind,ro,nosuid,nodev,noexec proc/sys
for file in sysrq-trigger kmsg kcore; do [ ! -e proc/$file ] || mount --bind /dev/null proc/$file; done
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755,nosuid,noexec dev dev
mkdir dev/pts dev/shm
device() { mknod -m "$2" "dev/$1" c "$3" "$4"; }
device null 666 1 3
device zero 666 1 5
device full 666 1 7
device random 666 1 8
device urandom 666 1 9
device tty 666 5 0
device console 600 1 3 # what /dev/null is
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5,nosuid,noexec devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs -o mode=1777,nosuid,nodev shm dev/shm
mount -t tmpfs -o mode=755,nosuid,nodev run run

# A machine of its own, with nothing that this one has enabled.
hostname ftr-machine
hostname >etc/hostname
tr -d - </proc/sys/kernel/random/uuid >etc/machine-id
: >etc/fstab
rm -rf etc/systemd/system/*.{wants,requires} etc/rc?.d/S* etc/cron.d/*
rm -f usr/sbin/policy-rc.d # with which images of containers keep packages from starting services
ln -sf /dev/null etc/tmpfiles.d/tmp.conf # it would empty /tmp
mkdir -p run/systemd/{system,journald.conf.d,system.conf.d}
# Services that a container has no use for, or that would fail in it.
for unit in getty.target getty-static.service console-getty.service dev-hugepages.mount dev-mqueue.mount \
  ldconfig.service proc-sys-fs-binfmt_misc.automount sys-fs-fuse-connections.mount sys-kernel-config.mount \
  sys-kernel-debug.mount sys-kernel-tracing.mount systemd-ask-password-{console,wall}.path \
  systemd-tmpfiles-clean.timer systemd-{binfmt,firstboot,hwdb-update,journal-flush,logind,machine-id-commit}.service \
  systemd-{random-seed,remount-fs,sysctl,timesyncd,udevd,update-done,update-utmp}.service; do
  ln -s /dev/null run/systemd/system/$unit
done
printf '[Journal]\nStorage=volatile\nRateLimitIntervalSec=0\n' >run/systemd/journald.conf.d/machine.conf
printf '[Manager]\nDefaultTimeoutStopSec=10s\nDefaultTimeoutStartSec=20s\n' >run/systemd/system.conf.d/machine.conf

mkdir -p mnt/old
pivot_root . mnt/old
cd /
umount -l /mnt/old
mount --make-rshared / # LoadCredential= and PrivateTmp= need it
# As systemd-nspawn(1): no capability that reaches past the namespaces.
exec env -i container=ftr PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin setpriv \
  --bounding-set -sys_module,-sys_rawio,-sys_time,-syslog,-sys_pacct,-mac_admin,-mac_override,-block_suspend,-wake_alarm \
  /lib/systemd/systemd --system --unit=multi-user.target --show-status=no
END

(
  echo $BASHPID >"$cgroup/cgroup.procs"
  exec setpriv --pdeathsig KILL nsenter --net="/run/netns/$namespace" \
    unshare --mount --propagation private --pid --uts --ipc --cgroup --fork --kill-child bash -c "$prepare" prepare "$@"
) </dev/null >&2 &
parent=$!

enter() {
  (
    echo $BASHPID >"$cgroup/enter/cgroup.procs"
    exec nsenter --target "$init" --mount --net --pid --uts --ipc --cgroup --root --wd -- "$@"
  )
}
# Its sockets are made before it can answer.
init=
until [ -n "$init" ] && [ -S "/proc/$init/root/run/systemd/private" ]; do
  kill -0 $parent 2>/dev/null || { echo 'boot.sh: systemd has not started' >&2; exit 1; }
  init=$(cat /proc/$parent/task/$parent/children 2>/dev/null || true)
  init=${init%% *}
  sleep 0.02
done
state=$(enter timeout 30 systemctl is-system-running --wait) || true
[ "$state" = running ] || { enter systemctl --failed --no-legend --plain; enter systemctl list-jobs; } >&2
echo "booted $init $cgroup"
exec 2>/dev/null # the shell would tell of processes that were killed
cat >/dev/null
enter systemctl poweroff >&2 || true
for ((tries = 0; tries < 250; tries++)); do
  kill -0 $parent || break
  sleep 0.02
done
