import type { Duplex, Readable } from 'node:stream';
import { nodeKeyOf } from '../api/nodes.ts';
import type { Node } from '../api/types.ts';
import type { Client } from '../client/client.ts';
import { streamBody } from '../client/stream-body.ts';
import type { Clock, Timer } from '../process/clock.ts';
import type { Link, Swarm } from '../swarm/swarm.ts';
import { openTunnel } from '../swarm/tunnel.ts';
import { readBody } from './blobs/read-body.ts';

/** Another node that may hold blobs. */
export interface NodePeer {
  name: string;
  fetch(
    path: string,
    headers: Record<string, string>,
    options?: { signal?: AbortSignal },
  ): Promise<{ status: number; headers: Record<string, string>; body: Readable }>;
}

/** A link to another node that nothing used for so long is closed. */
const idleMs = 30_000;
/** A node that does not answer by then is not asked for a blob; another may have it. */
const dialMsMax = 3_000;
/** The controller waits little longer than this for a helper's answer. */
const reachMsMax = 1_000;
/** A signature in hex is 128 letters. */
const proofBytesMax = 256;
/** How old the list of nodes may be: pulls come in bursts. */
const listMsMax = 5_000;

/** The data links from this node to the others: where blobs come from, and whether a neighbour is there at all. */
export class NodePeers {
  readonly #swarm: Swarm;
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #nodeName: string;
  /** By key: what is under way on the link to this node, and when it closes where nothing is. */
  readonly #uses = new Map<string, { under: number; idle?: Timer }>();
  #known: { at: number; nodes: { name: string; key: string }[] } | undefined;

  constructor(options: { swarm: Swarm; client: Client; clock: Clock; nodeName: string }) {
    this.#swarm = options.swarm;
    this.#client = options.client;
    this.#clock = options.clock;
    this.#nodeName = options.nodeName;
  }

  /** The other nodes; those of the last list where the controller cannot be asked. */
  async all(): Promise<NodePeer[]> {
    const now = this.#clock.now();
    if (!this.#known || now - this.#known.at > listMsMax)
      try {
        const { items } = await this.#client.list<Node>('Node');
        const nodes = items.flatMap((node) => {
          const key = nodeKeyOf(node);
          const name = node.metadata?.name;
          return key && name && name !== this.#nodeName ? [{ name, key }] : [];
        });
        this.#known = { at: now, nodes };
      } catch (error) {
        // With no list at all the caller must know why; with an old one the peers in it may well answer.
        if (!this.#known) throw error;
      }
    return this.#known.nodes.map(({ name, key }) => ({
      name,
      fetch: (path, headers, { signal } = {}) => this.#fetch(key, path, headers, signal),
    }));
  }

  /** What the node with this key answers now to the nonce, on a link that is there or on a new one; undefined where it does not. */
  async reach(key: string, nonce: string): Promise<string | undefined> {
    const bound = new AbortController();
    const late = this.#clock.after(reachMsMax, () => bound.abort(new Error('no answer in time')));
    const { signal } = bound;
    try {
      const { status, body } = await this.#fetch(key, `/alive/${nonce}`, {}, signal);
      const limits = { clock: this.#clock, stallMsMax: reachMsMax, bytesMax: proofBytesMax, signal };
      const text = (await readBody(body, limits)).toString('latin1').trim();
      return status === 200 ? text : undefined;
    } catch {
      // Not reached is the answer, whatever the cause.
      return undefined;
    } finally {
      late.cancel();
    }
  }

  /** A byte stream to a pod of the node with this key. Rejects where the node, or the pod on it, does not answer. */
  async tunnel(key: string, headers: { ':authority': string } & Record<string, string>): Promise<Duplex> {
    const bound = new AbortController();
    const late = this.#clock.after(dialMsMax, () => bound.abort(new Error('no answer in time')));
    const { signal } = bound;
    try {
      const link = await this.#swarm.dial(key, 'data', { timeoutMs: dialMsMax, signal });
      const tunnel = await openTunnel(link.session!, headers, { signal });
      tunnel.once('close', this.#use(key, link));
      return tunnel;
    } finally {
      late.cancel();
    }
  }

  async #fetch(
    key: string,
    path: string,
    headers: Record<string, string>,
    signal?: AbortSignal,
  ): ReturnType<NodePeer['fetch']> {
    const link = await this.#swarm.dial(key, 'data', { timeoutMs: dialMsMax, ...(signal ? { signal } : {}) });
    const method = headers[':method'] ?? 'GET';
    const session = link.session!;
    const stream = session.request(
      { ...headers, ':method': method, ':path': path },
      signal ? { signal } : {},
    );
    stream.end();
    stream.once('close', this.#use(key, link));
    return new Promise((resolve, reject) => {
      stream.once('error', reject);
      stream.once('response', (answer) => {
        const plain = Object.fromEntries(
          Object.entries(answer).flatMap(([name, value]) =>
            name.startsWith(':') ? [] : [[name, String(value)]],
          ),
        );
        // Not the stream itself: a short answer's has closed before anybody reads it, and reading would then fail.
        const body = streamBody(stream, session, 'the link broke before the answer was whole');
        resolve({ status: Number(answer[':status']), headers: plain, body });
      });
    });
  }

  /** Counts one use of a link; the returned function ends it. A link closes once nothing has used it for a while. */
  #use(key: string, link: Link): () => void {
    const use = this.#uses.get(key) ?? { under: 0 };
    this.#uses.set(key, use);
    use.under += 1;
    use.idle?.cancel();
    return () => {
      use.under -= 1;
      if (use.under > 0) return;
      use.idle = this.#clock.after(idleMs, () => {
        this.#uses.delete(key);
        void link.close();
      });
    };
  }

  close(): void {
    for (const { idle } of this.#uses.values()) idle?.cancel();
    this.#uses.clear();
  }
}
