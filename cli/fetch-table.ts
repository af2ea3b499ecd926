import type { Kind } from '../api/kinds.ts';
import { textOf } from '../client/body.ts';
import type { ListOptions } from '../client/client.ts';
import { collectionPath, listQuery, objectPath, withQuery } from '../client/paths.ts';
import type { Transport } from '../client/transport.ts';
import { byLastSeen } from './last-seen.ts';
import type { ServerTable } from './print/table.ts';
import { statusError } from './status-error.ts';

export const tableType = 'application/json;as=Table;v=v1;g=meta.k8s.io';

export type FetchedTable = ServerTable & { metadata?: { resourceVersion?: string } };

/** The server's table of a list, events in the order of time; or of the objects named, one under the other. */
export async function fetchTable(
  transport: Transport,
  kind: Kind,
  names: string[],
  options: ListOptions,
): Promise<FetchedTable> {
  if (names.length === 0) {
    const path = collectionPath(kind, options.namespace);
    if (kind.kind !== 'Event') return ask(transport, withQuery(path, listQuery(options)));
    // A row tells the age of its event in words; the moment is in the object.
    const table = await ask(transport, withQuery(path, { ...listQuery(options), includeObject: 'Object' }));
    return { ...table, rows: byLastSeen(table.rows ?? [], ({ object }) => object) };
  }
  const tables = await Promise.all(
    names.map((name) => ask(transport, objectPath(kind, options.namespace ?? 'default', name))),
  );
  return { ...tables[0]!, rows: tables.flatMap(({ rows }) => rows ?? []) };
}

async function ask(transport: Transport, path: string): Promise<FetchedTable> {
  const response = await transport.request({
    method: 'GET',
    path,
    headers: { accept: `${tableType},application/json` },
  });
  const text = await textOf(response.body);
  if (response.status >= 300) throw statusError(text, response.status);
  return JSON.parse(text) as FetchedTable;
}
