import { get } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Status } from '../src/control/status.ts';

/** Asks a daemon for its status over its control socket; rejects when nobody answers within 2 s. */
export function askStatus(socketPath: string): Promise<Status> {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath, path: '/v1/status', timeout: 2000 }, (response) => {
      json(response).then((status) => resolve(status as Status), reject);
    });
    request.on('timeout', () => request.destroy(new Error('the daemon does not answer')));
    request.on('error', reject);
  });
}
