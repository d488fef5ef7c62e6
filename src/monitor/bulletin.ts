import type { MonitorListener, PolicySummary, UplinkSummary } from './event.ts';
import { newsSince, type Standing, told } from './news.ts';
import { detours } from './steering.ts';

/** Tells a listener what is new of uplinks and policies since it was told last. */
export class Bulletin {
  readonly #listener: MonitorListener;
  #uplinks: ReadonlyMap<string, UplinkSummary> = new Map();
  #policies: readonly PolicySummary[] = [];

  constructor(listener: MonitorListener) {
    this.#listener = listener;
  }

  /** How all stand at the start; that an uplink is down already will be news. */
  begin(standings: readonly Standing[]): void {
    this.#uplinks = told(standings.map((one) => ({ ...one, is: { ...one.is, up: true } })));
  }

  tell(standings: readonly Standing[], policies: readonly PolicySummary[]): void {
    const news = [...newsSince(this.#uplinks, standings), ...detours(this.#policies, policies)];
    this.#uplinks = told(standings);
    this.#policies = policies;
    for (const event of news) this.#listener(event);
  }
}
