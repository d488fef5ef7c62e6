import type { Clock } from '../clock.ts';
import type { OwnTable } from '../kernel/nft.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { OpenEcho } from '../probe/echo-socket.ts';
import type { Method } from '../probe/method.ts';
import type { SoloTarget } from '../probe/target.ts';
import type { OverrideStore } from './overrides.ts';

/** What the monitor works with: the machine's own, or what a test or a demonstration puts in its place. */
export interface Machine {
  readonly kernel: Kernel;
  readonly clock: Clock;
  /** Absent: nobody's firewall is managed. */
  readonly table?: OwnTable;
  readonly open: OpenEcho;
  readonly ask: Method<SoloTarget>;
  /** Absent: overrides end with the process. */
  readonly overrides?: OverrideStore;
}
