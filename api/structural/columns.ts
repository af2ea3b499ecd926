import { age } from '../tables/duration.ts';
import { nameColumn } from '../tables/table.ts';
import type { Cell, Column, Columns } from '../tables/table.ts';
import type { CustomResourceColumnDefinition } from '../types.ts';
import { parseJsonPath, valuesAt } from './json-path.ts';
import type { JsonPath } from './json-path.ts';

const creationTimestamp =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata';

/** What `kubectl get` shows where the definition names no columns. */
const ageColumn: CustomResourceColumnDefinition = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: creationTimestamp,
};

/** The columns of a definition's version, after the name. A path that cannot be read shows nothing: definitions with one are refused. */
export function printerColumns(columns: readonly CustomResourceColumnDefinition[] = []): Columns<object> {
  const shown = columns.length > 0 ? columns : [ageColumn];
  return [nameColumn as Column<object>, ...shown.map(columnOf)];
}

function columnOf(column: CustomResourceColumnDefinition): Column<object> {
  const { name, type, format = '', priority = 0, jsonPath } = column;
  const path = parseJsonPath(jsonPath) ?? [];
  return {
    name,
    type: type as Column<object>['type'],
    format,
    priority,
    description: column.description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    cell: (object, now) => cellAt(object, path, type, now),
  };
}

function cellAt(object: object, path: JsonPath, type: string, now: Date): Cell {
  const [value] = valuesAt(object, path);
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? dateCell(value, now) : null;
    default:
      return typeof value === 'string' ? value : JSON.stringify(value);
  }
}

function dateCell(value: string, now: Date): string {
  return Number.isNaN(Date.parse(value)) ? '<invalid>' : age(value, now);
}
