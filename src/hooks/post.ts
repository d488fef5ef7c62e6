/**
 * Posts JSON text to an http or https URL; resolves with the status of the answer (RFC 9110, 15) and closes the
 * connection: what else the server has to say, however much it is, is not read. A certificate has to be valid; nobody
 * is redirected. `id` goes along as Idempotency-Key, by which a server knows what it has got already. Rejects with what
 * went wrong; `signal` breaks off at any point, its reason is what went wrong then.
 */
export async function post(url: string, id: string, body: string, signal: AbortSignal): Promise<number> {
  // At its first use: most daemons have no webhook, and the start is not to wait for it.
  const { request } = await (url.startsWith('https:') ? import('node:https') : import('node:http'));
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const exchange = request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'fault_tolerant_router',
        'idempotency-key': id,
      },
      // A connection of its own: one that was kept would be bound to the way that it took, which may be dead.
      agent: false,
      signal,
    });
    exchange.on('response', ({ statusCode = 0 }) => {
      resolve(statusCode);
      exchange.destroy();
    });
    exchange.on('error', (error) => reject(signal.aborted ? (signal.reason as Error) : error));
    exchange.end(body);
  });
}
