import { Agent, request } from 'node:http';
import { appHost } from './swarm.ts';

export interface Asked {
  /** `performance.now()` when it was sent. */
  sentAt: number;
  endedAt: number;
  /** Undefined where the answer was good. */
  failure?: string;
  /** Of the pod that answered, and what else it said. */
  pod?: string;
  body?: Record<string, unknown>;
}

const timeoutMs = 8_000;

/** One request to the hello app, through the gateway on 127.0.0.1 with the app's name as Host. */
export function askOnce(port: number, agent?: Agent, host = appHost): Promise<Asked> {
  const sentAt = performance.now();
  return new Promise((resolve) => {
    const end = (rest: Partial<Asked>) => resolve({ sentAt, endedAt: performance.now(), ...rest });
    const fail = (error: Error) => end({ failure: error.message });
    const req = request(
      {
        host: '127.0.0.1',
        port,
        ...(agent ? { agent } : {}),
        headers: { host: `${host}:${port}`, accept: 'application/json' },
        timeout: timeoutMs,
      },
      (res) => {
        let text = '';
        res.setEncoding('utf8');
        res.on('data', (chunk: string) => (text += chunk));
        res.on('error', fail);
        res.on('end', () => {
          if (res.statusCode !== 200)
            return end({ failure: `status ${res.statusCode}: ${text.slice(0, 200)}` });
          try {
            const body = JSON.parse(text) as Record<string, unknown>;
            end({ body, pod: String(body['pod']) });
          } catch (error) {
            fail(error as Error);
          }
        });
      },
    );
    req.on('timeout', () => req.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    req.on('error', fail);
    req.end();
  });
}

/** Requests in an open loop: one each `everyMs`, whatever becomes of the ones before. */
export class Flow {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #sent: Promise<Asked>[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly answered: Asked[] = [];

  constructor(port: () => number, everyMs = 20) {
    this.#timer = setInterval(() => {
      const asked = askOnce(port(), this.#agent);
      this.#sent.push(asked);
      void asked.then((answer) => this.answered.push(answer));
    }, everyMs);
  }

  /** Stops asking and resolves with every request and its answer. */
  async stop(): Promise<Asked[]> {
    clearInterval(this.#timer);
    const all = await Promise.all(this.#sent);
    this.#agent.destroy();
    return all;
  }
}

/** Of those sent in the span, the ones that failed, as text. */
export function failures(asked: Asked[], from = 0, to = Infinity): string[] {
  return asked
    .filter(({ sentAt, failure }) => failure !== undefined && sentAt >= from && sentAt <= to)
    .map(({ sentAt, failure }) => `${Math.round(sentAt - from)} ms: ${failure}`);
}
