import { ControlError } from './error.ts';
import type { Route } from './route.ts';

/** A configuration that has been put in force. */
export interface Reloaded {
  readonly version: 1;
  /** The file that it was read from. */
  readonly file: string;
  /** What in the kernel is not as it plans, in words. */
  readonly kernel_faults: readonly string[];
}

/**
 * `POST /v1/reload`: Reloaded, once the kernel has been brought where the new configuration wants it; an error of status
 * 409, with a line for each fault, when the old one goes on.
 */
export function reloadRoute(
  file: string,
  reload: () => readonly string[],
  kernelFaults: () => readonly string[],
): Route {
  return {
    method: 'POST',
    path: '/v1/reload',
    handle(): Reloaded {
      const faults = reload();
      if (faults.length > 0) throw new ControlError(faults.join('\n'), 409);
      return { version: 1, file, kernel_faults: kernelFaults() };
    },
  };
}
