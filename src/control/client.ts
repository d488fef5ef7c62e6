import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
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
  const answer = read(await text(response));
  const { statusCode = 0 } = response;
  if (statusCode < 300) return answer as Answer;
  throw new ControlError(
    (answer as { error?: string }).error ?? `the daemon answers ${statusCode}`,
    statusCode,
  );
}

/** The daemon's answers one after the other, until it ends. */
export async function* follow<Answer>(socketPath: string, question: Question): AsyncGenerator<Answer> {
  const response = await send(socketPath, question);
  try {
    for await (const line of createInterface({ input: response })) yield read(line) as Answer;
  } catch (error) {
    throw new ControlError(`the daemon has gone: ${(error as Error).message}`);
  }
}

function send(
  socketPath: string,
  { method = 'GET', path, body, within = PATIENCE }: Question,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, timeout: within, agent: false }, (response) => {
      // A stream may be silent for as long as it likes.
      sent.setTimeout(0);
      resolve(response);
    });
    sent.on('timeout', () =>
      sent.destroy(new ControlError(`the daemon does not answer within ${within / 1000} s`)),
    );
    sent.on('error', (error: NodeJS.ErrnoException) => reject(reason(error, socketPath)));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function reason(error: NodeJS.ErrnoException, socketPath: string): ControlError {
  if (error instanceof ControlError) return error;
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new ControlError(`the daemon is not running: nobody listens at ${socketPath}`);
    case 'EACCES':
      return new ControlError(`not permitted to ask the daemon: ${socketPath} is not yours`, 403);
    default:
      return new ControlError(`the daemon cannot be asked: ${error.message}`);
  }
}

function read(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new ControlError('what answers is no daemon of this program');
  }
}
