import { resourceOf } from '../../../api/kinds.ts';
import type { Registry } from '../resources/registry.ts';
import type { ApiServerResponse } from './exchange.ts';
import type { RequestInfo } from './request-info.ts';

/** Seconds. A few of Kubernetes' own: each costs a number for every verb of every kind that is asked for. */
const buckets = [0.005, 0.025, 0.1, 0.5, 1, 5, 30];

/** As Prometheus' rules for Kubernetes know them. */
const verbNames: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' };
const mutating = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

interface Durations {
  /** How many took at most so long as the bucket of the same place says. */
  upTo: number[];
  count: number;
  seconds: number;
}

/** Counts what is asked of the API, by verb and kind. */
export class RequestMetrics {
  readonly #answers = new Map<string, number>();
  readonly #durations = new Map<string, Durations>();
  readonly #streaming = new Map<string, number>();
  readonly #inFlight = { mutating: 0, readOnly: 0 };

  /** A request begins; returns what to call with its code and how long it took, once it is answered or its answer streams. */
  begin({ verb, ...info }: RequestInfo): (code: number, seconds: number) => void {
    const sort = mutating.has(verb) ? 'mutating' : 'readOnly';
    this.#inFlight[sort]++;
    return (code, seconds) => {
      this.#inFlight[sort]--;
      const labels = labelsOf({ verb, ...info });
      const key = `${labels},code="${code}"`;
      this.#answers.set(key, (this.#answers.get(key) ?? 0) + 1);
      // How long a watch lasts tells nothing of how fast it was answered.
      if (verb !== 'watch') this.#addDuration(labels, seconds);
    };
  }

  /** An answer streams; returns what to call at its end. */
  stream(info: RequestInfo): () => void {
    const labels = labelsOf(info);
    this.#streaming.set(labels, (this.#streaming.get(labels) ?? 0) + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const now = this.#streaming.get(labels)! - 1;
      if (now > 0) this.#streaming.set(labels, now);
      else this.#streaming.delete(labels);
    };
  }

  #addDuration(labels: string, seconds: number): void {
    let durations = this.#durations.get(labels);
    if (!durations)
      this.#durations.set(labels, (durations = { upTo: buckets.map(() => 0), count: 0, seconds: 0 }));
    durations.count++;
    durations.seconds += seconds;
    for (const [index, bound] of buckets.entries()) if (seconds <= bound) durations.upTo[index]!++;
  }

  lines(): string[] {
    const histogram = 'apiserver_request_duration_seconds';
    return [
      ...family('apiserver_request_total', 'counter', 'Requests by verb, kind and code.'),
      ...[...this.#answers].map(([labels, count]) => `apiserver_request_total{${labels}} ${count}`),
      ...family(
        histogram,
        'histogram',
        'How long answers took, by verb and kind; watches are not among them.',
      ),
      ...[...this.#durations].flatMap(([labels, { upTo, count, seconds }]) => [
        ...buckets.map((bound, index) => `${histogram}_bucket{${labels},le="${bound}"} ${upTo[index]}`),
        `${histogram}_bucket{${labels},le="+Inf"} ${count}`,
        `${histogram}_sum{${labels}} ${seconds}`,
        `${histogram}_count{${labels}} ${count}`,
      ]),
      ...family('apiserver_current_inflight_requests', 'gauge', 'Requests that are being worked on.'),
      ...Object.entries(this.#inFlight).map(
        ([sort, count]) => `apiserver_current_inflight_requests{request_kind="${sort}"} ${count}`,
      ),
      ...family('apiserver_longrunning_requests', 'gauge', 'Watches, logs and streams into pods that go on.'),
      ...[...this.#streaming].map(([labels, count]) => `apiserver_longrunning_requests{${labels}} ${count}`),
    ];
  }
}

function labelsOf({ verb, kind, namespace, name, subresource = '' }: RequestInfo): string {
  const scope = name !== undefined ? 'resource' : namespace !== undefined ? 'namespace' : 'cluster';
  const asked = verbNames[verb] ?? verb.toUpperCase();
  return `component="apiserver",group="${kind.group}",resource="${kind.plural}",scope="${scope}",subresource="${subresource}",verb="${asked}",version="${kind.version}"`;
}

function family(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

/** The server's figures in Prometheus' text format. */
export function metricsPage(registry: Registry, requests: RequestMetrics): ApiServerResponse {
  const { durable } = registry.storage;
  const { user, system } = process.cpuUsage();
  const kinds = new Map(registry.kinds.all().map((kind) => [resourceOf(kind), kind]));
  const lines = [
    ...requests.lines(),
    ...family('apiserver_registered_watchers', 'gauge', 'Watches that go on.'),
    `apiserver_registered_watchers ${registry.reader.watchCount}`,
    ...family('apiserver_storage_objects', 'gauge', 'Objects in the store, by kind.'),
    ...[...kinds].map(
      ([resource, kind]) =>
        `apiserver_storage_objects{resource="${resource}"} ${registry.storage.count(kind)}`,
    ),
    ...family('kith_store_revision', 'counter', 'Writes that the store has taken in its life.'),
    `kith_store_revision ${durable.revision}`,
    ...family('kith_store_writable', 'gauge', '0 where the store takes no writes, as on a full disk.'),
    `kith_store_writable ${durable.trouble ? 0 : 1}`,
    ...family('process_resident_memory_bytes', 'gauge', 'Resident memory size in bytes.'),
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    ...family('process_cpu_seconds_total', 'counter', 'Total user and system CPU time spent in seconds.'),
    `process_cpu_seconds_total ${(user + system) / 1e6}`,
  ];
  return {
    status: 200,
    headers: {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-cache, private',
    },
    body: Buffer.from(`${lines.join('\n')}\n`),
  };
}
