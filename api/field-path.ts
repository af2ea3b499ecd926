/** `spec.containers[0].env` and `image`, as one path; a path that is empty stands for the whole object. */
export function child(path: string, field: string): string {
  return path ? `${path}.${field}` : field;
}

/** `spec.containers` and 0, or `data` and `key.txt`, as one path. */
export function at(path: string, key: number | string): string {
  return `${path}[${key}]`;
}

/** A path as its steps: `data[key.txt]` is `['data', 'key.txt']`. Numbers stay text: only the object knows which it needs. */
export function steps(path: string): string[] {
  return [...path.matchAll(/\[([^\]]*)\]|[^.[\]]+/g)].map((match) => match[1] ?? match[0]);
}

/** Whether `path` is `ancestor` or lies within it. */
export function isWithin(path: string, ancestor: string): boolean {
  if (path === ancestor || ancestor === '') return true;
  return path.startsWith(ancestor) && ['.', '['].includes(path[ancestor.length]!);
}
