import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { fetchPatiently, type BlobPeer } from '../blobs/peer.ts';
import { readBody } from '../blobs/read-body.ts';
import { refuse } from '../blobs/serve.ts';
import type { Clock } from '../../process/clock.ts';
import { annotations, entryNamed, type ImageLayout } from './layout.ts';
import { isDescriptor, mediaTypes, type Descriptor } from './manifest.ts';
import { parseReference, taggedName } from './reference.ts';

const prefix = '/images/';

/** A descriptor is a few hundred bytes. */
const descriptorBytesMax = 64 * 1024;

/** How long a peer may take to say what a tag means. The others answer meanwhile. */
const answerMsMax = 5_000;

/** How many peers are asked at once: enough to find a rare tag, few enough for a large cluster. */
const askedAtOnceMax = 16;

/**
 * Answers `GET /images/<name>:<tag>` with the manifest's descriptor, from this machine's own list alone.
 * @returns whether the path was an image's
 */
export function serveTags(
  layout: ImageLayout,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): boolean {
  const path = headers[':path'] ?? '';
  if (!path.startsWith(prefix)) return false;
  void answer(layout, stream, headers[':method'], path.slice(prefix.length)).catch((error: Error) =>
    refuse(stream, 500, error.message),
  );
  return true;
}

async function answer(
  layout: ImageLayout,
  stream: ServerHttp2Stream,
  method: string | undefined,
  name: string,
): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') return refuse(stream, 405, `${method} is not possible here`);
  const tagged = nameOf(name);
  if (!tagged) return refuse(stream, 400, 'the path is /images/<name>:<tag>');
  const found = entryNamed(await layout.entries(), tagged);
  if (!found) return refuse(stream, 404, `${tagged} is not on this host`);
  if (stream.destroyed) return;
  const body = JSON.stringify(found);
  stream.respond({
    ':status': 200,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  stream.end(method === 'HEAD' ? undefined : body);
}

/** The `name:tag` that a path asks for; undefined where it is none, or not even percent-encoded text. */
function nameOf(path: string): string | undefined {
  try {
    return taggedName(parseReference(decodeURIComponent(path)));
  } catch {
    return undefined;
  }
}

export interface TagAnswer {
  peer: string;
  descriptor: Descriptor;
}

/**
 * What the machines in reach say a tag means. The machine that built the image is right; among machines that fetched it,
 * the one that did so last. Undefined if nobody knows it.
 */
export async function askPeers(
  name: string,
  peers: BlobPeer[],
  options: { clock: Clock; signal?: AbortSignal | undefined },
): Promise<{ best: TagAnswer | undefined; asked: number }> {
  const asked = peers.slice(0, askedAtOnceMax);
  const answers = await Promise.all(
    asked.map(async (peer) => {
      const descriptor = await askOne(name, peer, options).catch(() => undefined);
      return descriptor ? { peer: peer.name, descriptor } : undefined;
    }),
  );
  options.signal?.throwIfAborted();
  const known = answers.filter((answered) => answered !== undefined).toSorted(byAuthority);
  return { best: known[0], asked: asked.length };
}

async function askOne(
  name: string,
  peer: BlobPeer,
  { clock, signal }: { clock: Clock; signal?: AbortSignal | undefined },
): Promise<Descriptor | undefined> {
  const patience = { clock, stallMsMax: answerMsMax, signal };
  const { status, body } = await fetchPatiently(peer, `${prefix}${name}`, {}, patience);
  if (status !== 200) {
    body.destroy();
    return undefined;
  }
  // All of it within the time: all peers are waited for, and one that drips bytes must not hold them up.
  const pace = { bytes: descriptorBytesMax, ms: answerMsMax };
  const text = (await readBody(body, { ...patience, pace, bytesMax: descriptorBytesMax })).toString('utf8');
  const value: unknown = JSON.parse(text);
  return isDescriptor(value) && value.mediaType === mediaTypes.manifest ? value : undefined;
}

function byAuthority(a: TagAnswer, b: TagAnswer): number {
  const built = Number(isBuilt(b.descriptor)) - Number(isBuilt(a.descriptor));
  if (built !== 0) return built;
  return createdOf(b.descriptor).localeCompare(createdOf(a.descriptor));
}

export function isBuilt(descriptor: Descriptor): boolean {
  return descriptor.annotations?.[annotations.origin] === 'built';
}

/** RFC 3339 in UTC, so that text order is time order; empty if unknown. */
export function createdOf(descriptor: Descriptor): string {
  const text = descriptor.annotations?.[annotations.created];
  return typeof text === 'string' ? text : '';
}
