import { isNotFound, refusal } from '../../../api/errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { DeleteOptions } from '../../../api/types.ts';
import { decodeStrict } from '../../../api/validation/decode.ts';
import { jobDeletionWarning } from '../../../api/warnings.ts';
import type { Clock } from '../../../process/clock.ts';
import { decideDeletion } from './deletion.ts';
import { withGeneration } from './metadata.ts';
import { refuseSystemNamespace } from './namespaces.ts';
import type { Listing, ListQuery, Reader } from './reader.ts';
import type { WriteContext } from './write-context.ts';
import { Removal, type Writer, type Written } from './writer.ts';

/** How many objects one `deletecollection` works on at once. */
const deletionsAtOnceMax = 50;

export interface RemovalParts {
  reader: Reader;
  writer: Writer;
  clock: Clock;
}

/** Marks or removes objects. */
export class Removals {
  readonly #parts: RemovalParts;

  constructor(parts: RemovalParts) {
    this.#parts = parts;
  }

  async delete(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions,
    context: WriteContext,
  ): Promise<Written> {
    const wrong = refusal(kind, name, decodeStrict('DeleteOptions', options));
    if (wrong) throw wrong;
    if (kind.type === 'Namespace') refuseSystemNamespace(name);
    warnOfDeletion(kind, options, context);
    const now = this.#parts.clock.date();
    return this.#parts.writer.change(kind, namespace, name, { dryRun: context.dryRun }, (old) => {
      const decision = decideDeletion(kind, old, options, now);
      const next = withGeneration(kind, old, decision.object);
      return decision.action === 'remove' ? new Removal(next) : next;
    });
  }

  async deleteCollection(
    kind: Kind,
    query: ListQuery,
    options: DeleteOptions,
    context: WriteContext,
  ): Promise<Listing> {
    const listing = await this.#parts.reader.list(kind, query);
    const waiting = [...listing.items];
    warnOfDeletion(kind, options, context);
    const quiet = { ...context, warn: () => {} };
    const work = async () => {
      for (let item = waiting.shift(); item; item = waiting.shift()) {
        const { namespace, name } = item.metadata!;
        await this.delete(kind, namespace, name!, options, quiet).catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
      }
    };
    await Promise.all(Array.from({ length: Math.min(deletionsAtOnceMax, waiting.length) }, work));
    return listing;
  }
}

function warnOfDeletion(kind: Kind, options: DeleteOptions, context: WriteContext): void {
  const { propagationPolicy, orphanDependents } = options;
  if (kind.type === 'Job' && propagationPolicy === undefined && orphanDependents === undefined)
    context.warn(jobDeletionWarning);
}
