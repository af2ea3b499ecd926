import type { Duplex } from 'node:stream';
import type { Container, Probe } from '../../../api/types.ts';
import type { Clock } from '../../../process/clock.ts';
import { request } from '../../../process/http.ts';
import type { PodSandbox } from '../../sandbox/sandbox.ts';

/** What one try of a probe found; `message` is worded as the kubelet does. */
export interface ProbeOutcome {
  passed: boolean;
  message: string;
}

/** Tries a probe once. Rejects never: a failure to try is an outcome. */
export type ProbeCheck = (probe: Probe, signal: AbortSignal) => Promise<ProbeOutcome>;

/** Body bytes of a failing answer that are shown. */
const bodyShownMax = 256;

/** Checks a container's probes through its sandbox: no network is involved, so `host` fields cannot lead elsewhere. */
export function checkThrough(sandbox: PodSandbox, container: Container, clock: Clock): ProbeCheck {
  return async (probe, signal) => {
    const timeout = new AbortController();
    const seconds = probe.timeoutSeconds ?? 1;
    const timer = clock.after(seconds * 1000, () =>
      timeout.abort(new Error(`no answer within ${seconds} s`)),
    );
    const limit = AbortSignal.any([signal, timeout.signal]);
    try {
      if (probe.httpGet) return await checkHttp(sandbox, container, probe, limit);
      if (probe.tcpSocket) {
        const socket = await abortable(sandbox.connect(portOf(container, probe.tcpSocket.port)), limit);
        socket.on('error', () => {});
        socket.destroy();
        return { passed: true, message: '' };
      }
      if (probe.exec) return await checkExec(sandbox, container, probe.exec.command ?? [], limit);
      return { passed: false, message: 'the probe has no handler that this host knows' };
    } catch (error) {
      const cause = limit.aborted ? limit.reason : error;
      return { passed: false, message: (cause as Error)?.message ?? String(cause) };
    } finally {
      timer.cancel();
    }
  };
}

/** Names what of a probe this host cannot do, with the field's path; undefined if it can do it all. */
export function unsupportedProbe(path: string, probe: Probe, canExec: boolean): string | undefined {
  if (probe.grpc) return `${path}.grpc: grpc probes are not supported; use httpGet or tcpSocket`;
  if (probe.exec && !canExec)
    return `${path}.exec: this sandbox runs no further commands; use httpGet or tcpSocket`;
  if (probe.httpGet?.scheme && probe.httpGet.scheme !== 'HTTP')
    return `${path}.httpGet.scheme: only HTTP is supported; the probe never leaves the host`;
  if (probe.httpGet?.host) return `${path}.httpGet.host: probes reach the pod itself only; leave it out`;
  if (probe.tcpSocket?.host) return `${path}.tcpSocket.host: probes reach the pod itself only; leave it out`;
  return undefined;
}

/** A probe's port, by number or by the name of a declared port. */
export function portOf(container: Container, port: number | string): number {
  if (typeof port === 'number') return port;
  const named = container.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port);
  if (!Number.isInteger(named) || named < 1 || named > 65_535)
    throw new Error(
      `couldn't find port: ${JSON.stringify(port)} among the ports of container ${container.name}`,
    );
  return named;
}

async function checkHttp(
  sandbox: PodSandbox,
  container: Container,
  probe: Probe,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const { path = '/', port, httpHeaders = [] } = probe.httpGet!;
  const number = portOf(container, port);
  const socket = await abortable(sandbox.connect(number), signal);
  // Once the outcome is known, how the connection ends is of no interest.
  socket.on('error', () => {});
  const headers: Record<string, string> = { host: `localhost:${number}`, accept: '*/*', connection: 'close' };
  headers['user-agent'] = 'kube-probe/kith';
  for (const { name, value } of httpHeaders) headers[name.toLowerCase()] = value;
  try {
    const { status, body } = await get(socket, path.startsWith('/') ? path : `/${path}`, headers, signal);
    // As in Kubernetes: a redirect counts as an answer.
    if (status >= 200 && status < 400) return { passed: true, message: '' };
    const shown = body ? `: ${body}` : '';
    return { passed: false, message: `HTTP probe failed with statuscode: ${status}${shown}` };
  } finally {
    socket.destroy();
  }
}

function get(
  socket: Duplex,
  path: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    // No `agent`: with any, `createConnection` would be ignored and the host's own loopback be asked.
    const asking = request({ createConnection: () => socket, path, headers, signal });
    asking.once('error', reject);
    asking.once('response', (response) => {
      const status = response.statusCode ?? 0;
      if (status < 400) {
        resolve({ status, body: '' });
        response.destroy();
        return;
      }
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body = (body + chunk).slice(0, bodyShownMax);
      });
      response.once('close', () => resolve({ status, body: body.trim() }));
      response.once('error', () => resolve({ status, body: body.trim() }));
    });
    asking.end();
  });
}

async function checkExec(
  sandbox: PodSandbox,
  container: Container,
  command: string[],
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const running = sandbox.containers.get(container.name);
  if (!running?.exec) return { passed: false, message: 'this sandbox runs no further commands' };
  const session = await abortable(running.exec(command, { stdin: false, tty: false }), signal);
  for (const output of [session.stdout, session.stderr]) output?.on('error', () => {}).resume();
  try {
    const { code } = await abortable(session.exited, signal);
    return { passed: code === 0, message: code === 0 ? '' : `command exited with ${code}` };
  } finally {
    session.close();
  }
}

/** The promise, or the signal's reason if that comes first; a stream that arrives too late is closed. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason);
      promise.then(
        (late) => {
          const closable = late as { destroy?: () => void; close?: () => void } | undefined;
          (closable?.destroy ?? closable?.close)?.call(late);
        },
        // It came to nothing, and too late: the probe has failed already.
        () => {},
      );
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
