import { scaleApiVersion } from '../../../api/apply/scale.ts';
import { badRequest } from '../../../api/errors.ts';
import { fieldErrorsText } from '../../../api/field-errors.ts';
import { goTypeError } from '../../../api/go-decoding.ts';
import { applyPatch, type PatchType } from '../../../api/patch/patch.ts';
import type { Scale } from '../../../api/types.ts';
import { decodeStrict } from '../../../api/validation/decode.ts';
import { otherName, refuseOtherName, refuseStale } from './addressed.ts';
import type { Candidates } from './candidates.ts';
import type { Changes, Target } from './changes.ts';
import type { Resource } from './metadata.ts';
import { appliedScale, scaledByUpdater, withManagedFields, type Author, type Scaling } from './ownership.ts';
import { refuseOtherScale, scaleOf, scaled } from './scale.ts';
import type { WriteContext } from './write-context.ts';
import type { Clock } from '../../../process/clock.ts';

export interface ScalesParts {
  candidates: Candidates;
  changes: Changes;
  clock: Clock;
}

/** Changes how many replicas an object wishes for, by its Scale. */
export class Scales {
  readonly #parts: ScalesParts;

  constructor(parts: ScalesParts) {
    this.#parts = parts;
  }

  async update(target: Target, body: unknown, context: WriteContext): Promise<Resource> {
    return this.#change(target, context, (old, before, author) =>
      scaledByUpdater(target.kind, old, before, decodedScale(target.name, body), author),
    );
  }

  async patch(target: Target, type: PatchType, patch: unknown, context: WriteContext): Promise<Resource> {
    return this.#change(target, context, (old, before, author) => {
      const after = applyPatch(type === 'strategic' ? 'merge' : type, before, patch, target.kind);
      return scaledByUpdater(target.kind, old, before, decodedScale(target.name, after), author);
    });
  }

  async apply(target: Target, configuration: unknown, context: WriteContext): Promise<Resource> {
    return this.#change(target, context, (old, before, author) =>
      appliedScale(target.kind, old, before, configuration, { ...author, force: context.force ?? false }),
    );
  }

  async #change(
    { kind, namespace, name }: Target,
    context: WriteContext,
    compute: (old: Resource, before: Scale, author: Author) => Scaling,
  ): Promise<Resource> {
    const { candidates, changes, clock } = this.#parts;
    const { object } = await changes.change({ kind, namespace, name }, context, (old, undos) => {
      const author = { fieldManager: context.fieldManager, now: clock.date() };
      const { scale, managedFields } = compute(old, scaleOf(kind, old), author);
      refuseOtherScale(scale);
      refuseOtherName(scale as Resource, name);
      refuseStale(kind, old, scale.metadata?.resourceVersion);
      return candidates.next({ kind, context, undos }, old, scaled(kind, old, scale), (wished) =>
        withManagedFields(wished, managedFields),
      );
    });
    return scaleOf(kind, object);
  }
}

/** @throws ApiError (bad request) for what is no Scale, or one of another version */
function decodedScale(name: string, scale: unknown): Scale {
  const { apiVersion = scaleApiVersion, kind = 'Scale', metadata } = (scale ?? {}) as Scale;
  if (apiVersion !== scaleApiVersion || kind !== 'Scale')
    throw badRequest(
      `${kind} in version "v1" cannot be handled as a Scale: no kind "${kind}" is registered for version "${apiVersion}"`,
    );
  const wrong = decodeStrict('Scale', scale).filter(({ type }) => type !== 'FieldValueRequired');
  if (wrong.length > 0)
    throw badRequest(
      `Scale in version "v1" cannot be handled as a Scale: ${goTypeError('Scale', scale) ?? fieldErrorsText(wrong)}`,
    );
  if (metadata?.name && metadata.name !== name) throw otherName(metadata.name, name);
  return scale as Scale;
}
