import type { NodemailerError, SMTPTransportOptions } from 'nodemailer';
import type { SmtpParameters } from './account.ts';
import type { Message } from './message.ts';
import { singleLine } from '../observe/single-line.ts';

/** A recipient whom the server has refused while it has taken the mail for others. */
export interface Refusal {
  readonly recipient: string;
  /** The server's words. */
  readonly reason: string;
}

/** The server has not said that it has taken a mail. */
export class DeliveryError extends Error {
  /** It has all of the mail, and may have taken it. */
  readonly uncertain: boolean;
  /** What client and server said, as "C: EHLO ..." and "S: 250 ...", without the password and the mail itself. */
  readonly dialogue: readonly string[];

  constructor(cause: Error, uncertain: boolean, dialogue: readonly string[], hide: (text: string) => string) {
    super(singleLine(hide(cause.message)));
    this.uncertain = uncertain;
    this.dialogue = dialogue;
  }
}

export type Deliver = (
  message: Message,
  server: SmtpParameters,
  signal: AbortSignal,
) => Promise<readonly Refusal[]>;

/**
 * Hands a mail over by SMTP (RFC 5321), as the configuration says: encrypted from the start on port 465 (RFC
 * 8314), else by STARTTLS where the server offers it. Resolves with the recipients that it was not taken for,
 * rejects with DeliveryError. `signal` breaks off at any point: how long to wait is the caller's business.
 */
export const deliver: Deliver = async (message, server, signal) => {
  const hide = hider(server);
  const dialogue: string[] = [];
  const overhear = (speaker: string, text: string) =>
    dialogue.push(
      ...hide(text)
        .split(/\r?\n/)
        .map((line) => `${speaker}: ${singleLine(line)}`),
    );
  try {
    const { user_name: user, password, password_file: place } = server;
    if (user !== undefined && password === undefined && place !== undefined)
      throw new Error(`the password is the service's credential ${place}, which nobody else has`);
    // At its first use: most daemons never send a mail, and the start is not to wait for it.
    const { createTransport } = await import('nodemailer');
    const { sender: from, recipients, ...content } = message;
    const { rejectedErrors = [] } = await createTransport(options(server, overhear)).sendMail({
      ...content,
      from,
      to: [...recipients],
      signal,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return rejectedErrors.map(({ recipient = '', response = '' }) => ({
      recipient,
      reason: singleLine(hide(response)),
    }));
  } catch (error) {
    const { responseCode = 0 } = error as NodemailerError;
    const handedOver = dialogue.some((line) => line.startsWith('S: 354'));
    const cause = signal.aborted ? (signal.reason as Error) : (error as Error);
    throw new DeliveryError(cause, handedOver && responseCode < 400, dialogue, hide);
  }
};

function options(
  server: SmtpParameters,
  overhear: (speaker: 'C' | 'S', text: string) => void,
): SMTPTransportOptions {
  const log = ({ tnx }: { tnx?: string }, text: string) => {
    if (tnx === 'client') overhear('C', text);
    if (tnx === 'server') overhear('S', text);
  };
  return {
    host: server.address,
    port: server.port,
    name: server.domain,
    secure: server.port === 465,
    ignoreTLS: !server.enable_starttls_auto,
    tls: { rejectUnauthorized: server.openssl_verify_mode === 'peer' },
    // Ruby's way: whoever has a name logs in, with PLAIN unless told.
    ...(server.user_name === undefined
      ? {}
      : {
          auth: {
            user: server.user_name,
            pass: server.password,
            method: (server.authentication ?? 'plain').replace('_', '-'),
          },
        }),
    // Else it looks once, for good, which interfaces there are, and those of a router come and go.
    allowInternalNetworkInterfaces: true,
    // The signal is the only limit.
    connectionTimeout: FOREVER,
    greetingTimeout: FOREVER,
    socketTimeout: FOREVER,
    transactionLog: true,
    logger: { trace: log, debug: log, info: log, warn: log, error: log, fatal: log },
  };
}

/** The longest time that a timer can have, ms. */
const FOREVER = 2 ** 31 - 1;

/** Takes the password out of a text, plain or as it goes over the line; a server might repeat it. */
function hider({ user_name: user = '', password }: SmtpParameters): (text: string) => string {
  if (password === undefined) return (text) => text;
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const secrets = [password, base64(password), base64(`\0${user}\0${password}`)];
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
