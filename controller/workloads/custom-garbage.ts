import { isNotFound } from '../../api/errors.ts';
import { kindOf } from '../../api/kinds.ts';
import { isConditionTrue } from '../../api/conditions.ts';
import type { CustomResourceDefinition, OwnerReference } from '../../api/types.ts';
import type { Client, KubeObject } from '../../client/client.ts';
import type { Clock, Timer } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import type { World } from '../world.ts';

/** Custom resources are followed by nobody, so who owns whom is looked at in a rhythm. */
const sweepEveryMs = 5_000;

const foreground = 'foregroundDeletion';
const orphan = 'orphan';

export interface CustomGarbageParts {
  client: Client;
  world: World;
  /** The built-in kinds that may belong to a custom resource. */
  kinds: readonly string[];
  clock: Clock;
  log: Log;
}

/** An object, and the word by which the client finds its kind. */
interface Found {
  word: string;
  object: KubeObject;
}

/**
 * The garbage collector for custom resources, as owners and as what is owned: removes what its owners have left behind, and carries out
 * the two other ways to delete an owner. For built-in kinds among themselves `garbage.ts` does it, from the caches.
 */
export class CustomGarbage {
  readonly #parts: CustomGarbageParts;
  readonly #timer: Timer;
  #running: Promise<void> | undefined;

  constructor(parts: CustomGarbageParts) {
    this.#parts = parts;
    this.#timer = parts.clock.every(sweepEveryMs, () => {
      this.#running ??= this.sweep()
        .catch((error: unknown) => parts.log.warn('owners of custom resources were not looked at', { error }))
        .finally(() => (this.#running = undefined));
    });
  }

  async stop(): Promise<void> {
    this.#timer.cancel();
    await this.#running;
  }

  /** Looks at everything once. */
  async sweep(): Promise<void> {
    const words = wordsOf(this.#parts.world);
    if (words.size === 0) return;
    const custom: Found[] = [];
    for (const word of new Set(words.values())) {
      const { items } = await this.#parts.client.list(word);
      custom.push(...items.map((object) => ({ word, object })));
    }
    const uids = new Set(custom.map(({ object }) => object.metadata?.uid));
    for (const each of [...custom, ...this.#ownedByCustom(words)])
      if (await this.#isLeftBehind(each, words, uids)) await this.#remove(each, 'Background');
    for (const each of custom) await this.#finish(each, custom);
  }

  #ownedByCustom(words: ReadonlyMap<string, string>): Found[] {
    return this.#parts.kinds.flatMap((word) =>
      this.#parts.world
        .all(word)
        .filter((object) => ownersOf(object).some((owner) => words.has(keyOf(owner))))
        .map((object) => ({ word, object })),
    );
  }

  /** Whether it had owners, and the server itself says that none of them is left. */
  async #isLeftBehind(
    { object }: Found,
    words: ReadonlyMap<string, string>,
    uids: ReadonlySet<string | undefined>,
  ): Promise<boolean> {
    const owners = ownersOf(object);
    if (owners.length === 0 || object.metadata?.deletionTimestamp) return false;
    for (const owner of owners) {
      if (uids.has(owner.uid)) return false;
      const kind = kindOf(owner.apiVersion, owner.kind);
      const word = words.get(keyOf(owner)) ?? kind?.kind;
      // An owner of a kind that is not served belongs to somebody who will see to it.
      if (word === undefined) return false;
      const namespace = kind && !kind.namespaced ? undefined : object.metadata?.namespace;
      const found = await this.#parts.client
        .get({ kind: word, name: owner.name, ...(namespace && { namespace }) })
        .catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
      if (found?.metadata?.uid === owner.uid) return false;
    }
    return true;
  }

  /** What somebody asked for who deleted an owner: dependents first, or dependents set free. */
  async #finish(owner: Found, custom: readonly Found[]): Promise<void> {
    const { finalizers = [], deletionTimestamp, uid = '' } = owner.object.metadata ?? {};
    const asked = finalizers.find((each) => each === foreground || each === orphan);
    if (!deletionTimestamp || !asked) return;
    const builtIn = this.#parts.world.dependents(uid).map((object) => ({ word: object.kind ?? '', object }));
    const dependents = [...custom, ...builtIn].filter(({ object }) =>
      ownersOf(object).some((reference) => reference.uid === uid),
    );
    if (asked === foreground) {
      const waiting = dependents.filter(({ object }) =>
        ownersOf(object).some((reference) => reference.uid === uid && reference.blockOwnerDeletion),
      );
      for (const each of dependents)
        if (!each.object.metadata?.deletionTimestamp && ownersOf(each.object).length === 1)
          await this.#remove(each, 'Foreground');
      if (waiting.length > 0) return;
    } else
      for (const each of dependents) {
        const ownerReferences = ownersOf(each.object).filter((reference) => reference.uid !== uid);
        await this.#patch(each, { ownerReferences });
      }
    await this.#patch(owner, { finalizers: finalizers.filter((each) => each !== asked) });
  }

  async #remove({ word, object }: Found, propagationPolicy: 'Background' | 'Foreground'): Promise<void> {
    const { namespace, name = '', uid } = object.metadata ?? {};
    await this.#parts.client
      .delete(
        { kind: word, name, ...(namespace && { namespace }) },
        { propagationPolicy, ...(uid && { preconditions: { uid } }) },
      )
      .catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
  }

  async #patch({ word, object }: Found, metadata: object): Promise<void> {
    const { namespace, name = '', resourceVersion } = object.metadata ?? {};
    const patch = { metadata: { resourceVersion, ...metadata } };
    await this.#parts.client.patch({ kind: word, name, ...(namespace && { namespace }) }, 'merge', patch);
  }
}

/** The words by which the client finds custom kinds, by group and kind. */
function wordsOf(world: World): Map<string, string> {
  const words = new Map<string, string>();
  for (const { spec, status, metadata } of world.all<CustomResourceDefinition>('CustomResourceDefinition'))
    if (isConditionTrue(status?.conditions, 'Established') && spec.versions.some(({ served }) => served))
      words.set(`${spec.group} ${status?.acceptedNames?.kind}`, metadata?.name ?? '');
  return words;
}

const keyOf = ({ apiVersion, kind }: OwnerReference) => `${apiVersion.split('/')[0]} ${kind}`;

const ownersOf = ({ metadata }: KubeObject): OwnerReference[] => metadata?.ownerReferences ?? [];
