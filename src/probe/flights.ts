import type { Attempt } from './waiting.ts';
import type { EchoError, EchoReply } from './icmp.ts';

/** An echo request that is under way. */
export interface Flight {
  readonly sequence: number;
  readonly token: Uint8Array;
  readonly attempt: Attempt;
}

/** The echo requests whose fate is not known yet. */
export class Flights {
  readonly #bySequence = new Map<number, Flight>();

  add(flight: Flight): void {
    this.#bySequence.set(flight.sequence, flight);
  }

  /** The request that an echo is about; undefined when none is, or when its token shows that it is not ours. */
  of(echo: EchoReply | EchoError): Flight | undefined {
    const flight = this.#bySequence.get(echo.sequence);
    return flight !== undefined && isToken(flight.token, echo) ? flight : undefined;
  }

  remove(attempt: Attempt): void {
    for (const [sequence, flight] of this.#bySequence)
      if (flight.attempt === attempt) this.#bySequence.delete(sequence);
  }

  clear(): void {
    this.#bySequence.clear();
  }
}

/** An error may quote too little of the request to show its token; a reply always shows it. */
export function isToken(expected: Uint8Array, { kind, token }: EchoReply | EchoError): boolean {
  if (token === undefined) return kind === 'error';
  return expected.every((byte, index) => byte === token[index]);
}
