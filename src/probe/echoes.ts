import type { Address } from '../network/address.ts';
import type { EchoChannel, EchoRequest, OpenEcho } from './echo-socket.ts';
import { Flights } from './flights.ts';
import type { EchoError, EchoReply } from './icmp.ts';
import type { Outcome } from './method.ts';
import type { ProbePath } from './path.ts';
import { nextToken } from './token.ts';
import type { Attempt } from './waiting.ts';

/** Who is told of echo requests. */
export interface EchoListener {
  /** A request to the target has left. */
  sent(target: Address, sentAt: number): Attempt;
  /** A request could not be sent, and why. */
  unsent(target: Address, why: string, now: number): void;
  /** What has come back. */
  arrived(attempt: Attempt, outcome: Outcome): void;
}

/** The echo requests of an uplink, by one socket that is opened when the first one leaves. */
export class Echoes {
  readonly #open: OpenEcho;
  readonly #listener: EchoListener;
  readonly #flights = new Flights();
  #channel: EchoChannel | undefined;
  #sequence = Math.floor(Math.random() * 0x1_0000);

  constructor(open: OpenEcho, listener: EchoListener) {
    this.#open = open;
    this.#listener = listener;
  }

  /** Sends a request to each target along the path. */
  send(path: ProbePath, targets: readonly Address[], now: number): void {
    const channel = this.#connect(path);
    if (typeof channel === 'string')
      for (const target of targets) this.#listener.unsent(target, channel, now);
    else this.#sendBy(channel, targets, now);
  }

  /** Hands on everything that has arrived by now. */
  drain(): void {
    this.#channel?.drain();
  }

  /** Nobody waits for it any more. */
  forget(attempt: Attempt): void {
    this.#flights.remove(attempt);
  }

  clear(): void {
    this.#flights.clear();
  }

  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
    this.clear();
  }

  /** The channel, or why there is none. */
  #connect(path: ProbePath): EchoChannel | string {
    try {
      this.#channel ??= this.#open(path, (echo, receivedAt) => this.#receive(echo, receivedAt));
      return this.#channel;
    } catch (error) {
      return `no probe socket on ${path.device}: ${(error as Error).message}`;
    }
  }

  #sendBy(channel: EchoChannel, targets: readonly Address[], now: number): void {
    const requests = targets.map((target): EchoRequest => {
      this.#sequence = (this.#sequence + 1) & 0xffff;
      return { target, sequence: this.#sequence, token: nextToken() };
    });
    const { sent, error } = channel.send(requests);
    for (const [index, { target, sequence, token }] of requests.entries()) {
      // A full queue loses this probe as it would lose any packet; anything else is known now.
      const refused = error !== undefined && error.code !== 'EAGAIN' && error.code !== 'ENOBUFS';
      const sentAt = sent[index] ?? (refused ? undefined : now);
      if (sentAt === undefined) this.#listener.unsent(target, error?.message ?? 'not sent', now);
      else this.#flights.add({ sequence, token, attempt: this.#listener.sent(target, sentAt) });
    }
  }

  #receive(echo: EchoReply | EchoError, receivedAt: number): void {
    const flight = this.#flights.of(echo);
    if (flight === undefined) return;
    const { attempt } = flight;
    this.#flights.remove(attempt);
    const failed = echo.kind === 'error';
    this.#listener.arrived(
      attempt,
      failed
        ? { failure: `"${echo.meaning}" from ${echo.from}` }
        : { rtt: microseconds(receivedAt - attempt.sentAt) },
    );
  }
}

/** A span in ms, without the digits that come of the subtraction alone. */
function microseconds(span: number): number {
  return Math.round(span * 1000) / 1000;
}
