import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../agent/images/build/bundle.ts';
import { componentOf, engineVersion } from '../../agent/images/build/component.ts';

const cache = fileURLToPath(new URL('../../node_modules/.cache/kith-test-components', import.meta.url));

/**
 * The component built from a JavaScript handler, as `kith image build` makes it. A build takes seconds, so it is kept by what it
 * is made of: the bundled script and the engine.
 */
export async function componentFrom(source: URL): Promise<string> {
  const script = await bundle(fileURLToPath(source));
  const digest = createHash('sha256').update(engineVersion()).update(script).digest('hex');
  const path = `${cache}/${digest}.wasm`;
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, await componentOf(script));
  renameSync(temporary, path);
  return path;
}
