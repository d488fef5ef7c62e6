import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { ControlError } from './error.ts';

/** The daemon answers a question in so many ms; what takes longer by its nature is asked with a longer one. */
const PATIENCE = 5000;

/** What is asked of a daemon. */
export interface Question {
  readonly method?: 'GET' | 'POST';
  /** With its query: "/v1/status". */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** How long the answer may take, ms. */
  readonly within?: number;
}

/** The daemon's answer, as it is documented; rejects with ControlError, also when it is no answer but an error. */
export async function ask<Answer>(socketPath: string, question: Question): Promise<Answer> {
  const response = await send(socketPath, question);
  try {
    return read(await text(response), response) as Answer;
  } catch (error) {
    throw reason(error as Error, socketPath);
  }
}

/** The daemon's answers one after the other, until it ends; rejects with ControlError then. */
export async function* follow<Answer>(socketPath: string, question: Question): AsyncGenerator<Answer> {
  const response = await send(socketPath, question);
  // A stream may be silent for as long as it likes.
  response.setTimeout(0);
  let rest = '';
  try {
    for await (const piece of response.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield read(line, response) as Answer;
    }
  } catch (error) {
    throw reason(error as Error, socketPath);
  }
  throw new ControlError('the daemon has ended');
}

function send(
  socketPath: string,
  { method = 'GET', path, body, within = PATIENCE }: Question,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let begun: IncomingMessage | undefined;
    const sent = request({ socketPath, method, path, timeout: within, agent: false }, (response) => {
      begun = response;
      resolve(response);
    });
    sent.on('timeout', () =>
      (begun ?? sent).destroy(new ControlError(`the daemon does not answer within ${within / 1000} s`)),
    );
    sent.on('error', (error: NodeJS.ErrnoException) => reject(reason(error, socketPath)));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function reason(error: NodeJS.ErrnoException, socketPath: string): ControlError {
  if (error instanceof ControlError) return error;
  switch (error.code) {
    case 'ENOENT':
      return new ControlError(`the daemon is not running (no socket at ${socketPath})`);
    case 'ECONNREFUSED':
      return new ControlError(`the daemon is not running (nobody listens at ${socketPath})`);
    case 'EACCES':
      return new ControlError(
        `not permitted: ${socketPath} is for its owner, and for the group that control.group names`,
        403,
      );
    case 'ECONNRESET':
      return new ControlError('the daemon has ended');
    default:
      return new ControlError(`the daemon cannot be asked at ${socketPath}: ${error.message}`);
  }
}

/** The value of an answer or of a line of it; throws ControlError for the daemon's word that there is none. */
function read(json: string, { statusCode = 0 }: IncomingMessage): unknown {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new ControlError('what answers is no daemon of this program');
  }
  const { error } = Object(value) as { error?: unknown };
  if (typeof error === 'string') throw new ControlError(error, statusCode);
  return value;
}
