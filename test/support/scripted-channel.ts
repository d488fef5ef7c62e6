import type {
  EchoChannel,
  EchoListener,
  EchoRequest,
  OpenEcho,
  SendResult,
} from '../../src/probe/echo-socket.ts';
import type { Inquiry, Method, Outcome } from '../../src/probe/method.ts';
import type { ProbePath } from '../../src/probe/path.ts';
import { type SoloTarget, targetName } from '../../src/probe/target.ts';
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
export type World = (request: EchoRequest, path: ProbePath) => Answer;

/** Opens channels into a scripted world; everything runs by the test's clock. */
export class ScriptedWorld {
  readonly opened: ProbePath[] = [];
  readonly sent: { readonly at: number; readonly target: string; readonly device: string }[] = [];
  world: World = () => 1;
  /** Why no channel can be opened at this moment. */
  refusal: () => Error | undefined = () => undefined;
  /** What comes of asking a target that is not pinged, a ms later; undefined: nothing. */
  outcome: (target: SoloTarget, path: ProbePath) => Outcome | undefined = () => ({ rtt: 1 });
  /** Channels that are open. */
  open = 0;
  /** What is asked except by a channel, as long as nothing has come of it. */
  readonly asking = new Set<Inquiry>();
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

  readonly ask: Method<SoloTarget> = (path, target, done) => {
    this.sent.push({ at: this.#clock.now(), target: targetName(target), device: path.device });
    const outcome = this.outcome(target, path);
    const callOff = this.#clock.at(this.#clock.now() + 1, () => {
      if (outcome === undefined) return;
      this.asking.delete(inquiry);
      done(outcome);
    });
    const inquiry: Inquiry = {
      overdue: 'no word',
      cancel: () => {
        callOff();
        this.asking.delete(inquiry);
      },
    };
    this.asking.add(inquiry);
    return inquiry;
  };

  #channel(path: ProbePath, received: EchoListener): EchoChannel {
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
