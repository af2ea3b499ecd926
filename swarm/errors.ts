/** Why two members could not talk. Stable: callers ask about these, people read the message. */
export type SwarmErrorCode =
  | 'dht-unreachable'
  | 'peer-not-found'
  | 'no-answer'
  | 'cannot-connect'
  | 'hello-timeout'
  | 'bad-hello'
  | 'version-too-old'
  | 'refused'
  | 'busy'
  | 'expired'
  | 'foreign-cluster'
  | 'bad-signature'
  | 'epoch-too-old'
  | 'wrong-key'
  | 'wrong-role'
  | 'bad-certificate'
  | 'closed';

/** A failure of the wire, with its cause by name. */
export class SwarmError extends Error {
  readonly code: SwarmErrorCode;

  constructor(code: SwarmErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SwarmError';
    this.code = code;
  }
}

/** Whether `error` is a SwarmError, with this code if one is given. */
export function isSwarmError(error: unknown, code?: SwarmErrorCode): error is SwarmError {
  return error instanceof SwarmError && (code === undefined || error.code === code);
}
