import { HOOK_EVENTS } from '../event-name.ts';
import { webAddress } from './host.ts';
import { choice, duration, list, text } from './kind.ts';
import { section } from './section.ts';

/** Somebody who is told what happens. */
export const hookSection = section({
  on: list(choice('an event', HOOK_EVENTS), 'events').meta({
    description: 'Events that are told.',
    examples: [['uplink_down', 'uplink_up']],
  }),
  command: list(text('a program or an argument'), 'a program and its arguments')
    .optional()
    .meta({
      description:
        'Program that is run for each event, with its arguments; no shell reads them. It gets the event as JSON on standard input, and in its environment.',
      examples: [['/usr/local/bin/notify']],
    }),
  url: webAddress()
    .optional()
    .meta({
      description:
        'Web server that gets each event as JSON, by POST: until it has taken it, also across restarts.',
      examples: ['https://hooks.example.com/router'],
    }),
  timeout: duration(0.1, 3600)
    .default(10)
    .describe('Time after which the program is killed, or the attempt to reach the web server broken off.'),
}).refine(({ command, url }) => (command === undefined) !== (url === undefined), {
  error: 'a hook has either a command or a url',
  // An unknown key is what was meant to be one.
  when: ({ issues }) => issues.length === 0,
});
