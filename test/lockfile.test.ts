import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

interface Locked {
  optionalDependencies?: Record<string, string>;
}

describe('package-lock.json', () => {
  it('lists every optional dependency, so that npm ci accepts it on every platform', () => {
    const text = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
    const { packages } = JSON.parse(text) as { packages: Record<string, Locked> };
    const missing: string[] = [];
    for (const [path, { optionalDependencies = {} }] of Object.entries(packages))
      for (const [name, version] of Object.entries(optionalDependencies))
        if (!placesOf(path, name).some((place) => place in packages))
          missing.push(`${name}@${version} (of ${path || 'kith'})`);
    assert.deepEqual(missing, []);
  });
});

/** Where Node would look for `name` from the package at `path`. */
function placesOf(path: string, name: string): string[] {
  const places = [`node_modules/${name}`];
  for (
    let at = path;
    at !== '';
    at = at.includes('/node_modules/') ? at.slice(0, at.lastIndexOf('/node_modules/')) : ''
  )
    places.push(`${at}/node_modules/${name}`);
  return places;
}
