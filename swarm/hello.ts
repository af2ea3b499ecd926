import type { Clock } from '../process/clock.ts';
import { certificateText, parseCertificate, type SignedCertificate } from './certificate.ts';
import type { NoiseDuplex } from './duplex.ts';
import { SwarmError, type SwarmErrorCode } from './errors.ts';
import type { Purpose } from './swarm.ts';

/** Which wire protocols this build speaks: the newest, and the one before it. */
export interface Protocol {
  version: number;
  /** The oldest that still works. */
  oldest: number;
  features: readonly string[];
}

export const protocol: Protocol = { version: 1, oldest: 1, features: [] };

/** The first frame each way. Its own shape never changes, so that any two versions can tell each other so. */
export interface Hello {
  version: number;
  oldest: number;
  features: readonly string[];
  purpose: Purpose;
  certificate: SignedCertificate;
  /** The highest epoch that the sender has seen. */
  epoch: number;
  /** One per process run: a second link of the same run replaces the first. */
  run: string;
}

/** Sent in place of a hello. */
export interface Refusal {
  refused: { code: SwarmErrorCode; text: string };
}

const purposes: readonly string[] = ['control', 'streams', 'data'] satisfies Purpose[];

/** Codes that a peer may make us report: what it says of itself must not look like our own finding. */
const refusalCodes: readonly string[] = [
  'refused',
  'busy',
  'version-too-old',
  'expired',
  'foreign-cluster',
  'bad-signature',
  'epoch-too-old',
  'wrong-key',
  'wrong-role',
  'bad-hello',
  'bad-certificate',
] satisfies SwarmErrorCode[];

export function encodeHello(hello: Hello): object {
  return { ...hello, certificate: certificateText(hello.certificate) };
}

/** Throws `bad-hello` or `bad-certificate`, or the peer's refusal under the peer's own code. */
export function decodeHello(frame: unknown): Hello {
  const fields = frame as Record<string, unknown>;
  const refused = fields['refused'] as Refusal['refused'] | undefined;
  if (refused) {
    const code = refusalCodes.includes(refused.code) ? refused.code : 'refused';
    throw new SwarmError(code, `the peer refused: ${saidByPeer(refused.text)}`);
  }
  const { version, oldest, features, purpose, certificate, epoch, run } = fields;
  if (
    !isCount(version) ||
    !isCount(oldest) ||
    !isCount(epoch) ||
    !Array.isArray(features) ||
    !features.every((feature) => typeof feature === 'string') ||
    typeof purpose !== 'string' ||
    !purposes.includes(purpose) ||
    typeof certificate !== 'string' ||
    typeof run !== 'string'
  ) {
    throw new SwarmError('bad-hello', 'the peer began with something that is not a hello of kith');
  }
  return {
    version,
    oldest,
    features,
    purpose: purpose as Purpose,
    certificate: parseCertificate(certificate),
    epoch,
    run,
  };
}

/** The longest reason that we give ourselves has some two hundred characters. */
const saidCharactersMax = 400;

/** A peer's own words, for people: one line without what moves a terminal's cursor. They may be anything, or nothing. */
export function saidByPeer(words: unknown): string {
  if (typeof words !== 'string') return 'it does not say why';
  return words.slice(0, saidCharactersMax).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

/** The version that both speak. Throws `version-too-old`, saying who has to update. */
export function agreeOnVersion(ours: Protocol, theirs: Pick<Hello, 'version' | 'oldest'>): number {
  if (theirs.version < ours.oldest) {
    throw new SwarmError(
      'version-too-old',
      `protocol ${theirs.version} is too old: ${ours.oldest} to ${ours.version} are spoken here. Update kith on the older machine.`,
    );
  }
  if (ours.version < theirs.oldest) {
    throw new SwarmError(
      'version-too-old',
      `protocol ${ours.version} is too old: the peer speaks ${theirs.oldest} to ${theirs.version}. Update kith on the older machine.`,
    );
  }
  return Math.min(ours.version, theirs.version);
}

/** Writes one JSON frame: its length in four bytes, then itself. */
export function writeFrame(duplex: NoiseDuplex, value: object): void {
  const json = Buffer.from(JSON.stringify(value));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(json.length);
  duplex.write(Buffer.concat([head, json]));
}

/** Reads one JSON object frame of at most `bytesMax`, leaving all that follows unread. */
export async function readFrame(
  duplex: NoiseDuplex,
  limits: { bytesMax: number; timeoutMs: number; clock: Clock },
): Promise<unknown> {
  const text = await readFramed(duplex, limits);
  try {
    const value: unknown = JSON.parse(text.toString());
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Falls through: not JSON is as bad as JSON of another shape.
  }
  throw new SwarmError('bad-hello', 'the peer began with something that is not a hello of kith');
}

function readFramed(
  duplex: NoiseDuplex,
  { bytesMax, timeoutMs, clock }: { bytesMax: number; timeoutMs: number; clock: Clock },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let length: number | undefined;
    const timer = clock.after(timeoutMs, () =>
      finish(() => reject(new SwarmError('hello-timeout', `the peer said no hello within ${timeoutMs} ms`))),
    );
    const finish = (settle: () => void) => {
      timer.cancel();
      duplex.off('readable', onReadable);
      duplex.off('error', onGone);
      duplex.off('close', onGone);
      duplex.off('end', onGone);
      settle();
    };
    const onGone = (error?: Error) =>
      finish(() => {
        const why = error instanceof Error ? error.message : 'it ended';
        reject(new SwarmError('closed', `the connection closed before a hello: ${why}`));
      });
    const onReadable = () => {
      if (length === undefined) {
        const head = duplex.read(4) as Buffer | null;
        if (!head) return;
        length = head.readUInt32BE();
        if (length > bytesMax) {
          return finish(() =>
            reject(new SwarmError('bad-hello', `a hello of ${length} bytes; at most ${bytesMax} are taken`)),
          );
        }
      }
      const frame = duplex.read(length) as Buffer | null;
      if (frame) finish(() => resolve(frame));
    };
    duplex.on('readable', onReadable);
    duplex.on('error', onGone);
    duplex.on('close', onGone);
    duplex.on('end', onGone);
    if (duplex.destroyed) onGone();
    else onReadable();
  });
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
