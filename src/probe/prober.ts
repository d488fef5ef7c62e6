import type { Clock } from '../clock.ts';
import type { Address } from '../network/address.ts';
import { Check, type CheckRules, type Verdict } from './check.ts';
import type { EchoChannel, EchoPath, EchoRequest, OpenEcho } from './echo-socket.ts';
import { type Flight, Flights } from './flights.ts';
import type { EchoError, EchoReply } from './icmp.ts';
import { nextToken } from './token.ts';

/** The pause between checks, ms, when the next uplink that works is wanted at once. */
const HURRY = 1000;
/**
 * A path that is new, because a link has come back, is checked in a hurry for so long, ms, or until it works:
 * switches and modems need a while.
 */
const SETTLING = 60_000;
/**
 * A timer that is so late, in ms, speaks of this machine (a blocked process, a suspended guest), not of an
 * uplink.
 */
const STALL = 250;

export interface ProbePlan {
  readonly targets: readonly Address[];
  readonly rules: CheckRules;
  /** From the start of one check to the start of the next, ms. */
  readonly interval: number;
}

/** What became of one echo request. */
export interface Probe {
  readonly target: Address;
  readonly sentAt: number;
  /** Round-trip time, ms; absent when the probe failed. */
  readonly rtt?: number;
  readonly failure?: string;
}

export interface ProbeObserver {
  probed(probe: Probe): void;
  verdict(verdict: Verdict): void;
  /** A check was thrown away and begun anew, since the machine stood still for `lateness` ms. */
  stalled(lateness: number): void;
}

/**
 * Checks one uplink again and again: keeps the cadence, sends what a check asks for, tells it what came back,
 * reports its verdict.
 */
export class Prober {
  readonly #plan: ProbePlan;
  readonly #clock: Clock;
  readonly #open: OpenEcho;
  readonly #observer: ProbeObserver;
  #path: EchoPath | undefined;
  #channel: EchoChannel | undefined;
  #check: Check | undefined;
  readonly #flights = new Flights();
  #sequence = Math.floor(Math.random() * 0x1_0000);
  #hurried = false;
  #startedAt = Number.NEGATIVE_INFINITY;
  #mayBeVoided = true;
  /** Until then a path that has not worked yet is checked in a hurry. */
  #settledAt = 0;
  #wakeAt = 0;
  #cancel = () => {};

  constructor(plan: ProbePlan, clock: Clock, open: OpenEcho, observer: ProbeObserver) {
    this.#plan = plan;
    this.#clock = clock;
    this.#open = open;
    this.#observer = observer;
  }

  /** Probes along a path from now on, at once when it is another than before; rests while there is none. */
  follow(path: EchoPath | undefined): void {
    if (JSON.stringify(path) === JSON.stringify(this.#path)) return;
    this.close();
    this.#path = path;
    if (path === undefined) return;
    const now = this.#clock.now();
    this.#settledAt = now + SETTLING;
    // In a turn of its own: whoever names the path is not yet ready for a verdict.
    this.#wake(now, (at) => this.#begin(at));
  }

  /**
   * While hurried, checks follow each other soon: nothing works, and the first uplink that does is wanted.
   */
  hurry(hurried: boolean): void {
    if (hurried === this.#hurried) return;
    this.#hurried = hurried;
    const waits = this.#path !== undefined && this.#check === undefined;
    if (waits && this.#startedAt + this.#interval < this.#wakeAt) this.#schedule();
  }

  /**
   * Begins the check that is under way anew, once in a row: its probes may have gone astray through no fault of
   * the line. True when it did.
   */
  restart(): boolean {
    if (this.#check === undefined || !this.#mayBeVoided) return false;
    this.#mayBeVoided = false;
    this.#begin(this.#clock.now());
    return true;
  }

  close(): void {
    this.#cancel();
    this.#channel?.close();
    this.#channel = undefined;
    this.#check = undefined;
    this.#path = undefined;
  }

  get #interval(): number {
    const hurried = this.#hurried || this.#clock.now() < this.#settledAt;
    return hurried ? Math.min(this.#plan.interval, HURRY) : this.#plan.interval;
  }

  #schedule(): void {
    this.#wake(this.#startedAt + this.#interval, (now) => this.#begin(now));
  }

  #wake(time: number, run: (now: number, lateness: number) => void): void {
    this.#cancel();
    this.#wakeAt = time;
    this.#cancel = this.#clock.at(time, () => {
      const now = this.#clock.now();
      run(now, now - time);
    });
  }

  #begin(now: number): void {
    // On the grid of the interval, so that late timers do not add up; a new grid after a pause.
    const due = this.#startedAt + this.#interval;
    this.#startedAt = now >= due && now - due < this.#interval ? due : now;
    this.#flights.clear();
    this.#check = new Check(shuffled(this.#plan.targets), this.#plan.rules);
    const refusal = this.#connect();
    if (refusal === undefined) this.#advance(this.#check, now);
    else this.#finish({ passed: false, reason: refusal });
  }

