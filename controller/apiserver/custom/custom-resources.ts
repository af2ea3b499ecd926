import { ApiError, badRequest, invalid, undecodable } from '../../../api/errors.ts';
import { unknownField } from '../../../api/field-errors.ts';
import type { FieldError } from '../../../api/field-errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import { normalize } from '../../../api/normalize.ts';
import type { PlainObject } from '../../../api/plain-objects.ts';
import { fillDefaults } from '../../../api/structural/defaults.ts';
import { prune } from '../../../api/structural/prune.ts';
import { validateCustom } from '../../../api/structural/validate-custom.ts';
import { decodeStrict } from '../../../api/validation/decode.ts';
import { validateMetadata } from '../../../api/validation/metadata.ts';
import type { Resource } from '../resources/metadata.ts';
import { beStrict, type Strictness } from '../resources/strictness.ts';

/** Deeper than any resource; what is nested further would only exhaust the stack. */
const depthMax = 500;

/**
 * A body as an object of a custom kind: what its schema does not know is refused, told or dropped, as `how` says.
 * Whether the rest is what the schema wants is seen once the defaults are in.
 *
 * @throws ApiError (bad request) naming every field
 */
export function decodeCustom(
  kind: Kind,
  object: Resource,
  how: Strictness,
  patched?: () => string,
): Resource {
  if (isDeeperThan(object, depthMax))
    throw badRequest(`the body of the request is nested more than ${depthMax} levels deep`);
  const errors = decodeStrict(kind, object).filter(({ type }) => type !== 'FieldValueRequired');
  const pruned = prune(normalize(kind, object) as unknown as PlainObject, kind.custom!.schema);
  const unknown = [
    ...errors.filter(({ type }) => type === 'UnknownField'),
    ...pruned.unknown.map(unknownField),
  ];
  const wrong = [...errors.filter(({ type }) => type !== 'UnknownField'), ...pruned.wrong];
  unknown.sort((a, b) => (a.field < b.field ? -1 : 1));
  if (wrong.length > 0) throw undecodable(kind, wrong);
  refuseUnknown(kind, unknown, how, patched);
  return pruned.object as unknown as Resource;
}

/** As for built-in kinds, but that Kubernetes names no causes where the kind is custom. */
function refuseUnknown(
  kind: Kind,
  unknown: readonly FieldError[],
  how: Strictness,
  patched: (() => string) | undefined,
): void {
  try {
    beStrict(kind, unknown, how, patched);
  } catch (error) {
    if (error instanceof ApiError && !patched) throw badRequest(error.message);
    throw error;
  }
}

export function withCustomDefaults(kind: Kind, object: Resource): Resource {
  return fillDefaults(object as unknown as PlainObject, kind.custom!.schema) as unknown as Resource;
}

/** @throws ApiError (invalid) with a cause for each field that is not as the definition wants it */
export function refuseInvalidCustom(kind: Kind, object: Resource, old: Resource | undefined): void {
  const errors: FieldError[] = [
    ...validateMetadata(kind, object.metadata, old?.metadata),
    ...validateCustom(kind.custom!, object, old),
  ];
  if (errors.length > 0) throw invalid(kind, object.metadata?.name ?? '', errors);
}

function isDeeperThan(value: unknown, max: number): boolean {
  // Level by level, since a stack is what it must not need.
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > max) return true;
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null
        ? Object.values(each).filter((inner) => typeof inner === 'object' && inner !== null)
        : [],
    );
  }
  return false;
}
