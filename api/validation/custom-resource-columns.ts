import { invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { parseJsonPath } from '../structural/json-path.ts';
import type { CustomResourceColumnDefinition } from '../types.ts';

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

/** What a definition's columns must be. */
export function validatePrinterColumns(
  columns: readonly CustomResourceColumnDefinition[] = [],
  path: string,
): FieldError[] {
  return columns.flatMap(({ name, type, format, jsonPath }, index) => {
    const place = at(path, index);
    const oneOf = (field: string, value: string, all: readonly string[]) =>
      all.includes(value)
        ? []
        : [invalidValue(child(place, field), value, `must be one of ${all.join(',')}`)];
    const pathField = child(place, 'JSONPath');
    return [
      ...(name ? [] : [required(child(place, 'name'))]),
      ...(type
        ? oneOf('type', type, columnTypes)
        : [required(child(place, 'type'), `must be one of ${columnTypes.join(',')}`)]),
      ...(format ? oneOf('format', format, columnFormats) : []),
      ...(jsonPath ? validateReadablePath(jsonPath, pathField) : [required(pathField)]),
    ];
  });
}

/** Kubernetes' own check of a path, which is not much. */
export function validateSimplePath(path: string, field: string): FieldError[] {
  return path.startsWith('.')
    ? []
    : [invalidValue(field, path, 'must be a simple json path starting with .')];
}

function validateReadablePath(path: string, field: string): FieldError[] {
  const wrong = validateSimplePath(path, field);
  if (wrong.length > 0 || parseJsonPath(path)) return wrong;
  return [
    invalidValue(
      field,
      path,
      'kith reads names, quoted names, indexes, [*] and filters such as [?(@.type=="Ready")], and this is more: write it in these',
    ),
  ];
}