  #connect(): string | undefined {
    if (this.#path === undefined || this.#channel !== undefined) return undefined;
    try {
      this.#channel = this.#open(this.#path, (echo, receivedAt) => this.#receive(echo, receivedAt));
      return undefined;
    } catch (error) {
      return `no probe socket on ${this.#path.device}: ${(error as Error).message}`;
    }
  }

  #advance(check: Check, now: number): void {
    for (let targets = check.ask(now); targets.length > 0; targets = check.ask(now))
      this.#send(check, targets, now);
    const { verdict, deadline } = check;
    if (verdict !== undefined) this.#finish(verdict);
    else if (deadline !== undefined) this.#wake(deadline, (at, lateness) => this.#judge(check, at, lateness));
  }

  #send(check: Check, targets: readonly Address[], now: number): void {
    const requests = targets.map((target): EchoRequest => {
      this.#sequence = (this.#sequence + 1) & 0xffff;
      return { target, sequence: this.#sequence, token: nextToken() };
    });
    const { sent = [], error } = this.#channel?.send(requests) ?? {};
    requests.forEach((request, index) => {
      const sentAt = sent[index];
      if (sentAt !== undefined) this.#flights.add({ ...request, sentAt });
      // A full queue loses this probe as it would lose any packet, later, with the timeout; anything else is
      // known now.
      else if (error !== undefined && error.code !== 'EAGAIN' && error.code !== 'ENOBUFS') {
        this.#fail(check, { target: request.target, sentAt: now }, error.message);
      }
    });
  }

  #receive(echo: EchoReply | EchoError, receivedAt: number): void {
    const flight = this.#flights.of(echo);
    const check = this.#check;
    if (flight === undefined || check === undefined) return;
    const { target, sentAt } = flight;
    const rtt = receivedAt - sentAt;
    if (rtt >= this.#plan.rules.timeout) return;
    this.#flights.remove(flight);
    if (echo.kind === 'error') {
      this.#fail(check, flight, `"${echo.meaning}" from ${echo.from}`);
      this.#advance(check, this.#clock.now());
      return;
    }
    check.answered(target);
    this.#observer.probed({ target, sentAt, rtt });
    if (check.verdict !== undefined) this.#finish(check.verdict);
  }

  #judge(check: Check, now: number, lateness: number): void {
    // What has arrived was in time or not by the kernel's stamp: a late process is not a lost packet.
    this.#channel?.drain();
    if (check !== this.#check) return;
    if (lateness > STALL && this.restart()) {
      this.#observer.stalled(lateness);
      return;
    }
    for (const target of check.expire(now)) {
      const flight = this.#flights.to(target);
      if (flight !== undefined) this.#flights.remove(flight);
      this.#observer.probed({ target, sentAt: flight?.sentAt ?? now, failure: 'no reply' });
    }
    this.#advance(check, now);
  }

  #fail(check: Check, { target, sentAt }: Pick<Flight, 'target' | 'sentAt'>, failure: string): void {
    check.failed(target, failure);
    this.#observer.probed({ target, sentAt, failure });
  }

  #finish(verdict: Verdict): void {
    this.#check = undefined;
    this.#mayBeVoided = true;
    if (verdict.passed) this.#settledAt = 0;
    this.#schedule();
    this.#observer.verdict(verdict);
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}
