/** Pairs under each other; what is not set is left out. */
export function pairs(fields: Record<string, string | number | undefined>, indent = ''): string[] {
  const shown = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length)) + 2;
  return shown.flatMap(([name, value]) => {
    const [first = '', ...rest] = String(value).split('\n');
    return [
      `${indent}${`${name}:`.padEnd(width)}${first}`,
      ...rest.map((line) => `${indent}${' '.repeat(width)}${line}`),
    ];
  });
}

export function list(map: Record<string, string> | undefined): string | undefined {
  return map && Object.keys(map).length > 0
    ? Object.entries(map)
        .map(([key, value]) => `${key}=${value}`)
        .join('\n')
    : undefined;
}

/** A map whose values may be numbers, as quantities are. */
export const texts = (map: Record<string, unknown> | undefined) =>
  map && Object.fromEntries(Object.entries(map).map(([key, value]) => [key, String(value)]));
