/** Why a request to the daemon came to nothing, in words for who made it. */
export class ControlError extends Error {
  /**
   * As in HTTP (RFC 9110): 400 badly asked, 403 not permitted, 404 not there, 409 not possible now; absent: nobody has
   * answered.
   */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }

  /** Of a program that ends because of it: 4 when no daemon has answered, else 1. */
  get exitStatus(): number {
    // A refused permission is no word of the daemon's, but of the socket.
    return this.status === undefined || this.status === 403 ? 4 : 1;
  }
}
