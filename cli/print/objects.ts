import { kindOf, type Kind } from '../../api/kinds.ts';
import type { KubeObject } from '../../client/client.ts';
import { objectName } from './object-name.ts';

export type ObjectFormat = 'json' | 'yaml' | 'name';

/** Whole objects as text: a single one, a list, or one after the other as a watch brings them. */
export interface ObjectPrinter {
  one(object: KubeObject): string;
  all(objects: KubeObject[]): string;
  next(object: KubeObject): string;
}

const listOf = (items: KubeObject[]) => ({ apiVersion: 'v1', kind: 'List', metadata: {}, items });

export async function objectPrinter(format: ObjectFormat): Promise<ObjectPrinter> {
  if (format === 'name')
    return {
      one: nameLine,
      all: (objects) => objects.map(nameLine).join(''),
      next: nameLine,
    };
  if (format === 'json') {
    const text = (value: unknown) => `${JSON.stringify(value, null, 4)}\n`;
    return { one: text, all: (objects) => text(listOf(objects)), next: text };
  }
  // Most commands have no use for it, and each start pays for what it imports.
  const { stringify } = await import('yaml');
  // What YAML 1.1, which Kubernetes reads, would take for something else than text (yes, 0644) stands in quotes.
  const text = (value: unknown) =>
    stringify(value, { lineWidth: 0, indentSeq: false, compat: 'yaml-1.1', aliasDuplicateObjects: false });
  return { one: text, all: (objects) => text(listOf(objects)), next: (object) => `---\n${text(object)}` };
}

function nameLine(object: KubeObject): string {
  const kind = kindOf(object.apiVersion, object.kind) ?? customKindOf(object);
  return `${objectName(kind, object.metadata?.name ?? '')}\n`;
}

/** Of a custom resource as much as its name needs. */
function customKindOf({ apiVersion = '', kind = '' }: KubeObject): Pick<Kind, 'singular' | 'group'> {
  return { singular: kind.toLowerCase(), group: apiVersion.includes('/') ? apiVersion.split('/')[0]! : '' };
}
