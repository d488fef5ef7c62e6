import { ask, follow } from '../control/client.ts';
import { eventLine } from '../control/event-line.ts';
import type { Events } from '../control/events.ts';
import type { RecordedEvent } from '../observe/history.ts';
import type { Action } from './action.ts';
import { daemonSocket } from './daemon-socket.ts';

/** Asks the daemon what has happened. */
export const events: Action = async (invocation) => {
  const socket = await daemonSocket(invocation);
  const { json, follow: following } = invocation.options;
  const colour = process.stdout.isTTY && process.stdout.hasColors();
  // Not cut to the terminal: why something has happened must not be lost.
  const terminal = { width: Number.POSITIVE_INFINITY, colour };
  const write = (text: string) => process.stdout.write(`${text}\n`);
  // Whoever has read enough may go.
  process.stdout.on('error', () => process.exit());
  if (following === undefined) {
    const answer = await ask<Events>(socket, { path: '/v1/events' });
    if (json !== undefined) write(JSON.stringify(answer));
    else for (const event of answer.events) write(eventLine(event, terminal));
    return 0;
  }
  for await (const event of follow<RecordedEvent>(socket, { path: '/v1/events?follow=true' }))
    write(json === undefined ? eventLine(event, terminal) : JSON.stringify(event));
  return 0;
};
