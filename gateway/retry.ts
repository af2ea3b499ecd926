/** How one attempt ended before a response began. */
export interface AttemptFailure {
  /** Nothing of the request had left this machine: the tunnel did not open. */
  unsent: boolean;
}

/** Attempts in all for one request; each goes to another endpoint where there is one. */
export const attemptsMax = 3;

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Whether the same request may be sent again. Never once a response has begun (the caller does not ask then); a request
 * that did not leave may always be; one that may have arrived only if its method is safe and it has no body.
 */
export function mayRetry(
  method: string,
  hasBody: boolean,
  failure: AttemptFailure,
  attempts: number,
): boolean {
  if (attempts >= attemptsMax) return false;
  return failure.unsent || (safeMethods.has(method) && !hasBody);
}
