import type { Verdict } from './detector.ts';
import type { Input } from './input.ts';

/** What became of one probe. */
export interface Probe {
  /** The target's name. */
  readonly target: string;
  readonly sentAt: number;
  /** Round-trip time, ms; absent when the probe failed. */
  readonly rtt?: number;
  readonly failure?: string;
}

/** Who is told what a prober sees. */
export interface ProbeObserver {
  probed(probe: Probe): void;
  verdict(verdict: Verdict): void;
  /** The line may have to be left soon. */
  alarmed(): void;
  /** What was under way was thrown away and asked anew, since the machine stood still for `lateness` ms. */
  stalled(lateness: number): void;
  /** What the detector was told. Absent: nobody wants to know, and nothing is made for it. */
  readonly told?: ((input: Input) => void) | undefined;
}
