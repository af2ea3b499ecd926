import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { request } from '../../../process/http.ts';
import type { PodmanService } from './service.ts';

const answerBytesMax = 16 * 1024 * 1024;

/** A refusal of podman's, in its words. */
export class PodmanError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'PodmanError';
    this.status = status;
  }
}

/** podman's REST API (libpod 4.0.0 and newer), over its unix socket. */
export class PodmanApi {
  readonly #service: PodmanService;

  constructor(service: PodmanService) {
    this.#service = service;
  }

  /** Asks, and reads the answer as JSON. @throws PodmanError */
  async ask<T = unknown>(
    method: string,
    path: string,
    options: { body?: unknown; signal?: AbortSignal } = {},
  ): Promise<T> {
    const { response } = await this.#send(method, path, options);
    const text = await wholeText(response);
    const status = response.statusCode ?? 0;
    if (status >= 400) throw refusal(status, text);
    return (text.trim() === '' ? undefined : JSON.parse(text)) as T;
  }

  /**
   * Kills and removes a container, and those that joined it: without the network and the processes that they share these are nothing.
   * Already gone is success. @throws PodmanError
   */
  async removeContainer(nameOrId: string): Promise<void> {
    try {
      await this.ask('DELETE', `/containers/${nameOrId}?force=true&depend=true&timeout=0&v=true`);
    } catch (error) {
      if (!(error instanceof PodmanError) || error.status !== 404) throw error;
    }
  }

  /** Leaves HTTP: what follows on the connection are a container's streams, and each way ends by itself. @throws PodmanError */
  async hijack(method: string, path: string, body?: unknown): Promise<Socket> {
    const { response, socket } = await this.#send(method, path, { body, upgrade: true });
    if (socket) return socket;
    throw refusal(response.statusCode ?? 0, await wholeText(response));
  }

  async #send(
    method: string,
    path: string,
    { body, signal, upgrade = false }: { body?: unknown; signal?: AbortSignal; upgrade?: boolean },
  ): Promise<{ response: IncomingMessage; socket?: Socket }> {
    const socketPath = await this.#service.socket();
    const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const asking = request({
        method,
        path: `/v4.0.0/libpod${path}`,
        signal,
        createConnection: () => connect({ path: socketPath, allowHalfOpen: true }),
        headers: {
          host: 'podman',
          ...(content && { 'content-type': 'application/json', 'content-length': content.length }),
          ...(upgrade && { connection: 'Upgrade', upgrade: 'tcp' }),
        },
      });
      asking.once('error', reject);
      asking.once('response', (response) => resolve({ response }));
      asking.once('upgrade', (response, socket: Socket, head) => {
        if (head.length > 0) socket.unshift(head);
        socket.on('error', () => {});
        resolve({ response, socket });
      });
      asking.end(content);
    });
  }
}

async function wholeText(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const part of response as AsyncIterable<string>) {
    text += part;
    if (text.length > answerBytesMax) throw new Error('podman’s answer has no end');
  }
  return text;
}

function refusal(status: number, text: string): PodmanError {
  try {
    const { message, cause } = JSON.parse(text) as { message?: string; cause?: string };
    return new PodmanError(status, message ?? cause ?? text);
  } catch {
    return new PodmanError(status, text.trim() || `podman answered ${status}`);
  }
}
