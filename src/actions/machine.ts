import { systemClock } from '../clock.ts';
import type { Configuration } from '../config/schema.ts';
import { demonstration } from '../demonstration.ts';
import { LinuxKernel } from '../kernel/linux.ts';
import type { Machine } from '../monitor/machine.ts';
import { OverrideFile, overridePath } from '../monitor/override-file.ts';
import { PROTOCOL } from '../plan/numbering.ts';
import { EchoSocket } from '../probe/echo-socket.ts';

/** This machine, or an invented one that needs no privileges and changes nothing. */
export function machine(configuration: Configuration, demo: boolean): Machine {
  if (demo) return demonstration(configuration);
  return {
    kernel: new LinuxKernel(PROTOCOL),
    clock: systemClock,
    open: (path, received) => new EchoSocket(path, received),
    overrides: new OverrideFile(overridePath(process.env)),
  };
}
