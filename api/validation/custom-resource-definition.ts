import { forbiddenField, invalidValue, notSupported, required, tooMany } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { goStrings } from '../go-strings.ts';
import { isConditionTrue } from '../conditions.ts';
import { kinds } from '../kinds.ts';
import { sameJson } from '../plain-objects.ts';
import { schemaAt } from '../structural/open-api.ts';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
  ObjectMeta,
  SelectableField,
} from '../types.ts';
import { validatePrinterColumns, validateSimplePath } from './custom-resource-columns.ts';
import { validateCustomSchema } from './custom-resource-schema.ts';
import { dns1035Label, dnsSubdomain } from './names.ts';
import { immutable } from './rules.ts';

/** Kubernetes' limit on what a custom resource can be selected by. */
const selectableFieldsMax = 8;
const approval = 'api-approved.kubernetes.io';

/**
 * What a CustomResourceDefinition must be.
 *
 * Source: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go
 */
export function validateCustomResourceDefinition(
  object: CustomResourceDefinition,
  old?: CustomResourceDefinition,
): FieldError[] {
  const { metadata } = object;
  // What is missing altogether is as if it were empty, as in Go.
  const spec: CustomResourceDefinitionSpec = {
    ...object.spec,
    group: object.spec?.group ?? '',
    scope: object.spec?.scope ?? '',
    names: {
      ...object.spec?.names,
      plural: object.spec?.names?.plural ?? '',
      kind: object.spec?.names?.kind ?? '',
    },
    versions: (object.spec?.versions ?? []).map((each) => ({ ...each, name: each.name ?? '' })),
  };
  const wanted = `${spec.names.plural}.${spec.group}`;
  return [
    ...(old ? [] : validateName(metadata, wanted)),
    ...validateSpec(spec, old?.spec),
    ...(kinds.some(({ group, plural }) => group === spec.group && plural === spec.names.plural)
      ? // Its objects would lie among those of the built-in kind, and take them along when it is deleted.
        [forbiddenField('spec.names.plural', `${wanted} is a kind that the API server brings`)]
      : []),
    ...(old ? unchanged(spec, old) : []),
    ...validateStoredVersions(spec, object.status?.storedVersions),
    ...validateApproval(object, spec.group, old),
    ...(spec.preserveUnknownFields
      ? [
          invalidValue(
            'spec.preserveUnknownFields',
            true,
            'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
          ),
        ]
      : []),
  ];
}

