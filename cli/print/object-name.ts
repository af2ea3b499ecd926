import type { Kind } from '../../api/kinds.ts';

/** An object by its kind and name, as kubectl writes it and takes it back: `pod/hello-1`, `deployment.apps/hello`. */
export function objectName(kind: Pick<Kind, 'singular' | 'group'>, name: string): string {
  return `${typeName(kind)}/${name}`;
}

export function typeName({ singular, group }: Pick<Kind, 'singular' | 'group'>): string {
  return group ? `${singular}.${group}` : singular;
}
