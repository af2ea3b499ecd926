import { linesOf } from '../client/body.ts';
import type { ListOptions } from '../client/client.ts';
import { collectionPath, listQuery, withQuery } from '../client/paths.ts';
import type { Kind } from '../api/kinds.ts';
import type { Connection } from './connection.ts';
import { tableText, type ServerTable } from './print/table.ts';
import { statusError } from './status-error.ts';

/** Prints the table, then a line for each change, until the server ends the watch or the user does. */
export async function watchTable(
  { transport }: Connection,
  kind: Kind,
  options: ListOptions,
  first: ServerTable & { metadata?: { resourceVersion?: string } },
  print: { wide: boolean; namespaced: boolean; header: boolean },
  say: (line: string) => void,
): Promise<void> {
  for (const line of tableText(first, print)) say(line);
  const query = {
    ...listQuery(options),
    watch: 'true',
    resourceVersion: first.metadata?.resourceVersion ?? '',
  };
  const response = await transport.request({
    method: 'GET',
    path: withQuery(collectionPath(kind, options.namespace), query),
    headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
  });
  let { columnDefinitions } = first;
  for await (const line of linesOf(response.body)) {
    const event = JSON.parse(line) as { type: string; object: ServerTable };
    if (event.type === 'BOOKMARK') continue;
    if (event.type === 'ERROR') throw statusError(JSON.stringify(event.object), response.status);
    // Only the first event of a watch carries the columns.
    if (event.object.columnDefinitions?.length) columnDefinitions = event.object.columnDefinitions;
    for (const row of tableText({ ...event.object, columnDefinitions }, { ...print, header: false }))
      say(row);
  }
}