function validateSpec(
  spec: CustomResourceDefinitionSpec,
  old: CustomResourceDefinitionSpec | undefined,
): FieldError[] {
  const { group, names, scope, versions } = spec;
  const errors: FieldError[] = [];
  if (!group) errors.push(required('spec.group'));
  else if (dnsSubdomain(group)) errors.push(invalidValue('spec.group', group, dnsSubdomain(group)!));
  else if (!group.includes('.'))
    errors.push(invalidValue('spec.group', group, 'should be a domain with at least one dot'));
  if (!scope) errors.push(required('spec.scope'));
  else if (!['Cluster', 'Namespaced'].includes(scope))
    errors.push(notSupported('spec.scope', scope, ['Cluster', 'Namespaced']));
  for (const [index, version] of versions.entries())
    if (!version.schema?.openAPIV3Schema)
      errors.push(
        required(child(at('spec.versions', index), 'schema.openAPIV3Schema'), 'schemas are required'),
      );
  const versionNames = versions.map(({ name }) => name);
  for (const [index, name] of versionNames.entries())
    if (dns1035Label(name))
      errors.push(invalidValue(`spec.versions[${index}].name`, name, dns1035Label(name)!));
  if (new Set(versionNames).size < versionNames.length)
    errors.push(invalidValue('spec.versions', versionNames, 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1)
    errors.push(
      invalidValue('spec.versions', versionNames, 'must have exactly one version marked as storage version'),
    );
  return [
    ...errors,
    ...(['plural', 'singular', 'kind', 'listKind'] as const)
      .filter((name) => !names[name])
      .map((name) => required(`spec.names.${name}`)),
    ...validateNames(names, 'spec.names'),
    ...validateVersions(versions, old),
  ];
}

function validateNames(names: CustomResourceDefinitionNames, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const check = (name: string, value: string | undefined, lower: boolean) => {
    if (!value) return;
    const problem = dns1035Label(lower ? value.toLowerCase() : value);
    const words = lower ? 'may have mixed case, but should otherwise match: ' : '';
    if (problem) errors.push(invalidValue(child(path, name), value, `${words}${problem}`));
  };
  check('plural', names.plural, false);
  check('singular', names.singular, false);
  check('kind', names.kind, true);
  check('listKind', names.listKind, true);
  for (const [index, each] of (names.shortNames ?? []).entries()) check(at('shortNames', index), each, false);
  if (names.kind && names.kind === names.listKind)
    errors.push(
      invalidValue(child(path, 'listKind'), names.listKind, 'kind and listKind may not be the same'),
    );
  for (const [index, each] of (names.categories ?? []).entries()) check(at('categories', index), each, false);
  return errors;
}

/**
 * Where Kubernetes finds a part of a version at fault: what all versions have alike it keeps once, outside of them, and names it so.
 */
function placeOf(
  versions: readonly CustomResourceDefinitionVersion[],
  index: number,
  part: 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields',
): string | undefined {
  const isShared = versions.every((each) => sameJson(each[part], versions[0]![part]));
  if (!isShared) return child(at('spec.versions', index), part);
  return index === 0 ? child('spec', part === 'schema' ? 'validation' : part) : undefined;
}

function validateVersions(
  versions: readonly CustomResourceDefinitionVersion[],
  old: CustomResourceDefinitionSpec | undefined,
): FieldError[] {
  return versions.flatMap((version, index) => {
    const {
      schema,
      subresources,
      additionalPrinterColumns,
      selectableFields,
      deprecated,
      deprecationWarning,
    } = version;
    const place = (part: Parameters<typeof placeOf>[2]) => placeOf(versions, index, part);
    const [schemaPlace, subPlace] = [place('schema'), place('subresources')];
    const [columnsPlace, fieldsPlace] = [place('additionalPrinterColumns'), place('selectableFields')];
    const known = old?.versions.find(({ name }) => name === version.name)?.schema?.openAPIV3Schema;
    const warning = child(at('spec.versions', index), 'deprecationWarning');
    return [
      ...(!deprecated && deprecationWarning !== undefined
        ? [invalidValue(warning, deprecationWarning, 'can only be set for deprecated versions')]
        : []),
      ...(deprecationWarning === '' ? [invalidValue(warning, '', 'must not be an empty string')] : []),
      ...((deprecationWarning ?? '').length > 256
        ? [invalidValue(warning, deprecationWarning, 'must be <= 256 characters long')]
        : []),
      ...(schemaPlace && schema?.openAPIV3Schema
        ? validateCustomSchema(schema.openAPIV3Schema, child(schemaPlace, 'openAPIV3Schema'), {
            hasStatus: subresources?.status !== undefined,
            old: known,
          })
        : []),
      ...(subPlace ? validateSubresources(subresources, subPlace) : []),
      ...(columnsPlace ? validatePrinterColumns(additionalPrinterColumns, columnsPlace) : []),
      ...(fieldsPlace ? validateSelectableFields(selectableFields, version, fieldsPlace) : []),
    ];
  });
}

function validateSubresources(
  subresources: CustomResourceSubresources | undefined,
  path: string,
): FieldError[] {
  const scale = subresources?.scale;
  if (!scale) return [];
  const check = (name: 'specReplicasPath' | 'statusReplicasPath' | 'labelSelectorPath', under: string[]) => {
    const field = `${path}.scale.${name}`;
    const text = scale[name];
    if (!text) return name === 'labelSelectorPath' ? [] : [required(field)];
    const wrong = validateSimplePath(text, field);
    if (wrong.length > 0) return wrong;
    const either = under.length > 1 ? 'either ' : '';
    const names = under.map((each) => `.${each}`).join(' or ');
    return under.some((each) => text.startsWith(`.${each}.`))
      ? []
      : [invalidValue(field, text, `should be a json path under ${either}${names}`)];
  };
  return [
    ...check('specReplicasPath', ['spec']),
    ...check('statusReplicasPath', ['status']),
    ...check('labelSelectorPath', ['spec', 'status']),
  ];
}

function validateSelectableFields(
  fields: readonly SelectableField[] = [],
  { schema }: CustomResourceDefinitionVersion,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { jsonPath }] of fields.entries()) {
    const field = child(at(path, index), 'jsonPath');
    if (!jsonPath) {
      errors.push(required(field));
      continue;
    }
    const found =
      !jsonPath.includes('[') && schema?.openAPIV3Schema && schemaAt(schema.openAPIV3Schema, jsonPath);
    if (!found) {
      const why = jsonPath.includes('[')
        ? 'array notation is not allowed'
        : 'does not refer to a valid field';
      errors.push(invalidValue(field, jsonPath, `is an invalid path: ${why}`));
      continue;
    }
    if (found.steps[0] === 'metadata')
      errors.push(invalidValue(field, jsonPath, 'must not point to fields in metadata'));
    if (!['string', 'boolean', 'integer'].includes(found.schema.type ?? ''))
      errors.push(
        invalidValue(
          field,
          jsonPath,
          'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
        ),
      );
    const key = found.steps.join('.');
    if (seen.has(key)) errors.push({ field, type: 'FieldValueDuplicate', value: jsonPath, detail: '' });
    seen.add(key);
  }
  if (seen.size > selectableFieldsMax) errors.push(tooMany(path, seen.size, selectableFieldsMax));
  return errors;
}

