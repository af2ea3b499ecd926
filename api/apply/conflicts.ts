import { ApiError } from '../errors.ts';
import { hasField, pathsOf } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import type { Owner } from './owners.ts';
import { pathText } from './path-element.ts';
import type { PathElement } from './path-element.ts';

/** A field that someone else owns and that a configuration would change. */
export interface Conflict {
  owner: Owner;
  path: readonly PathElement[];
}

/** So many conflicts are told: a configuration of thousands of fields must not come back as a larger answer. */
const conflictsMax = 1000;

/** The conflicts with one owner. */
export function conflictsWith(owner: Owner, fields: FieldSet): Conflict[] {
  return [...pathsOf(fields)].map((path) => ({ owner, path }));
}

/** Those that are not among the paths allowed. */
export function conflictsOutside(conflicts: readonly Conflict[], allowed: FieldSet): Conflict[] {
  return conflicts.filter(({ path }) => !hasField(allowed, path));
}

/** 409 in Kubernetes' words, which kubectl prints and knows. */
export function conflictError(conflicts: readonly Conflict[]): ApiError {
  const told = conflicts.slice(0, conflictsMax);
  return new ApiError(409, 'Conflict', conflictMessage(conflicts.length, told), {
    causes: told.map(({ owner, path }) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${ownerText(owner)}`,
      field: pathText(path),
    })),
  });
}

function conflictMessage(count: number, conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (count === 1 && first)
    return `Apply failed with 1 conflict: conflict with ${ownerText(first.owner)}: ${pathText(first.path)}`;
  const lines: string[] = [];
  let owner: Owner | undefined;
  for (const conflict of conflicts) {
    if (conflict.owner !== owner) lines.push(`conflicts with ${ownerText(conflict.owner)}:`);
    owner = conflict.owner;
    lines.push(`- ${pathText(conflict.path)}`);
  }
  return `Apply failed with ${count} conflicts: ${lines.join('\n')}`;
}

function ownerText({ manager, operation, apiVersion, subresource }: Owner): string {
  const name =
    JSON.stringify(manager) + (subresource ? ` with subresource ${JSON.stringify(subresource)}` : '');
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
