import { getSystemErrorMap } from 'node:util';

/** What is known about a failure besides its operation and code. */
export interface Failure {
  /** Positive error number, when the kernel gave one. */
  readonly errno?: number;
  /** The kernel's own words (extended acknowledgement, NLMSGERR_ATTR_MSG). */
  readonly kernelText?: string;
  /** Byte of the request that the kernel objects to, counted from its header (NLMSGERR_ATTR_OFFS). */
  readonly offset?: number;
  readonly cause?: unknown;
}

/**
 * Everything that goes wrong with netlink, e.g. "replace route: ENETUNREACH: Nexthop has invalid gateway".
 *
 * `code` is the kernel's, or one of four of our own: EBADMSG (bytes that are no netlink), EMSGSIZE (a
 * datagram larger than the buffer), EPROTO (no answer), EINTR (a dump that changes kept interrupting).
 */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  /** What was tried, in words: "replace route". */
  readonly operation: string;
  readonly code: string;
  readonly errno: number | undefined;
  readonly kernelText: string | undefined;
  readonly offset: number | undefined;

  constructor(operation: string, code: string, text: string, failure: Failure = {}) {
    super(`${operation}: ${code}: ${text}`, 'cause' in failure ? { cause: failure.cause } : undefined);
    this.operation = operation;
    this.code = code;
    this.errno = failure.errno;
    this.kernelText = failure.kernelText;
    this.offset = failure.offset;
  }
}

/**
 * The error for a positive errno of the kernel; its text is the kernel's own when there is one, else
 * errno(3)'s.
 */
export function systemFailure(
  operation: string,
  failure: Failure & { readonly errno: number },
): NetlinkError {
  const [code, text] = getSystemErrorMap().get(-failure.errno) ?? [`E${failure.errno}`, 'unknown error'];
  return new NetlinkError(operation, code, failure.kernelText ?? text, failure);
}

/** The error for bytes that do not have the form they should have. */
export function malformed(text: string): NetlinkError {
  return new NetlinkError('decode', 'EBADMSG', text);
}
