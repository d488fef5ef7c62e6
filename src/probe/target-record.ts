import { RoundTripEstimator } from './round-trip.ts';

/** What is known of a target over one uplink. */
export class TargetRecord {
  readonly name: string;
  readonly roundTrip = new RoundTripEstimator();
  /** When it was asked last, ms. */
  askedAt = Number.NEGATIVE_INFINITY;
  /** When the latest probe was sent that it answered. */
  heard = Number.NEGATIVE_INFINITY;
  /** Its latest probe of known fate was answered. */
  answers = false;
  /** Probes since its last answer that are overdue or have failed. */
  unanswered = 0;
  /** Those of them whose reply will not come any more. */
  lost = 0;
  /** Probes that were missed since words began to count. */
  missed = 0;
  /** What the network or the system has said against it since its last answer. */
  refusal: string | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** A reply to a probe sent at `sentAt` has come after `rtt` ms, `late`: after it was missed. */
  answer(sentAt: number, rtt: number, late: boolean): void {
    this.heard = Math.max(this.heard, sentAt);
    if (late) this.missed--;
    this.roundTrip.add(rtt);
    this.answers = true;
    this.forget();
  }

  /** A reply is overdue, or will never come and why. */
  miss(refusal?: string): void {
    this.answers = false;
    this.missed++;
    this.unanswered++;
    this.refusal = refusal ?? this.refusal;
  }

  /** The reply to a probe sent at `sentAt` will not come any more. */
  lose(sentAt: number): void {
    if (sentAt > this.heard) this.lost++;
  }

  /** What it left unanswered so far says nothing any more. */
  forget(): void {
    this.unanswered = 0;
    this.lost = 0;
    this.refusal = undefined;
  }
}
