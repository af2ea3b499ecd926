/** Attempts in all for one request whose bytes may have arrived; each goes to another endpoint where there is one. */
export const attemptsMax = 3;
/** Attempts in all for one that never left: none of them costs an app anything, yet the client waits. */
export const unsentMax = 8;

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether the same request may be sent again. Never once an answer has begun (the caller does not ask then); a request
 * that did not leave may always be; one that may have arrived only if its method is safe and it has no body.
 */
export function mayRetry(request: {
  method: string;
  hasBody: boolean;
  /** Nothing of it had left this machine: the tunnel did not open. */
  unsent: boolean;
  /** Attempts so far. */
  attempts: number;
}): boolean {
  if (request.unsent) return request.attempts < unsentMax;
  return request.attempts < attemptsMax && safeMethods.has(request.method) && !request.hasBody;
}
