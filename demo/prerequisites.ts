import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The programs that the demonstration runs, and the Debian packages that they come with. */
const PROGRAMS = {
  ip: 'iproute2',
  nft: 'nftables',
  conntrack: 'conntrack',
  nsenter: 'util-linux',
  perl: 'perl-base',
};

/** What is missing to run the demonstration, in words; empty when nothing is. */
export function missing(path: string, uid: number | undefined): string[] {
  const programs = Object.entries(PROGRAMS).filter(([name]) => !found(name, path));
  return [
    ...(uid === 0 ? [] : ['root: network namespaces are made, in which everything happens']),
    ...programs.map(([name, debianPackage]) => `${name}, of the Debian package ${debianPackage}`),
    ...(permitted('/dev/net/tun') ? [] : ['/dev/net/tun: the PPP-like link is made of it']),
  ];
}

function found(program: string, path: string): boolean {
  return path.split(delimiter).some((directory) => permitted(join(directory, program), constants.X_OK));
}

function permitted(file: string, mode?: number): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}
