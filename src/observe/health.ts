/** What a service can know of how it works; times in ms. */
export interface Vitals {
  /** How late this look comes: that of the whole event loop. */
  readonly lateness: number;
  /** How late it may come: a moment without the processor is no ailment. */
  readonly tolerance: number;
  /** The next thing that each uplink's probes are to do is overdue for so long; below 0: it is still to come. */
  readonly overdue: ReadonlyMap<string, number>;
  /** Why the kernel has not answered a request. */
  readonly refusal: string | undefined;
  /** The kernel's answer has come by the way of its events. */
  readonly heard: boolean;
}

/** What ails the service, so that it had better be started anew, in words; undefined: it works. Pure. */
export function ailment({ lateness, tolerance, overdue, refusal, heard }: Vitals): string | undefined {
  if (lateness > tolerance) return `everything comes ${Math.round(lateness)} ms too late`;
  if (refusal !== undefined) return `the kernel does not answer: ${refusal}`;
  if (!heard) return 'the events of the kernel are not heard';
  // What holds everything up holds the probes up, too.
  const idle = [...overdue].filter(([, late]) => late - lateness > tolerance).map(([uplink]) => uplink);
  return idle.length > 0 ? `the probes of ${idle.join(', ')} stand still` : undefined;
}