/** Also what a name is generated from must be it, so that there is no generated name at all. */
function validateName({ name = '', generateName }: ObjectMeta = {}, wanted: string): FieldError[] {
  const must = 'must be spec.names.plural+"."+spec.group';
  return [
    ...(generateName && generateName !== wanted
      ? [invalidValue('metadata.generateName', generateName, must)]
      : []),
    ...(name !== wanted ? [invalidValue('metadata.name', name, must)] : []),
  ];
}

function unchanged(spec: CustomResourceDefinitionSpec, old: CustomResourceDefinition): FieldError[] {
  const isEstablished = isConditionTrue(old.status?.conditions, 'Established');
  return [
    ...(isEstablished ? immutable('spec.scope', spec.scope, old.spec.scope) : []),
    ...(isEstablished ? immutable('spec.names.kind', spec.names.kind, old.spec.names.kind) : []),
    ...immutable('spec.group', spec.group, old.spec.group),
    ...immutable('spec.names.plural', spec.names.plural, old.spec.names.plural),
  ];
}

function validateStoredVersions(
  spec: CustomResourceDefinitionSpec,
  stored: readonly string[] = [],
): FieldError[] {
  const field = 'status.storedVersions';
  if (stored.length === 0)
    return [invalidValue(field, goStrings('string', undefined), 'must have at least one stored version')];
  const storage = spec.versions.find((each) => each.storage)?.name;
  return [
    ...(storage && !stored.includes(storage)
      ? [invalidValue(field, stored, `must have the storage version ${storage}`)]
      : []),
    ...stored.flatMap((version, index) =>
      spec.versions.some(({ name }) => name === version)
        ? []
        : [
            invalidValue(
              at(field, index),
              version,
              `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`,
            ),
          ],
    ),
  ];
}

/** Groups of Kubernetes' own may be added to only by who says that it is meant. */
function validateApproval(
  { metadata }: CustomResourceDefinition,
  group: string,
  old: CustomResourceDefinition | undefined,
): FieldError[] {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return [];
  const said = metadata?.annotations?.[approval];
  if (old && old.metadata?.annotations?.[approval] === said) return [];
  const field = at('metadata.annotations', approval);
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111';
  if (!said) return [required(field, `protected groups must have approval annotation "${approval}", ${see}`)];
  if (said.startsWith('unapproved') || (/^[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(said) && URL.canParse(said)))
    return [];
  return [
    invalidValue(
      field,
      said,
      `protected groups must have approval annotation "${approval}" with either a URL or a reason starting with "unapproved", ${see}`,
    ),
  ];
}

/** What Kubernetes has and kith has not yet. */
export function refuseCustomResourceDefinition({ spec }: CustomResourceDefinition): FieldError[] {
  if (!spec?.conversion || spec.conversion.strategy === 'None') return [];
  if (!spec.conversion.strategy) return [required('spec.conversion.strategy')];
  if (spec.conversion.strategy !== 'Webhook')
    return [notSupported('spec.conversion.strategy', spec.conversion.strategy, ['None', 'Webhook'])];
  return [
    forbiddenField(
      'spec.conversion.strategy',
      'kith calls no webhooks, so it cannot convert between versions by one: set None, where versions differ in their apiVersion only',
    ),
  ];
}
