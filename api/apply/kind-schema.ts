import { fieldMerging, typeMerging, typeSchema } from '../schema/load.ts';
import { plainBooleans } from '../schema/plain-booleans.ts';
import type { FieldMerging, FieldSchema } from '../schema/schema.ts';
import { untypedWhole } from './merge-schema.ts';
import type { MapSchema, MergeSchema } from './merge-schema.ts';

const byType = new Map<string, MapSchema>();

/** How objects of a type in the schema data are merged, such as `Scale`. */
export function typeMergeSchema(type: string): MapSchema {
  let found = byType.get(type);
  if (!found) byType.set(type, (found = mapOfType(type)));
  return found;
}

const text: MergeSchema = { shape: 'leaf', scalar: 'string' };
const anyLeaf: MergeSchema = { shape: 'leaf', scalar: 'any' };

function mapOfType(type: string): MapSchema {
  const { fields } = typeSchema(type);
  const known = new Map<string, MergeSchema>();
  const present = new Map<string, unknown>();
  const omitted = new Set<string>();
  for (const [name, schema] of Object.entries(fields))
    if (isPresent(type, name, schema)) present.set(name, emptyOf(schema));
    else if (isOmitted(name, schema)) omitted.add(name);
  return {
    shape: 'map',
    ...(typeMerging(type).atomic && { atomic: true }),
    field(name) {
      let found = known.get(name);
      if (found) return found;
      if (!Object.hasOwn(fields, name)) return undefined;
      known.set(name, (found = ofField(fields[name]!, fieldMerging(type, name))));
      return found;
    },
    present,
    omitted,
  };
}

/** Of what may be left out, an empty list, map or text is: Go's `omitempty`. An empty object behind a pointer is not. */
const omittedTypes = new Set<FieldSchema['type']>(['array', 'map', 'string', 'bytes']);
function isOmitted(name: string, { type }: FieldSchema): boolean {
  if (type === 'boolean') return plainBooleans.has(name);
  return omittedTypes.has(type) && !emptyTexts.has(name);
}

/** Texts behind a pointer, of which the empty one means something. */
const emptyTexts = new Set(['storageClassName', 'volumeAttributesClassName']);
/** Times that are no pointers: they are there as null. */
const writtenTimes = new Set([
  'creationTimestamp',
  'deprecatedFirstTimestamp',
  'deprecatedLastTimestamp',
  'eventTime',
  'finishedAt',
  'firstTimestamp',
  'lastHeartbeatTime',
  'lastObservedTime',
  'lastProbeTime',
  'lastTimestamp',
  'lastTransitionTime',
  'lastUpdateTime',
  'startedAt',
]);

function isPresent(type: string, name: string, schema: FieldSchema): boolean {
  if (fieldMerging(type, name).present) return true;
  if (schema.type === 'time' || schema.type === 'microTime') return writtenTimes.has(name);
  return schema.type === 'array' && Boolean(schema.required);
}

const emptyObject = Object.freeze({});

function emptyOf(schema: FieldSchema): unknown {
  switch (schema.type) {
    case 'object':
      return emptyObject;
    case 'integer':
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'string':
      return '';
    default:
      return null;
  }
}

function ofField(schema: FieldSchema, merging: FieldMerging): MergeSchema {
  switch (schema.type) {
    case 'string':
    case 'bytes':
      return text;
    case 'boolean':
      return { shape: 'leaf', scalar: 'boolean' };
    case 'integer':
    case 'number':
      return { shape: 'leaf', scalar: 'number' };
    case 'any':
      return untypedWhole;
    case 'object': {
      const of = typeMergeSchema(schema.of);
      return merging.atomic ? { ...of, atomic: true } : of;
    }
    case 'map':
      return { shape: 'map', ...(merging.atomic && { atomic: true }), values: ofField(schema.values, {}) };
    case 'array': {
      const items = ofField(schema.items, {});
      const { list = 'atomic', keys } = merging;
      const of = schema.items.type === 'object' ? schema.items.of : undefined;
      return {
        shape: 'list',
        list,
        items,
        ...(keys && { keys }),
        ...(of && {
          keyDefault: (key: string) => fieldMerging(of, key).default ?? typeMergeSchema(of).present?.get(key),
        }),
      };
    }
    default:
      return anyLeaf;
  }
}
