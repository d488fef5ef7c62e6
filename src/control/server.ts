import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { ControlError } from './error.ts';
import { find, type Route, type Stream } from './route.ts';

/** Bytes of a request's body. */
const LARGEST_BODY = 65_536;
/** Bytes that may wait for a reader that does not read. */
const LARGEST_BACKLOG = 1_000_000;
/** More clients at once are not let in. */
const MOST_CONNECTIONS = 32;
/** Time within which a request has to arrive and, again, an answer has to be taken, ms. */
const PATIENCE = 5000;

/**
 * An HTTP server (RFC 9112) that answers by the routes, in JSON; it does not listen yet. Whatever a client does harms
 * nobody but itself: who asks badly is told so, who asks slowly, or too much, is sent away.
 */
export function controlServer(routes: readonly Route[], patience = PATIENCE): Server {
  const limits = {
    maxHeaderSize: 8192,
    headersTimeout: patience,
    requestTimeout: patience,
    // Without it Node looks for those that are late only twice a minute.
    connectionsCheckingInterval: patience / 5,
  };
  const server = createServer(limits, (request, response) => {
    // Not before its end: a handler may take its time, and a stream may be silent.
    response.once('prefinish', () => response.setTimeout(patience));
    answer(routes, request, response).catch((error: unknown) => refuse(response, error));
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.on('clientError', refuseMalformed);
  return server;
}

async function answer(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = target(request);
  const found = find(routes, request.method ?? '', pathname);
  if ('allowed' in found) {
    if (found.allowed.length === 0) throw new ControlError(`there is no ${pathname}`, 404);
    response.setHeader('allow', found.allowed.join(', '));
    throw new ControlError(`${pathname} is for ${found.allowed.join(', ')}`, 405);
  }
  const { route, parameters } = found;
  const body = await bodyOf(request);
  const result = await route.handle({ parameters, query: Object.fromEntries(searchParams), body });
  if (isStream(result)) stream(response, result);
  else send(response, 200, result);
}

function target({ url }: IncomingMessage): URL {
  // A path alone: whatever it begins with, it names no other host.
  if (url?.startsWith('/') && URL.canParse(`http://localhost${url}`))
    return new URL(`http://localhost${url}`);
  throw new ControlError('a path is needed, such as /v1/status', 400);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let size = 0;
  // Not destroyed when it is too large: it is to be told so.
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > LARGEST_BODY) throw new ControlError(`a request has at most ${LARGEST_BODY} bytes`, 413);
    pieces.push(piece);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(pieces).toString());
  } catch (error) {
    throw new ControlError(`the request is no JSON: ${(error as Error).message}`, 400);
  }
}

function refuse(response: ServerResponse, error: unknown): void {
  const { message, status } = error instanceof ControlError ? error : new ControlError(String(error), 500);
  if (response.headersSent) response.destroy();
  else {
    // What is left of an oversized request is not read.
    if (status === 413) response.setHeader('connection', 'close');
    send(response, status ?? 500, { error: message });
  }
}

/** What is no HTTP at all, has too long a head, or does not come to its end. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  const status = MALFORMED[error.code ?? ''] ?? 400;
  const body = `${JSON.stringify({ error: `the request is malformed: ${error.message}` })}\n`;
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n`;
  if (socket.writable) socket.write(head + body);
  socket.destroy();
}

const MALFORMED: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(value)}\n`);
}

function isStream(value: unknown): value is Stream {
  return typeof value === 'object' && value !== null && 'begin' in value;
}

function stream(response: ServerResponse, lines: Stream): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.flushHeaders();
  const end = lines.begin((value) => {
    if (response.writableEnded) return;
    if (response.writableLength <= LARGEST_BACKLOG) response.write(`${JSON.stringify(value)}\n`);
    // Whoever begins to read again in time finds out why there is no more.
    else response.end(`${JSON.stringify({ error: 'too much was left unread: ask again' })}\n`);
  });
  response.on('close', end);
}
