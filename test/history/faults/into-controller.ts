/**
 * Loaded before the program (`node --import`), puts a fault into the built `kith controller` that runs behind it: two of its modules are
 * replaced by ones that wrap them. Production code knows nothing of this. `KITH_TEST_FAULT` names the fault, `KITH_TEST_SEED` replays it.
 */
import { registerHooks } from 'node:module';

const wrappers: Record<string, URL> = {
  '/dist/controller/store/open-store.js': new URL('open-store.ts', import.meta.url),
  '/dist/controller/store/sqlite/sqlite-log.js': new URL('sqlite-log.ts', import.meta.url),
};

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    const wrapped = Object.entries(wrappers).find(([path]) => resolved.url.endsWith(path));
    // The wrapper itself asks for the real one by a query, which makes it another module.
    return wrapped ? { ...resolved, url: wrapped[1].href, format: 'module-typescript' } : resolved;
  },
});
