import { ApiError } from '../api/errors.ts';
import type { Kind } from '../api/kinds.ts';
import type { Status } from '../api/types.ts';
import { linesOf, textOf } from '../client/body.ts';
import type { ListOptions } from '../client/client.ts';
import { collectionPath, listQuery, withQuery } from '../client/paths.ts';
import type { Transport } from '../client/transport.ts';
import type { Clock } from '../process/clock.ts';
import { tableType, type FetchedTable } from './fetch-table.ts';
import { statusError } from './status-error.ts';

type TableEvent =
  | { type: 'ERROR'; object: Status }
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; object: FetchedTable };

/** A server that ends watches at once is not asked faster than this. */
const againMs = 1_000;

/**
 * Hands on a table for each change after `resourceVersion`, until the user ends it. Where the server ends the watch in good order
 * it is begun again after the last change; where the link breaks, that is an error.
 */
export async function watchTable(
  { transport, clock }: { transport: Transport; clock: Clock },
  kind: Kind,
  options: ListOptions,
  resourceVersion: string,
  show: (table: FetchedTable) => Promise<void>,
): Promise<never> {
  for (;;) {
    const query = { ...listQuery(options), watch: 'true', allowWatchBookmarks: 'true', resourceVersion };
    const response = await transport.request({
      method: 'GET',
      path: withQuery(collectionPath(kind, options.namespace), query),
      headers: { accept: tableType },
    });
    if (response.status >= 300) throw statusError(await textOf(response.body), response.status);
    for await (const line of linesOf(response.body)) {
      const event = JSON.parse(line) as TableEvent;
      if (event.type === 'ERROR') throw ApiError.from(event.object);
      resourceVersion = versionOf(event.object) ?? resourceVersion;
      if (event.type !== 'BOOKMARK') await show(event.object);
    }
    await clock.sleep(againMs);
  }
}

/** Of an event's object, or of its table's only row. */
function versionOf({ metadata, rows }: FetchedTable): string | undefined {
  const row = rows?.[0]?.object as { metadata?: { resourceVersion?: string } } | undefined;
  return row?.metadata?.resourceVersion ?? metadata?.resourceVersion;
}
