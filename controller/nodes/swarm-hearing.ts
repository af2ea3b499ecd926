import type { ClientHttp2Session } from 'node:http2';
import type { Clock } from '../../process/clock.ts';
import { secretBytes } from '../../process/secret.ts';
import { isAliveProof, NONCE_BYTES } from '../../swarm/alive.ts';
import type { Link, Purpose } from '../../swarm/swarm.ts';
import type { Hearing } from './liveness.ts';

/** A helper has its own second to reach the target; a probe without an answer by then says nothing. */
const probeMsMax = 1_500;

/** An answer is a signature and some words. */
const answerBytesMax = 1_024;

export interface ProbeGuards {
  answerBytesMax: number;
  /** Whether it is what the member with this key (hex) answers to the nonce. */
  isProof: (proof: unknown, nonce: string, key: string) => boolean;
}

interface Heard {
  links: Map<Purpose, Link>;
  /** Kept when the links are gone: when the node last proved to be alive. */
  lastHeardAt: number;
  goodbye: boolean;
  key: string;
}

/** What the controller hears of nodes on its own links. */
export class SwarmHearing implements Hearing {
  readonly #clock: Clock;
  readonly #nodes = new Map<string, Heard>();
  readonly #guards: ProbeGuards;

  constructor(clock: Clock, guards: Partial<ProbeGuards> = {}) {
    this.#clock = clock;
    this.#guards = { answerBytesMax, isProof: isAliveProof, ...guards };
  }

  /** Call for every link that was admitted. */
  add(link: Link): void {
    const { role, name } = link.peer.certificate;
    if (role !== 'node') return;
    const heard = this.#nodes.get(name) ?? {
      links: new Map<Purpose, Link>(),
      lastHeardAt: 0,
      goodbye: false,
      key: link.peer.key,
    };
    this.#nodes.set(name, heard);
    heard.links.set(link.purpose, link);
    heard.lastHeardAt = this.#clock.now();
    heard.goodbye = false;
    heard.key = link.peer.key;
    void link.closed.then(({ reason }) => {
      heard.lastHeardAt = Math.max(heard.lastHeardAt, link.lastHeardAt());
      if (heard.links.get(link.purpose) !== link) return;
      heard.links.delete(link.purpose);
      // A node that says goodbye on its control link is leaving; on another it only closes what it does not need.
      if (reason === 'goodbye' && link.purpose === 'control') heard.goodbye = true;
    });
  }

  lastHeardAt(nodeName: string): number | undefined {
    const heard = this.#nodes.get(nodeName);
    if (!heard) return undefined;
    return Math.max(heard.lastHeardAt, ...[...heard.links.values()].map((link) => link.lastHeardAt()));
  }

  goodbye(nodeName: string): boolean {
    return this.#nodes.get(nodeName)?.goodbye ?? false;
  }

  /** The connection on which the node serves the controller: logs, probes. */
  streams(nodeName: string): ClientHttp2Session | undefined {
    return this.#nodes.get(nodeName)?.links.get('streams')?.session;
  }

  /** A helper is any host, and hosts lie: only the target's own answer to our nonce, which the helper passes on, says that it lives. */
  async probe(viaNode: string, targetNode: string): Promise<boolean> {
    const session = this.streams(viaNode);
    const key = this.#nodes.get(targetNode)?.key;
    if (!session || session.destroyed || !key) return false;
    const nonce = secretBytes(NONCE_BYTES).toString('hex');
    return new Promise((resolve) => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/probe',
        'content-type': 'application/json',
      });
      const parts: Buffer[] = [];
      let bytes = 0;
      const timer = this.#clock.after(probeMsMax, () => stream.close());
      stream.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > this.#guards.answerBytesMax) stream.destroy();
        else parts.push(part);
      });
      stream.on('error', () => resolve(false));
      stream.on('close', () => {
        timer.cancel();
        resolve(this.#guards.isProof(proofIn(Buffer.concat(parts)), nonce, key));
      });
      stream.end(JSON.stringify({ key, nonce }));
    });
  }
}

function proofIn(answer: Buffer): unknown {
  try {
    return (JSON.parse(answer.toString('utf8')) as { proof?: unknown } | null)?.proof;
  } catch {
    // Cut short, or nothing came: the helper could not say.
    return undefined;
  }
}
