import type { Configuration } from '../config/schema.ts';

type Email = NonNullable<Configuration['email']>;

/** How to reach a mail server and log in there, with the configuration's own keys. */
export type SmtpParameters = Email['smtp_parameters'];

/** From whom mail goes to whom, and how. */
export interface Account {
  /** An address, alone or behind a name: "Router <router@example.com>". So are the recipients. */
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly server: SmtpParameters;
}

/** The account that a configuration describes, whether or not it wants mail; nothing when it is incomplete. */
export function account(email: Configuration['email']): Account | undefined {
  if (email?.sender === undefined || email.recipients === undefined) return undefined;
  return { sender: email.sender, recipients: email.recipients, server: email.smtp_parameters };
}
