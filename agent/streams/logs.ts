import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../process/clock.ts';
import { segmentsIn } from '../pods/logs/container-log.ts';
import { readLog } from '../pods/logs/read.ts';
import type { Pods } from '../pods/pods.ts';
import type { PodWorker } from '../pods/worker/worker.ts';
import { resetStream } from '../../swarm/tunnel.ts';
import { answer } from './answer.ts';

/** Every follower holds a file block and a stream; the controller passes on those of all people. */
export const followersMax = 64;

/** Serves `GET /containerLogs/{namespace}/{pod}/{container}` with kubectl's query. */
export function logHandler(options: { pods: Pick<Pods, 'named'>; clock: Clock; followersMax?: number }) {
  const { pods, clock } = options;
  const max = options.followersMax ?? followersMax;
  let followers = 0;

  return async (stream: ServerHttp2Stream, url: URL, _headers: IncomingHttpHeaders): Promise<void> => {
    const [, , namespace = '', pod = '', container = ''] = url.pathname.split('/').map(decodeURIComponent);
    const worker = pods.named(namespace, pod);
    if (!worker) return answer(stream, 404, `pod "${namespace}/${pod}" is not on this host`);
    const query = parseQuery(url.searchParams, clock);
    if ('problem' in query) return answer(stream, 400, query.problem);
    const found = findRun(worker, container, query.previous);
    if ('problem' in found) return answer(stream, 400, found.problem);
    if (query.follow && followers >= max)
      return answer(stream, 503, `this host already serves ${max} followers of logs; end one of them`);

    const abort = new AbortController();
    const stop = () => abort.abort(new Error('the reader has gone'));
    stream.once('close', stop);
    if (query.follow) followers++;
    try {
      stream.respond({ ':status': 200, 'content-type': 'text/plain; charset=utf-8' });
      const live = query.previous ? undefined : worker.runOf(container)?.log;
      const lines = readLog(worker.logFolderOf(container), found.run, live, {
        ...query,
        signal: abort.signal,
      });
      await pipeline(Readable.from(lines, { objectMode: false, highWaterMark: 64 * 1024 }), stream);
    } catch {
      // The reader has gone, or the log was removed under it: either way there is no one to tell.
      resetStream(stream, new Error('the log broke off'));
    } finally {
      stream.off('close', stop);
      stop();
      if (query.follow) followers--;
    }
  };
}

interface LogQuery {
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  tailLines?: number;
  sinceTime?: string;
  limitBytes?: number;
}

function parseQuery(query: URLSearchParams, clock: Clock): LogQuery | { problem: string } {
  const flag = (name: string) => query.get(name) === 'true' || query.get(name) === '1';
  const numbers: Record<string, number | undefined> = {};
  for (const name of ['tailLines', 'sinceSeconds', 'limitBytes']) {
    const text = query.get(name);
    if (text === null) continue;
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0)
      return { problem: `${name} must be a whole number of at least 0, not ${JSON.stringify(text)}` };
    numbers[name] = value;
  }
  const since = query.get('sinceTime');
  if (since !== null && Number.isNaN(Date.parse(since)))
    return { problem: `sinceTime must be an RFC 3339 time, not ${JSON.stringify(since)}` };
  const { sinceSeconds } = numbers;
  return {
    follow: flag('follow'),
    previous: flag('previous'),
    timestamps: flag('timestamps'),
    tailLines: numbers['tailLines'],
    limitBytes: numbers['limitBytes'],
    sinceTime:
      sinceSeconds === undefined
        ? (since ?? undefined)
        : new Date(clock.date().getTime() - sinceSeconds * 1000).toISOString(),
  };
}

/** Which run's log is meant, or why there is none, in the words that kubectl's users know. */
function findRun(
  worker: PodWorker,
  container: string,
  previous: boolean,
): { run: number } | { problem: string } {
  const local = Object.hasOwn(worker.local.containers, container)
    ? worker.local.containers[container]
    : undefined;
  const pod = worker.local.name;
  if (!local) return { problem: `container ${container} is not valid for pod ${pod}` };
  const live = worker.runOf(container);
  const runs = [...new Set(segmentsIn(worker.logFolderOf(container)).map(({ run }) => run))];
  const current = live?.log.run ?? local.starts;
  if (previous) {
    const before = runs.findLast((run) => run < current);
    return before === undefined
      ? { problem: `previous terminated container "${container}" in pod "${pod}" not found` }
      : { run: before };
  }
  if (current === 0) {
    const reason = local.trouble?.reason ?? 'ContainerCreating';
    return { problem: `container "${container}" in pod "${pod}" is waiting to start: ${reason}` };
  }
  return { run: current };
}
