import { fileURLToPath } from 'node:url';

/** The program as it is installed, to be started by Node.js. */
export const main = fileURLToPath(new URL('../../program/main.js', import.meta.url));
