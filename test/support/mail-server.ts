/**
 * A program: an SMTP server on port 25 of 127.0.0.1 that takes every mail and prints it, as JSON text in one
 * line. Says "ready" when it listens.
 */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

const server = new SMTPServer({
  disabledCommands: ['STARTTLS', 'AUTH'],
  disableReverseLookup: true,
  onData(stream, _session, done) {
    void text(stream).then((mail) => {
      console.log(JSON.stringify(mail));
      done();
    });
  },
});
await once(server.listen(25, '127.0.0.1'), 'listening');
console.log('ready');
