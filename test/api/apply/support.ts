import { applyConfiguration, type Applied } from '../../../api/apply/apply.ts';
import { mergeSchemaOf } from '../../../api/apply/object-schema.ts';
import { printOwners } from '../../../api/apply/owners.ts';
import { resetFieldsOf } from '../../../api/apply/reset-fields.ts';
import { ownersAfterUpdate, ownersToStartFrom } from '../../../api/apply/update.ts';
import { kindNamed, type Kind } from '../../../api/kinds.ts';
import type { PlainObject } from '../../../api/plain-objects.ts';
import type { ManagedFieldsEntry } from '../../../api/types.ts';

/** An object as a server would hold it, whose writers come one after the other, a second apart. */
export class Written {
  object: PlainObject | undefined;
  readonly #kind: Kind;
  #seconds = 0;

  constructor(kind: Kind | string) {
    this.#kind = typeof kind === 'string' ? kindNamed(kind) : kind;
  }

  get managedFields(): ManagedFieldsEntry[] {
    const metadata = (this.object?.['metadata'] ?? {}) as PlainObject;
    return (metadata['managedFields'] ?? []) as ManagedFieldsEntry[];
  }

  /** The fields of an owner; undefined where it owns none. */
  fieldsOf(manager: string, subresource?: string): unknown {
    return this.managedFields.find((each) => each.manager === manager && each.subresource === subresource)
      ?.fieldsV1;
  }

  update(manager: string, next: PlainObject, subresource?: string): this {
    const given = (next['metadata'] as PlainObject)['managedFields'];
    const stored = this.object && this.managedFields;
    const owners = ownersAfterUpdate(
      ownersToStartFrom(stored, given),
      this.object && bare(this.object),
      bare(next),
      this.#writing(manager, subresource),
    );
    this.object = withOwners(next, printOwners(owners));
    return this;
  }

  /** @throws ApiError */
  apply(manager: string, configuration: PlainObject, force = false): Applied {
    const whole = { apiVersion: this.#kind.apiVersion, kind: this.#kind.kind, ...configuration };
    const applied = applyConfiguration(this.object ?? {}, whole, {
      ...this.#writing(manager, undefined),
      kind: this.#kind.kind,
      force,
    });
    this.object = withOwners(applied.object, printOwners(applied.owners));
    return applied;
  }

  #writing(manager: string, subresource: string | undefined) {
    this.#seconds += 1;
    return {
      schema: mergeSchemaOf(this.#kind),
      manager,
      apiVersion: this.#kind.apiVersion,
      subresource,
      reset: resetFieldsOf(this.#kind, subresource),
      time: `2026-11-20T12:00:${String(this.#seconds).padStart(2, '0')}Z`,
    };
  }
}

function bare(object: PlainObject): PlainObject {
  const { managedFields: _owners, ...metadata } = (object['metadata'] ?? {}) as PlainObject;
  return { ...object, metadata };
}

function withOwners(object: PlainObject, managedFields: ManagedFieldsEntry[] | undefined): PlainObject {
  const whole = bare(object);
  return managedFields
    ? { ...whole, metadata: { ...(whole['metadata'] as PlainObject), managedFields } }
    : whole;
}
