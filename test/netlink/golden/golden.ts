/**
 * A payload as the kernel wrote it, captured on Linux 6.18 with iproute2 6.1 in a fresh network namespace
 * (`unshare -n`), where this had been run:
 *
 *     ip link add name eth1 index 11 type veth peer name far1 index 12
 *     ip link add name eth2 index 21 type veth peer name far2 index 22
 *     ip addr add 198.18.1.2/24 dev eth1 ; ip -6 addr add 2001:db8:1::2/64 dev eth1 nodad
 *     ip addr add 198.18.2.2/24 dev eth2 ; ip -6 addr add 2001:db8:2::2/64 dev eth2 nodad
 *     for link in lo eth1 far1 eth2 far2; do ip link set dev $link up; done
 */
export interface Golden<Message> {
  /**
   * What made the object, then what showed it: under `strace -e trace=recvmsg -e read=3`, which prints the
   * bytes.
   */
  readonly commands: readonly string[];
  /** Hexadecimal, a line for each structure and attribute. */
  readonly payload: readonly string[];
  /** What it says. */
  readonly message: Message;
}

/** The bytes of lines in hexadecimal. */
export function bytesOf(lines: readonly string[]): Uint8Array {
  return Uint8Array.from(Buffer.from(lines.join(''), 'hex'));
}
