import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { isIP, type Socket as Connection } from 'node:net';
import { connect as encrypt, type TLSSocket } from 'node:tls';
import { monotonic } from '../native.ts';
import type { Address } from '../network/address.ts';
import { resolve } from './dns.ts';
import { explain, method, type Trial } from './method.ts';
import type { ProbePath } from './path.ts';
import { connect } from './tcp.ts';

/** What to ask a web server. */
export interface WebPage {
  /** http: or https:. */
  readonly url: string;
  /** The status of the answer that is expected; absent: 200 to 299. */
  readonly status?: number | undefined;
  /** Who resolves the name in the URL. */
  readonly resolvers: readonly Address[];
}

/**
 * An HTTP request (GET, RFC 9110), over TLS where the URL says so, whose answer has to have the expected status. A
 * redirection is not followed: it is what the portal of a line answers that is not paid for. The time is that until
 * the head of the answer is there, the lookup of the name and all handshakes included; the body is not waited for.
 */
export const http = method<WebPage>(async (path, { url, status, resolvers }, trial) => {
  const began = monotonic();
  const parsed = new URL(url);
  const { protocol, port } = parsed;
  // Without the brackets of an IPv6 address.
  const hostname = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = protocol === 'https:';
  const address = await locate(path, hostname, resolvers, trial);
  trial.overdue = 'no TCP connection';
  const endpoint = { address, port: Number(port) || (secure ? 443 : 80) };
  const plain = await connect(path, endpoint, trial.signal);
  const connection = secure ? await handshake(plain, hostname, trial) : plain;
  trial.overdue = 'no complete HTTP answer';
  const answer = await request(parsed, connection, trial.signal);
  const expected = status === undefined ? answer >= 200 && answer <= 299 : answer === status;
  if (!expected) throw new Error(`HTTP status ${answer} instead of ${status ?? '2xx'}`);
  return monotonic() - began;
});

async function locate(
  path: ProbePath,
  host: string,
  resolvers: readonly Address[],
  trial: Trial,
): Promise<Address> {
  if (isIP(host) !== 0) return host;
  trial.overdue = `no DNS reply for ${host}`;
  return resolve(path, resolvers, host, trial.signal);
}

async function handshake(connection: Connection, host: string, trial: Trial): Promise<TLSSocket> {
  trial.overdue = 'no TLS handshake';
  // An address is verified as a name is, but is not sent in the handshake; RFC 6066, section 3.
  const servername = isIP(host) === 0 ? host : '';
  const encrypted = encrypt({ socket: connection, host, servername, ALPNProtocols: ['http/1.1'] });
  encrypted.on('error', ignore);
  await once(encrypted, 'secureConnect', { signal: trial.signal }).catch((error: Failure) => {
    throw new Error(`TLS: ${tlsReason(error)}`);
  });
  return encrypted;
}

/** The status of the answer. */
async function request(
  { host, pathname, search }: URL,
  connection: Connection,
  signal: AbortSignal,
): Promise<number> {
  const question = get({
    createConnection: () => connection,
    headers: { host, 'user-agent': 'fault_tolerant_router' },
    path: pathname + search,
  });
  question.on('error', ignore);
  const [answer] = (await once(question, 'response', { signal }).catch((error: Failure) => {
    throw new Error(httpReason(error));
  })) as [IncomingMessage];
  return answer.statusCode ?? 0;
}

/** What Node and OpenSSL say of an error beside its message. */
type Failure = NodeJS.ErrnoException & { readonly reason?: string };

/** Whoever waits for something of a connection hears of its errors; afterwards they are no news. */
function ignore(): void {}

function tlsReason(error: Failure): string {
  if (error.code === 'ECONNRESET') return 'the server has closed the connection';
  // The message of Node repeats what stands in the certificate.
  if (error.code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'the certificate is for another name';
  // Behind a semicolon it gives advice to who programs.
  return error.reason ?? explain(error).replace(/;.*/s, '');
}

function httpReason(error: Failure): string {
  if (error.code === 'ECONNRESET') return 'connection closed without a complete HTTP answer';
  if (error.code === 'HPE_HEADER_OVERFLOW') return 'HTTP header too long';
  return error.code?.startsWith('HPE_') ? 'malformed HTTP answer' : explain(error);
}
