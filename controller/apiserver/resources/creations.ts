import { ApiError, isAlreadyExists } from '../../../api/errors.ts';
import { kindNamed, type Kind } from '../../../api/kinds.ts';
import { warningsOf } from '../../../api/warnings.ts';
import type { Clock } from '../../../process/clock.ts';
import type { Log } from '../../../process/log.ts';
import type { Random } from '../../../process/random.ts';
import { refuseWhileEnding } from '../custom/ending.ts';
import type { Storage } from '../storage/storage.ts';
import { noSuchUid, refuseOtherName } from './addressed.ts';
import type { Candidates } from './candidates.ts';
import { decode, withDefaults } from './decoding.ts';
import { newObject, type Resource } from './metadata.ts';
import { applied, ownedByCreator, withManagedFields, type Author } from './ownership.ts';
import { Undos } from './undos.ts';
import { ownContext, type WriteContext } from './write-context.ts';
import type { Writer } from './writer.ts';

/** A generated name that is taken is drawn again this often before the writer is told. */
const nameTriesMax = 8;

export interface CreationParts {
  candidates: Candidates;
  storage: Storage;
  writer: Writer;
  clock: Clock;
  random: Random;
  log: Log;
}

/** Puts new objects there. */
export class Creations {
  readonly #parts: CreationParts;

  constructor(parts: CreationParts) {
    this.#parts = parts;
  }

  async create(
    kind: Kind,
    namespace: string | undefined,
    body: unknown,
    context: WriteContext,
  ): Promise<Resource> {
    refuseWhileEnding(kind, this.#parts.storage);
    const input = decode(kind, body, context);
    return this.#create(kind, namespace, input, context, (draft, author) =>
      ownedByCreator(kind, draft, input, author),
    );
  }

  /** What server-side apply makes where nothing is yet. */
  async apply(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    configuration: unknown,
    context: WriteContext,
  ): Promise<Resource> {
    const { fieldManager, force = false } = context;
    refuseWhileEnding(kind, this.#parts.storage);
    const now = this.#parts.clock.date();
    const next = applied(kind, undefined, undefined, configuration, { fieldManager, force, now });
    const input = decode(kind, next.object, { ...context, doubles: undefined });
    refuseOtherName(input, name);
    if (input.metadata?.uid) throw noSuchUid(kind, name, input.metadata.uid);
    // As in Kubernetes, a version says nothing of an object that is not there.
    delete input.metadata?.resourceVersion;
    return this.#create(kind, namespace, input, context, (draft) =>
      withManagedFields(draft, next.managedFields),
    );
  }

  /** The account that a namespace's pods run under, where it is not there yet. */
  async defaultAccount(namespace: string): Promise<void> {
    const account = { metadata: { name: 'default' } };
    await this.create(kindNamed('ServiceAccount'), namespace, account, ownContext).catch((error: unknown) => {
      if (!isAlreadyExists(error))
        this.#parts.log.warn('a namespace has no account yet', { namespace, error });
    });
  }

  /** `owned` says whose the fields are, by the object as it was asked for. */
  async #create(
    kind: Kind,
    namespace: string | undefined,
    input: Resource,
    context: WriteContext,
    owned: (draft: Resource, author: Author) => Resource,
  ): Promise<Resource> {
    const { candidates, writer, clock, random } = this.#parts;
    for (let tries = 1; ; tries++) {
      const undos = new Undos();
      try {
        const now = clock.date();
        const draft = newObject(kind, input, { namespace, now, random });
        const wished = owned(withDefaults(kind, draft), { fieldManager: context.fieldManager, now });
        const object = candidates.first({ kind, context, undos }, wished);
        const created = await writer.create(kind, object, context);
        for (const text of warningsOf(kind, created, true)) context.warn(text);
        if (context.dryRun) undos.run();
        else if (kind.type === 'Namespace') await this.defaultAccount(created.metadata!.name!);
        return created;
      } catch (error) {
        undos.run();
        const isDrawnName = !input.metadata?.name && input.metadata?.generateName;
        if (!isDrawnName || !isAlreadyExists(error)) throw error;
        if (tries === nameTriesMax) throw noUniqueName(error);
      }
    }
  }
}

/** Every name that was drawn is taken. */
function noUniqueName(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  const { status } = error;
  return new ApiError(
    409,
    'AlreadyExists',
    `${status.message}, the server was not able to generate a unique name for the object`,
    { ...status.details, retryAfterSeconds: 1 },
  );
}
