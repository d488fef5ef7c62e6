#!/usr/bin/perl
# tunpair.pl NAMESPACE INTERFACE NAMESPACE INTERFACE
#
# A point-to-point link between two network namespaces that looks as pppd's do (link/ppp, POINTOPOINT, NOARP). Says "ready"
# when both interfaces stand; both vanish when this process ends, as with pppd. In Perl, because Node has no ioctl, and each
# Debian has perl-base.
use strict;
use warnings;
use Fcntl;
use POSIX ();

# linux/if_tun.h, linux/if_arp.h, linux/sched.h
use constant { TUNSETIFF => 0x400454ca, TUNSETLINK => 0x400454cd, IFF_TUN => 1, IFF_NO_PI => 0x1000, ARPHRD_PPP => 512 };
use constant { CLONE_NEWNET => 0x40000000 };
my %setns = (x86_64 => 308, aarch64 => 268);    # asm/unistd.h

sub tun {
  my ($namespace, $interface) = @_;
  my $setns = $setns{(POSIX::uname())[4]} // die "the number of setns is not known for this processor\n";
  open(my $handle, '<', "/run/netns/$namespace") or die "$namespace: $!\n";
  syscall($setns, fileno $handle, CLONE_NEWNET) == 0 or die "setns $namespace: $!\n";
  sysopen(my $device, '/dev/net/tun', O_RDWR) or die "/dev/net/tun: $!\n";
  my $request = pack('a16 S x22', $interface, IFF_TUN | IFF_NO_PI);
  ioctl($device, TUNSETIFF, $request) or die "TUNSETIFF $interface: $!\n";
  ioctl($device, TUNSETLINK, ARPHRD_PPP) or die "TUNSETLINK $interface: $!\n";
  return $device;
}

my $near = tun(@ARGV[0, 1]);
my $far = tun(@ARGV[2, 3]);
$| = 1;
print "ready\n";

my ($watched, $packet) = '';
vec($watched, fileno $_, 1) = 1 for $near, $far;
while (1) {
  next unless select(my $readable = $watched, undef, undef, undef) > 0;
  for ([$near, $far], [$far, $near]) {
    my ($from, $to) = @$_;
    next unless vec($readable, fileno $from, 1);
    # A write to an interface that is down fails: the packet is lost, as on a line.
    syswrite($to, $packet) if sysread($from, $packet, 65536);
  }
}
