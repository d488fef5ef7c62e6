import type { EventHistory, RecordedEvent } from '../observe/history.ts';
import { eventsQuery, parse } from './requests.ts';
import type { Route, Stream } from './route.ts';

/** What has happened of late, the oldest first. */
export interface Events {
  readonly version: 1;
  readonly events: readonly RecordedEvent[];
}

/** `GET /v1/events`: Events; with `?follow=true` one RecordedEvent a line, those to come too. */
export function eventsRoute(history: EventHistory): Route {
  return {
    method: 'GET',
    path: '/v1/events',
    handle({ query }): Events | Stream {
      return parse(eventsQuery, query).follow === 'true'
        ? { begin: (write) => begin(history, write) }
        : { version: 1, events: history.events };
    },
  };
}

function begin(history: EventHistory, write: (event: RecordedEvent) => void): () => void {
  for (const event of history.events) write(event);
  return history.follow(write);
}
