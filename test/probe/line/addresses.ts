/** The host on the internet; see support/probed-server.ts. */
export const host = '198.19.0.1';
/** An address of the internet that nobody has. */
export const nobody = '198.19.0.9';
/** Of the first line, eth1, with its provider's router. */
export const line = { index: 11, address: '198.18.1.2', gateway: '198.18.1.1', mark: 1 } as const;
