import type { EventName } from '../event-name.ts';
import type { UplinkName } from '../monitor/event.ts';
import type { Line, Severity } from './line.ts';

/** So many events are remembered; those before them are in the log. */
const REMEMBERED = 500;

/** A line of the log as programs read it; what a line does not tell is null. */
export interface RecordedEvent {
  /** Of the wall clock, as ISO 8601. */
  readonly time: string;
  readonly event: EventName | null;
  readonly severity: Severity;
  readonly text: string;
  readonly uplink: UplinkName | null;
  readonly policy: string | null;
  readonly state: 'up' | 'down' | null;
  readonly role: 'routing' | 'standby' | null;
  readonly reason: string | null;
}

/** What has happened of late, but for the single probes and checks, and who wants to know of the next. */
export class EventHistory {
  readonly #events: RecordedEvent[] = [];
  readonly #followers = new Set<(event: RecordedEvent) => void>();

  /** Remembers a line of the log that was written at `time`. */
  add(line: Line, time: Date): void {
    if (line.severity === 'debug') return;
    const event = record(line, time);
    this.#events.push(event);
    if (this.#events.length > REMEMBERED) this.#events.shift();
    for (const follower of this.#followers) follower(event);
  }

  /** The oldest first. */
  get events(): readonly RecordedEvent[] {
    return this.#events;
  }

  /** Hands over every event from now on; returns what ends that. */
  follow(follower: (event: RecordedEvent) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}

function record({ event, severity, text, fields = {} }: Line, time: Date): RecordedEvent {
  const { UPLINK, UPLINK_NAME, POLICY, FAMILY, STATE, ROLE, REASON } = fields;
  return {
    time: time.toISOString(),
    event: event ?? null,
    severity,
    text,
    uplink:
      UPLINK === undefined
        ? null
        : { interface: UPLINK, family: FAMILY === '6' ? 6 : 4, description: UPLINK_NAME ?? UPLINK },
    policy: POLICY ?? null,
    state: (STATE as RecordedEvent['state'] | undefined) ?? null,
    role: (ROLE as RecordedEvent['role'] | undefined) ?? null,
    reason: REASON ?? null,
  };
}
