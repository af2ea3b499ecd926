import { forbiddenField, invalidValue } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { sameJson } from '../plain-objects.ts';
import { checkBudgets } from '../structural/cel-budget.ts';
import { checkRules } from '../structural/cel-check.ts';
import { validateLists } from '../structural/lists.ts';
import { validateOpenApi } from '../structural/open-api.ts';
import { prune } from '../structural/prune.ts';
import { validateStructural } from '../structural/rules.ts';
import { isEmbedded, itemsOf, metaFields, propertyOf } from '../structural/schema.ts';
import type { Schema } from '../structural/schema.ts';
import { noField, validateValue } from '../structural/validate.ts';

export interface SchemaContext {
  /** Whether the status is a part of its own, so that the root may say less. */
  hasStatus: boolean;
  /** The schema that this one replaces: what it said already is not asked again whether it is cheap enough. */
  old: Schema | undefined;
}

/** What the root of a schema may say where the status is written apart; Kubernetes names its own fields so. */
const rootFields = [
  'description',
  'type',
  'format',
  'title',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'required',
  'items',
  'properties',
  'externalDocs',
  'example',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
];
const rootFieldsShown =
  '[Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations]';

/** All that Kubernetes asks of the schema of one version, at `path`. */
export function validateCustomSchema(
  schema: Schema,
  path: string,
  { hasStatus, old }: SchemaContext,
): FieldError[] {
  const structural = validateStructural(schema, path);
  const defaults = structural.length === 0 ? validateDefaults(schema, path) : [];
  const openApi = validateOpenApi(schema, path);
  const isSound = structural.length === 0 && defaults.length === 0 && openApi.length === 0;
  return [
    ...(hasStatus ? validateRoot(schema, path) : []),
    ...(schema.nullable
      ? [forbiddenField(child(path, 'nullable'), 'nullable cannot be true at the root')]
      : []),
    ...structural,
    ...defaults,
    ...openApi,
    // Of a schema that is wrong, rules would only say what it said.
    ...(isSound
      ? [
          ...checkRules(schema, path),
          ...checkBudgets(schema, path, old !== undefined && sameJson(schema, old)),
        ]
      : []),
  ];
}

function validateRoot(schema: Schema, path: string): FieldError[] {
  if (schema.type && schema.type !== 'object')
    return [
      invalidValue(
        child(path, 'type'),
        schema.type,
        'only "object" is allowed as the type at the root of the schema if the status subresource is enabled',
      ),
    ];
  const other = Object.keys(schema).find((name) => !rootFields.includes(name));
  if (other === undefined) return [];
  const detail = `only ${rootFieldsShown} fields are allowed at the root of the schema if the status subresource is enabled`;
  return [invalidValue(path, schema, detail)];
}

/** Defaults must be as good as what users write. */
function validateDefaults(schema: Schema, path: string, isMeta = false): FieldError[] {
  const errors: FieldError[] = [];
  const field = child(path, 'default');
  if (schema.default !== undefined && !isMeta) {
    const holder = { type: 'object', properties: { value: schema } };
    const pruned = prune({ value: schema.default }, holder);
    if (!sameJson(pruned.object['value'], schema.default))
      errors.push(invalidValue(field, schema.default, 'must not have unknown fields'));
    errors.push(...pruned.wrong.map((error) => ({ ...error, field: error.field.replace(/^value/, field) })));
    errors.push(
      // Kubernetes looks at a default by itself, and says so with an empty name.
      ...validateValue(schema.default, schema).map((error) => ({
        ...error,
        field: error.field === '' || error.field === noField ? field : child(field, error.field),
      })),
      ...validateLists(schema.default, schema, field),
    );
  }
  const items = itemsOf(schema);
  if (items) errors.push(...validateDefaults(items, child(path, 'items'), isMeta));
  for (const key of Object.keys(schema.properties ?? {})) {
    const property = propertyOf(schema, key);
    const isInMeta = isMeta || (isEmbedded(schema) && metaFields.has(key));
    if (property) errors.push(...validateDefaults(property, at(child(path, 'properties'), key), isInMeta));
  }
  return errors;
}
