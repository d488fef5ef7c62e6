import type {
  EchoChannel,
  EchoListener,
  EchoPath,
  EchoRequest,
  OpenEcho,
  SendResult,
} from '../../src/probe/echo-socket.ts';
import type { ManualClock } from './manual-clock.ts';

/**
 * How the world answers an echo request: after so many ms, never, with what a forger can know, with an ICMP
 * error, or by refusing to send it.
 */
export type Answer =
  | number
  | 'lost'
  | 'forged'
  | { readonly icmpError: string }
  | { readonly refused: string };
/** The world as a test writes it. */
export type World = (request: EchoRequest, path: EchoPath) => Answer;

/** Opens channels into a scripted world; everything runs by the test's clock. */
export class ScriptedWorld {
  readonly opened: EchoPath[] = [];
  readonly sent: { readonly at: number; readonly target: string; readonly device: string }[] = [];
  world: World = () => 1;
  /** Why no channel can be opened at this moment. */
  refusal: () => Error | undefined = () => undefined;
  /** Channels that are open. */
  open = 0;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  readonly openEcho: OpenEcho = (path, received) => {
    const refusal = this.refusal();
    if (refusal !== undefined) throw refusal;
    this.opened.push(path);
    this.open++;
    return this.#channel(path, received);
  };

  #channel(path: EchoPath, received: EchoListener): EchoChannel {
    /** Arrived or about to arrive, by the time of their arrival. */
    let waiting: { readonly at: number; readonly deliver: () => void }[] = [];
    const drain = () => {
      const due = waiting.filter(({ at }) => at <= this.#clock.now());
      waiting = waiting.filter(({ at }) => at > this.#clock.now());
      for (const { deliver } of due) deliver();
    };
    const deliverAfter = (delay: number, echo: Parameters<EchoListener>[0]) => {
      const at = this.#clock.now() + delay;
      waiting.push({ at, deliver: () => received(echo, at) });
      this.#clock.arrive(at, drain);
    };
    const send = (requests: readonly EchoRequest[]): SendResult => {
      const sent: number[] = [];
      for (const request of requests) {
        const answer = this.world(request, path);
        if (typeof answer === 'object' && 'refused' in answer) {
          return {
            sent,
            error: Object.assign(new Error(`send ${answer.refused}`), { code: answer.refused }),
          };
        }
        const { sequence, token, target } = request;
        this.sent.push({ at: this.#clock.now(), target, device: path.device });
        sent.push(this.#clock.now());
        if (typeof answer === 'number')
          deliverAfter(answer, { kind: 'reply', identifier: 1, sequence, token });
        else if (answer === 'forged')
          deliverAfter(1, { kind: 'reply', identifier: 1, sequence, token: token.map((byte) => byte ^ 1) });
        else if (answer !== 'lost') {
          deliverAfter(1, {
            kind: 'error',
            identifier: 1,
            sequence,
            token,
            from: '198.18.1.1',
            meaning: answer.icmpError,
          });
        }
      }
      return { sent };
    };
    return { send, drain, close: () => void this.open-- };
  }
}
