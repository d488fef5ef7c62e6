import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { Transcript } from '../support/waiting.ts';

/** A mail as the server got it. */
export interface Received {
  /** Header and body, with line ends as they went over the line. */
  readonly raw: string;
  readonly recipients: readonly string[];
  readonly helo: string;
  readonly encrypted: boolean;
  /** Who has logged in. */
  readonly user?: string;
}

/** The credentials that servers take. */
export const USER = 'router';
export const PASSWORD = 'correct horse';

/** A real SMTP server, on a free port unless told; it takes everything unless `options` say otherwise. */
export async function mailServer(
  context: TestContext,
  options: SMTPServerOptions = {},
  { port: wanted = 0, address = '127.0.0.1' } = {},
) {
  const received = new Transcript<Received>();
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    // Ends the connections that are open when a test is over.
    closeTimeout: 1,
    onAuth(auth, _session, done) {
      const right = auth.method === 'CRAM-MD5' ? auth.validatePassword(PASSWORD) : auth.password === PASSWORD;
      if (auth.username === USER && right) done(null, { user: `${auth.username} by ${auth.method}` });
      // A rude server repeats what it was told.
      else done(new Error(`no ${auth.username} with ${auth.password}`));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received.add({
          raw: Buffer.concat(chunks).toString(),
          recipients: session.envelope.rcptTo.map(({ address }) => address),
          helo: session.hostNameAppearsAs,
          encrypted: session.secure,
          user: session.user as string,
        });
        done();
      });
    },
    ...options,
  });
  // Clients that break off are their own affair.
  server.on('error', () => {});
  const { port } = await listening(context, server.listen(wanted, address));
  return { received, port };
}

/** A server on 127.0.0.1 that does with each connection what it is told; `connections` are all so far. */
export async function rudeServer(context: TestContext, serve: (socket: Socket) => void) {
  const connections = new Transcript<Socket>();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
    connections.add(socket);
  });
  context.after(() => connections.entries.forEach((socket) => socket.destroy()));
  const { port } = await listening(context, server.listen(0, '127.0.0.1'));
  return { connections, port };
}

/**
 * Talks SMTP by the book; `answers` replace the reply to a command, named by its first word; "." is the end of
 * the mail.
 */
export function converse(socket: Socket, answers: Record<string, (socket: Socket) => void>): void {
  const replies: Record<string, string> = { DATA: '354 go on', QUIT: '221 bye' };
  let data = false;
  let rest = '';
  socket.write('220 here\r\n');
  socket.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (data && line !== '.') continue;
      const command = data ? '.' : (line.split(' ')[0] ?? '').toUpperCase();
      data = command === 'DATA';
      const answer = answers[command];
      if (answer !== undefined) answer(socket);
      else socket.write(`${replies[command] ?? '250 fine'}\r\n`);
    }
  });
}

/** A certificate for "localhost" that nobody has signed, its key, and the file that it stands in. */
export function certificate(context: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-tls-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const command = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost
    -addext subjectAltName=DNS:localhost -keyout ${key} -out ${cert}`;
  execFileSync('openssl', command.split(/\s+/), { stdio: 'ignore' });
  return { key: readFileSync(key), cert: readFileSync(cert), file: cert };
}

interface Listener {
  address(): AddressInfo | string | null;
  close(): unknown;
}

async function listening(context: TestContext, server: Listener & NodeJS.EventEmitter): Promise<AddressInfo> {
  context.after(() => void server.close());
  await once(server, 'listening');
  return server.address() as AddressInfo;
}
