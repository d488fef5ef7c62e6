import { getSystemErrorMap } from 'node:util';

/** A system call that failed; the message is "bind EADDRNOTAVAIL: address not available". */
export class SystemError extends Error {
  /** Positive, as in errno(3). */
  readonly errno: number;
  /** Its name: "EPERM". */
  readonly code: string;
  readonly syscall: string;

  constructor(errno: number, code: string, text: string, syscall: string) {
    super(`${syscall} ${code}: ${text}`);
    this.name = 'SystemError';
    this.errno = errno;
    this.code = code;
    this.syscall = syscall;
  }
}

/** The error of a call that returned `-errno`; `errno` is positive. */
export function systemError(errno: number, syscall: string): SystemError {
  const [code, text] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, 'unknown error'];
  return new SystemError(errno, code, text, syscall);
}
