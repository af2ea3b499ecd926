import { Agent, request } from 'node:http';

/** What one request through the gateway gave. `pod` is the name that the answer carries. */
export type Answer = { ok: true; pod: string; ms: number } | { ok: false; why: string; ms: number };

const agent = new Agent({ keepAlive: true });
/** Longer than a user waits for a page; an answer that takes more counts as failed. */
const timeoutMs = 5000;

/**
 * GET / of the hello app. The connection goes to 127.0.0.1 and only the Host header has the app's name, so that nothing
 * depends on the machine's resolver knowing `*.localhost`.
 */
export function ask(gatewayPort: number, host: string): Promise<Answer> {
  const startedAt = performance.now();
  const ms = () => performance.now() - startedAt;
  return new Promise((resolve) => {
    const req = request(
      {
        agent,
        host: '127.0.0.1',
        port: gatewayPort,
        path: '/',
        headers: { host: `${host}:${gatewayPort}`, accept: 'application/json' },
        timeout: timeoutMs,
      },
      (res) => {
        let body = '';
        res.setEncoding('utf8');
        res.on('data', (chunk: string) => (body += chunk));
        res.on('error', (error) => resolve({ ok: false, why: error.message, ms: ms() }));
        res.on('end', () => {
          if (res.statusCode !== 200)
            return resolve({ ok: false, why: `status ${res.statusCode}: ${body.slice(0, 200)}`, ms: ms() });
          const pod = podIn(body);
          resolve(
            pod
              ? { ok: true, pod, ms: ms() }
              : { ok: false, why: `no pod's name in: ${body.slice(0, 200)}`, ms: ms() },
          );
        });
      },
    );
    req.on('timeout', () => req.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    req.on('error', (error) => resolve({ ok: false, why: error.message, ms: ms() }));
    req.end();
  });
}

/** The hello app answers `{"pod": "hello-…", …}` to whoever asks for JSON. */
function podIn(body: string): string | undefined {
  try {
    const { pod } = JSON.parse(body) as { pod?: unknown };
    return typeof pod === 'string' && pod !== '' ? pod : undefined;
  } catch {
    return undefined;
  }
}

export function closeConnections(): void {
  agent.destroy();
}
