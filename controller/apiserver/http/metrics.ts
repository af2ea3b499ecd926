import { resourceOf } from '../../../api/kinds.ts';
import type { Registry } from '../resources/registry.ts';

/** Answers by verb, kind and status, for `/metrics`. */
export class RequestCounts {
  readonly #counts = new Map<string, number>();

  add(verb: string, resource: string, code: number): void {
    const key = `verb="${verb}",resource="${resource}",code="${code}"`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  get entries(): [string, number][] {
    return [...this.#counts];
  }
}

/** The server's figures in Prometheus' text format. */
export function metricsText(registry: Registry, counts: RequestCounts, running: number): string {
  const { durable } = registry.storage;
  const lines = [
    '# TYPE apiserver_request_total counter',
    ...counts.entries.map(([labels, count]) => `apiserver_request_total{${labels}} ${count}`),
    '# TYPE apiserver_current_inflight_requests gauge',
    `apiserver_current_inflight_requests ${running}`,
    '# TYPE apiserver_registered_watchers gauge',
    `apiserver_registered_watchers ${registry.reader.watchCount}`,
    '# TYPE apiserver_storage_objects gauge',
    ...[...new Map(registry.kinds.all().map((kind) => [resourceOf(kind), kind]))].map(
      ([resource, kind]) =>
        `apiserver_storage_objects{resource="${resource}"} ${registry.storage.count(kind)}`,
    ),
    '# TYPE kith_store_revision counter',
    `kith_store_revision ${durable.revision}`,
    '# TYPE kith_store_writable gauge',
    `kith_store_writable ${durable.trouble ? 0 : 1}`,
  ];
  return `${lines.join('\n')}\n`;
}
