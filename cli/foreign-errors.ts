import type { ApiError } from '../api/errors.ts';
import type { InviteErrorCode } from '../swarm/invite.ts';
import type { SwarmErrorCode } from '../swarm/errors.ts';
import { exitCodes } from './errors.ts';

/** How an error of another folder is told to a person: its stable code, what to do next, and the exit code. */
export interface Words {
  code: string;
  next?: string;
  exit?: number;
}

/** Refusals of the API, by the `reason` of their Status. */
export const apiErrorWords = {
  NotFound: { code: 'KITH_NOT_FOUND', next: 'kith get all -A' },
  AlreadyExists: { code: 'KITH_EXISTS', next: 'kith apply -f FILE changes what is there' },
  Conflict: { code: 'KITH_CONFLICT', next: 'the same command again: somebody else wrote at the same time' },
  Invalid: { code: 'KITH_INVALID', next: 'mend the fields that are named', exit: exitCodes.wrongInput },
  BadRequest: { code: 'KITH_BAD_REQUEST', next: 'mend what is named', exit: exitCodes.wrongInput },
  Forbidden: { code: 'KITH_FORBIDDEN', next: 'ask the founder of the cluster' },
  Unauthorized: { code: 'KITH_UNAUTHORIZED', next: 'kith down && kith up, which writes the kubeconfig anew' },
  Expired: { code: 'KITH_GONE', next: 'the same command again' },
  Gone: { code: 'KITH_GONE', next: 'the same command again' },
  TooManyRequests: { code: 'KITH_TOO_MANY_REQUESTS', next: 'the same command in a moment' },
  RequestEntityTooLarge: {
    code: 'KITH_TOO_LARGE',
    next: 'a smaller object: its limit is in the message',
    exit: exitCodes.wrongInput,
  },
  ServiceUnavailable: {
    code: 'KITH_UNAVAILABLE',
    next: 'the same command in a moment; kith top shows who is here',
  },
  Timeout: { code: 'KITH_TIMEOUT', next: 'the same command in a moment' },
  InternalError: {
    code: 'KITH_API_FAULT',
    next: 'the log of the controller, logs/controller.log in the home folder',
  },
} as const satisfies Record<string, Words>;

const again = 'the same command again';
const newInvite = 'ask the founder for a new line: kith invite';

/** Why an invite does not let anyone in. */
export const inviteErrorWords: Record<InviteErrorCode, Words> = {
  'not-an-invite': {
    code: 'KITH_INVITE_NOT_AN_INVITE',
    next: 'the whole line that kith invite printed; it begins with kith1',
    exit: exitCodes.wrongInput,
  },
  truncated: { code: 'KITH_INVITE_TRUNCATED', next: 'copy the whole line again', exit: exitCodes.wrongInput },
  garbled: { code: 'KITH_INVITE_GARBLED', next: 'copy the whole line again', exit: exitCodes.wrongInput },
  expired: { code: 'KITH_INVITE_EXPIRED', next: newInvite },
  used: { code: 'KITH_INVITE_USED', next: newInvite },
  foreign: { code: 'KITH_INVITE_FOREIGN', next: 'an invite of this very cluster' },
  unknown: { code: 'KITH_INVITE_UNKNOWN', next: newInvite },
  'wrong-proof': { code: 'KITH_INVITE_WRONG_PROOF', next: newInvite },
  refused: { code: 'KITH_INVITE_REFUSED', next: newInvite },
};

const checkNetwork = 'check that UDP is not blocked, and that the controller runs: kith up on its machine';
const upgrade = 'the same version of kith on both sides: kith version';

/** Why two members could not talk. */
export const swarmErrorWords: Record<SwarmErrorCode, Words> = {
  'dht-unreachable': { code: 'KITH_SWARM_DHT_UNREACHABLE', next: checkNetwork },
  'peer-not-found': {
    code: 'KITH_SWARM_PEER_NOT_FOUND',
    next: 'kith up on the controller’s machine, then again',
  },
  'no-answer': { code: 'KITH_SWARM_NO_ANSWER', next: checkNetwork },
  'cannot-connect': { code: 'KITH_SWARM_CANNOT_CONNECT', next: checkNetwork },
  'hello-timeout': { code: 'KITH_SWARM_HELLO_TIMEOUT', next: again },
  'bad-hello': { code: 'KITH_SWARM_BAD_HELLO', next: upgrade },
  'version-too-old': { code: 'KITH_SWARM_VERSION_TOO_OLD', next: upgrade },
  refused: { code: 'KITH_SWARM_REFUSED', next: 'ask the founder: this machine may have been removed' },
  busy: { code: 'KITH_SWARM_BUSY', next: 'the same command in a moment' },
  expired: { code: 'KITH_SWARM_EXPIRED', next: newInvite },
  'foreign-cluster': { code: 'KITH_SWARM_FOREIGN_CLUSTER', next: 'another KITH_HOME for another cluster' },
  'bad-signature': { code: 'KITH_SWARM_BAD_SIGNATURE', next: newInvite },
  'epoch-too-old': { code: 'KITH_SWARM_EPOCH_TOO_OLD', next: newInvite },
  'wrong-key': { code: 'KITH_SWARM_WRONG_KEY', next: newInvite },
  'wrong-role': { code: 'KITH_SWARM_WRONG_ROLE', next: 'an invite for that role: kith invite --role' },
  'bad-certificate': { code: 'KITH_SWARM_BAD_CERTIFICATE', next: newInvite },
  closed: { code: 'KITH_SWARM_CLOSED', next: again },
};

/** What to do where the error says it in its message already is not said again. */
const ownCodePattern = /^KITH_[A-Z_]+$/;
/** A restart would find the same again, so who supervises a program that ends with one of these does not try. */
const lastingCodes: readonly string[] = [
  'KITH_STORE_CORRUPT',
  'KITH_STORE_DEPOSED',
  'KITH_BAD_FOLDER',
  'KITH_BAD_FILE',
];

/** The words for an error that is not the CLI's own; undefined where it is of no kind that we know. */
export function wordsFor(error: Error): Words | undefined {
  const { code } = error as { code?: unknown };
  // By name, not by class: loading the swarm to compare costs more than most commands take.
  if (error.name === 'InviteError') return inviteErrorWords[code as InviteErrorCode];
  if (error.name === 'SwarmError') return swarmErrorWords[code as SwarmErrorCode];
  if (error.name === 'ApiError') {
    const { reason, details } = (error as ApiError).status;
    if (reason === 'NotFound' && details?.kind)
      return { ...apiErrorWords.NotFound, next: `kith get ${details.kind} -A` };
    return apiErrorWords[reason as keyof typeof apiErrorWords] ?? { code: 'KITH_API_REFUSED' };
  }
  if (error.name === 'BuildError') return { code: 'KITH_BUILD_FAILED', exit: exitCodes.wrongInput };
  if (error.name === 'ImageError') return { code: 'KITH_BAD_IMAGE', exit: exitCodes.wrongInput };
  if (typeof code === 'string' && ownCodePattern.test(code)) {
    const { next } = error as { next?: string };
    return {
      code,
      ...(next && { next }),
      ...(lastingCodes.includes(code) && { exit: exitCodes.wrongInput }),
    };
  }
  return undefined;
}
