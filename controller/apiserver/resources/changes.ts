import { goText } from '../../../api/apply/fields-of.ts';
import type { Kind } from '../../../api/kinds.ts';
import { applyPatch, type PatchType } from '../../../api/patch/patch.ts';
import type { Clock } from '../../../process/clock.ts';
import { refuseNewUid, refuseOtherName, refuseOtherNamespace, refuseStale } from './addressed.ts';
import type { Candidates } from './candidates.ts';
import { decode } from './decoding.ts';
import type { Resource } from './metadata.ts';
import { applied, ownedByUpdater, withManagedFields, withoutNewTimesOnly } from './ownership.ts';
import { kindOf } from '../../../api/kinds.ts';
import { Undos } from './undos.ts';
import type { Subresource, WriteContext } from './write-context.ts';
import type { Writer, Written } from './writer.ts';

/** As whom the server itself owns what it keeps of a status, as in Kubernetes. */
const ownManager = 'kube-apiserver';

export interface ChangeParts {
  candidates: Candidates;
  writer: Writer;
  clock: Clock;
}

/** Which object a change is of, or which part of it. */
export interface Target {
  kind: Kind;
  namespace: string | undefined;
  name: string;
  subresource?: Subresource | undefined;
}

/** Changes objects that are there, by compare-and-swap. */
export class Changes {
  readonly #parts: ChangeParts;

  constructor(parts: ChangeParts) {
    this.#parts = parts;
  }

  async update(target: Target, body: unknown, context: WriteContext): Promise<Resource> {
    const { kind, namespace, name, subresource } = target;
    const input = decode(kind, body, context);
    refuseOtherName(input, name);
    refuseOtherNamespace(input, namespace);
    const version = input.metadata?.resourceVersion;
    const { object } = await this.change(target, context, (old, undos) => {
      refuseStale(kind, old, version);
      return this.#parts.candidates.next({ kind, subresource, context, undos }, old, input);
    });
    return object;
  }

  async patch(target: Target, type: PatchType, patch: unknown, context: WriteContext): Promise<Resource> {
    const { kind, namespace, name, subresource } = target;
    const { object } = await this.change(target, context, (old, undos) => {
      const patched = applyPatch(type, old, patch, kind) as Resource;
      // A patch that names a version is meant for that one alone.
      refuseStale(kind, old, patched.metadata?.resourceVersion);
      refuseNewUid(kind, old, patched);
      const input = decode(kind, patched, context, () =>
        type === 'strategic' ? goText(patch) : JSON.stringify(patched),
      );
      refuseOtherName(input, name);
      refuseOtherNamespace(input, namespace);
      return this.#parts.candidates.next({ kind, subresource, context, undos }, old, input);
    });
    return object;
  }

  /** Server-side apply to what is there: all that the configuration says, without what its manager applied before and does not any more. */
  async apply(target: Target, configuration: unknown, context: WriteContext): Promise<Resource> {
    const { kind, namespace, name, subresource } = target;
    const { fieldManager, force = false } = context;
    const { object } = await this.change(target, context, (old, undos) => {
      const now = this.#parts.clock.date();
      const next = applied(kind, subresource, old, configuration, { fieldManager, force, now });
      const input = decode(kind, next.object, { ...context, doubles: undefined });
      refuseOtherName(input, name);
      refuseOtherNamespace(input, namespace);
      refuseStale(kind, old, input.metadata?.resourceVersion);
      return this.#parts.candidates.next({ kind, subresource, context, undos }, old, input, (wished) =>
        withManagedFields(wished, next.managedFields),
      );
    });
    return object;
  }

  /** A status that the server itself keeps: `next` runs again where another write came first. */
  async status<T extends Resource>(object: T, next: (old: T) => T, dryRun: boolean): Promise<T> {
    const { apiVersion, metadata } = object;
    const kind = kindOf(apiVersion, object.kind)!;
    const author = { fieldManager: ownManager, now: this.#parts.clock.date() };
    const written = await this.#parts.writer.change(
      kind,
      metadata?.namespace,
      metadata!.name!,
      { dryRun },
      (old) => ownedByUpdater(kind, 'status', old, next(old as T), {}, author),
    );
    return written.object as T;
  }

  /** Replaces an object by what `compute` makes of it, again on each newer state that gets in between. */
  async change(
    { kind, namespace, name }: Target,
    { dryRun }: WriteContext,
    compute: (old: Resource, undos: Undos) => Resource,
  ): Promise<Written> {
    const undos = new Undos();
    try {
      const written = await this.#parts.writer.change(kind, namespace, name, { dryRun }, (old) => {
        undos.run();
        return withoutNewTimesOnly(old, compute(old, undos));
      });
      if (dryRun) undos.run();
      return written;
    } catch (error) {
      undos.run();
      throw error;
    }
  }
}
