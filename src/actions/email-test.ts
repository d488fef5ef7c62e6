import { randomUUID } from 'node:crypto';
import { loadConfiguration } from '../config/load.ts';
import { account } from '../mail/account.ts';
import { CONVERSATION } from '../mail/mailer.ts';
import { testMessage } from '../mail/message.ts';
import { deliver, DeliveryError } from '../mail/smtp.ts';
import type { Action } from './action.ts';

/**
 * Sends a test message the way the daemon sends its notices, also where `email.send` is false; shows what client
 * and server said when it fails.
 */
export const emailTest: Action = async ({ file, demo }) => {
  const sender = account(loadConfiguration(file).email);
  if (sender === undefined) {
    process.stderr.write(`${file}: email.sender and email.recipients are needed to send mail\n`);
    return 1;
  }
  const message = testMessage(randomUUID(), sender);
  const recipients = message.recipients.join(', ');
  if (demo) {
    process.stdout.write(`Would be sent to ${recipients}: ${message.subject}\n`);
    return 0;
  }
  try {
    const refusals = await deliver(message, sender.server, AbortSignal.timeout(CONVERSATION));
    for (const { recipient, reason } of refusals)
      process.stderr.write(`Not taken for ${recipient}: ${reason}\n`);
    if (refusals.length > 0) return 1;
    process.stdout.write(`Test message sent to ${recipients}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    const { address, port } = sender.server;
    const lines = [...error.dialogue, `No mail could be sent by ${address}, port ${port}: ${error.message}`];
    process.stderr.write(`${lines.join('\n')}\n`);
    return 1;
  }
};
