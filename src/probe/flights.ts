import type { Address } from '../network/address.ts';
import type { EchoRequest } from './echo-socket.ts';
import type { EchoError, EchoReply } from './icmp.ts';

/** An echo request that is under way. */
export interface Flight extends EchoRequest {
  /** ms. */
  readonly sentAt: number;
}

/** The echo requests of a check whose fate is not known yet. */
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

  /** The request to a target. */
  to(target: Address): Flight | undefined {
    for (const flight of this.#bySequence.values()) if (flight.target === target) return flight;
    return undefined;
  }

  remove({ sequence }: Flight): void {
    this.#bySequence.delete(sequence);
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
