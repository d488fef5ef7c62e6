import { systemClock } from '../clock.ts';
import type { Configuration } from '../config/schema.ts';
import { demonstration } from '../demonstration.ts';
import { TABLE } from '../firewall/managed.ts';
import { LinuxKernel } from '../kernel/linux.ts';
import { NftTable } from '../kernel/nft.ts';
import { solicit } from '../kernel/solicitation.ts';
import type { Machine } from '../monitor/machine.ts';
import { OverrideFile, overridePath } from '../monitor/override-file.ts';
import { PROTOCOL } from '../plan/numbering.ts';
import { EchoSocket } from '../probe/echo-socket.ts';
import { methods } from '../probe/methods.ts';

/** This machine, or an invented one that needs no privileges and changes nothing. */
export function machine(configuration: Configuration, demo: boolean): Machine {
  if (demo) return demonstration(configuration);
  return {
    kernel: new LinuxKernel(PROTOCOL),
    clock: systemClock,
    table: new NftTable(TABLE, systemClock),
    open: (path, received) => new EchoSocket(path, received),
    ask: methods(solicit),
    overrides: new OverrideFile(overridePath(process.env)),
  };
}
