import { isIPv6 } from 'node:net';
import type { Address } from '../../src/network/address.ts';
import { echoPort } from '../support/exchange.ts';
import type { Namespace } from '../support/namespace.ts';

/** One new connection to an echo server, and how its socket is bound. */
export interface Asking {
  readonly target: Address;
  /** By default UDP. */
  readonly protocol?: 'udp' | 'tcp';
  readonly port?: number;
  /** Class of service, 0 to 63. */
  readonly dscp?: number;
  /** Name of the interface that the socket is bound to. */
  readonly device?: string;
  /** Address that it is bound to. */
  readonly source?: Address;
}

/** In Perl, because Node binds no socket to a device. Prints what the echo server answers. */
const CLIENT = `
  use IO::Socket::IP;
  my ($device, $protocol, $level, $service, $errors, $class, %peer) = @ARGV;
  my @options = ([$level, $service, $class + 0], [$level, $errors, 1]);
  push @options, [SOL_SOCKET, 25, "$device\\0"] if $device; # SO_BINDTODEVICE
  alarm 1;
  my $socket = IO::Socket::IP->new(Proto => $protocol, Sockopts => \\@options, %peer) or die "connect: $@";
  send($socket, 'hello', 0) if $protocol eq 'udp';
  recv($socket, my $answer, 100, 0) // die "recv: $!";
  print $answer;
`;

/** The source address with which a new connection comes to its target. Throws what the client says, or that it waited in vain. */
export function ask(namespace: Namespace, asking: Asking): Address {
  const { target, protocol = 'udp', port = echoPort, dscp = 0, device = '', source } = asking;
  // IPPROTO_IPV6, IPV6_TCLASS, IPV6_RECVERR; IPPROTO_IP, IP_TOS, IP_RECVERR: linux/in6.h, linux/in.h.
  const options = isIPv6(target) ? [41, 67, 25] : [0, 1, 11];
  const peer = ['PeerHost', target, 'PeerPort', port, ...(source === undefined ? [] : ['LocalHost', source])];
  const words = [device, protocol, ...options, dscp << 2, ...peer].map(String);
  return (
    namespace
      .exec(['perl', '-e', CLIENT, ...words])
      .split(' ')
      .at(-1) ?? ''
  );
}
