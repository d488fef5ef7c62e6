import type { Address } from '../network/address.ts';

/** How a check is made. */
export interface CheckRules {
  /** Targets that must answer. */
  readonly needed: number;
  /** Echo requests that a target gets at most. */
  readonly attempts: number;
  /** How long the reply to one request may take, in ms. */
  readonly timeout: number;
}

/** What a check found, with its evidence. */
export interface Verdict {
  readonly passed: boolean;
  /** The evidence in words. */
  readonly reason: string;
}

interface Target {
  readonly address: Address;
  attempts: number;
  /** When the request that waits for its reply was sent. */
  pendingSince?: number;
  answered: boolean;
  /** Why the last attempt failed. */
  failure?: string;
}

const NO_REPLY = 'no reply';

/**
 * One check of an uplink: asks as many targets as must answer, side by side, and another one for each that
 * fails; it ends as soon as enough have answered or too many have failed. Pure: it touches no clock and no
 * socket, its owner sends what `ask` names and tells what came of it.
 */
export class Check {
  readonly #targets: Target[];
  readonly #rules: CheckRules;

  /** `targets` in the order in which they shall be asked. */
  constructor(targets: readonly Address[], rules: CheckRules) {
    this.#targets = targets.map((address) => ({ address, attempts: 0, answered: false }));
    this.#rules = rules;
  }

  /**
   * The targets that must get a request now, none once the verdict is known; they count as asked from `now`
   * on. A target gets its next attempt after all others had theirs.
   */
  ask(now: number): Address[] {
    if (this.verdict !== undefined) return [];
    const asked: Address[] = [];
    const waiting = this.#targets
      .filter((target) => this.#mayBeAsked(target))
      .toSorted((a, b) => a.attempts - b.attempts);
    let missing =
      this.#rules.needed - this.#count((target) => target.answered || target.pendingSince !== undefined);
    for (const target of waiting) {
      if (missing-- <= 0) break;
      target.attempts++;
      target.pendingSince = now;
      asked.push(target.address);
    }
    return asked;
  }

  /** A target has answered in time. */
  answered(address: Address): void {
    const target = this.#find(address);
    target.answered = true;
    delete target.pendingSince;
  }

  /**
   * The attempt that waits has failed before its time was over: an ICMP error, or the request could not be
   * sent.
   */
  failed(address: Address, why: string): void {
    const target = this.#find(address);
    if (target.pendingSince === undefined) return;
    delete target.pendingSince;
    target.failure = why;
  }

  /** Ends the attempts whose time is over; returns their targets. */
  expire(now: number): Address[] {
    const late = this.#targets.filter(({ pendingSince = now }) => now - pendingSince >= this.#rules.timeout);
    for (const { address } of late) this.failed(address, NO_REPLY);
    return late.map(({ address }) => address);
  }

  /** When the next attempt's time is over; undefined when nothing waits. */
  get deadline(): number | undefined {
    const since = this.#targets.flatMap(({ pendingSince }) => pendingSince ?? []);
    return since.length === 0 ? undefined : Math.min(...since) + this.#rules.timeout;
  }

  /** Undefined while it may still go either way. */
  get verdict(): Verdict | undefined {
    const { needed } = this.#rules;
    const answered = this.#count((target) => target.answered);
    if (answered >= needed) {
      const asked = this.#count((target) => target.attempts > 0);
      return {
        passed: true,
        reason: `${answered} of ${asked} targets asked have answered, ${needed} needed`,
      };
    }
    const possible = this.#count((t) => t.answered || t.pendingSince !== undefined || this.#mayBeAsked(t));
    return possible < needed ? { passed: false, reason: this.#failureReason(answered) } : undefined;
  }

  #failureReason(answered: number): string {
    const failures = this.#targets.filter((target) => !target.answered && target.failure !== undefined);
    const words = [...new Set(failures.map(({ failure }) => failure))].join('; ');
    const asked = failures.length + answered;
    return `${words} from ${failures.length} of ${asked} targets asked; ${this.#rules.needed} of ${this.#targets.length} needed`;
  }

  #mayBeAsked({ answered, pendingSince, attempts }: Target): boolean {
    return !answered && pendingSince === undefined && attempts < this.#rules.attempts;
  }

  #count(matches: (target: Target) => boolean): number {
    return this.#targets.reduce((sum, target) => sum + Number(matches(target)), 0);
  }

  #find(address: Address): Target {
    const target = this.#targets.find((one) => one.address === address);
    if (target === undefined) throw new RangeError(`${address} is no target of this check`);
    return target;
  }
}
