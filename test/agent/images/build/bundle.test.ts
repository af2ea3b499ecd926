import assert from 'node:assert/strict';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundle } from '../../../../agent/images/build/bundle.ts';
import { removeTemporaryFolders, temporaryFolder } from '../../blobs/fixtures.ts';

async function source(files: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

const handler = "export default { fetch: () => new Response('hello') };\n";

describe('bundling a handler', () => {
  afterEach(removeTemporaryFolders);

  it('takes a file, a folder, or what package.json names', async () => {
    const folder = await source({
      'index.js': handler,
      'package.json': '{"main": "web/main.ts"}',
      'web/main.ts': "const word: string = 'typed';\nexport default () => new Response(word);\n",
    });
    assert.match(await bundle(join(folder, 'index.js')), /"hello"/);
    assert.match(await bundle(folder), /"typed"/);
  });

  it('takes along what the handler imports: modules, packages, JSON and text', async () => {
    const folder = await source({
      'index.js': `import { a } from './a.js'; import b from 'b'; import c from './c.json'; import d from './d.txt';
export default () => Response.json([a, b, c, d]);`,
      'a.js': 'export const a = "from a module";',
      'node_modules/b/package.json': '{"name": "b", "main": "b.js"}',
      'node_modules/b/b.js': 'module.exports = "from a package";',
      'c.json': '{"from": "json"}',
      'd.txt': 'from text',
    });
    const script = await bundle(folder);
    for (const word of ['from a module', 'from a package', 'json', 'from text'])
      assert.ok(script.includes(word), word);
  });

  it('gives the same script wherever the source lies', async () => {
    const folder = await source({
      'index.js': "import './other.js';\n" + handler,
      'other.js': 'globalThis.x = 1;',
    });
    const copy = join(await temporaryFolder(), 'deeper', 'copy');
    await cp(folder, copy, { recursive: true });
    assert.equal(await bundle(copy), await bundle(folder));
  });

  for (const [what, files, message] of [
    [
      'a syntax error',
      { 'index.js': 'export default {\n  fetch( { return 1 }\n' },
      /index\.js:2:\d+: Expected/,
    ],
    [
      'no default export',
      { 'index.js': 'export const fetch = 1;' },
      /index\.js: has no default export\. Add: export default/,
    ],
    [
      'a missing module',
      { 'index.js': `import './gone.js';\n${handler}` },
      /index\.js:1:8: Could not resolve "\.\/gone\.js"/,
    ],
    [
      'a builtin of Node',
      { 'index.js': `import { readFile } from 'node:fs/promises';\n${handler}` },
      /index\.js:1:26: "node:fs\/promises" is a builtin of Node\.js.*ConfigMap/,
    ],
    [
      'a builtin by its bare name',
      { 'index.js': `import http from 'http';\n${handler}` },
      /"http" is a builtin.*export default/,
    ],
    ['a folder without a handler', { 'readme.md': 'nothing' }, /found none of index\.js/],
    ['a main that is not there', { 'package.json': '{"main": "gone.js"}' }, /names gone\.js as main/],
    ['a broken package.json', { 'package.json': '{' }, /package\.json/],
  ] as const)
    it(`refuses ${what} and says where and what to do`, async () => {
      const folder = await source(files);
      await assert.rejects(bundle(folder), (error: Error) => {
        assert.equal(error.name, 'BuildError');
        assert.match(error.message, message);
        return true;
      });
    });

  it('takes an npm package that carries a builtin’s name', async () => {
    const folder = await source({
      'index.js': `import events from 'events';\nexport default () => new Response(events);`,
      'node_modules/events/package.json': '{"name": "events", "main": "index.js"}',
      'node_modules/events/index.js': 'module.exports = "the package";',
    });
    assert.match(await bundle(folder), /the package/);
  });

  it('refuses a source that is not there', async () => {
    await assert.rejects(bundle('/nowhere/at/all'), /no such file or folder/);
  });
});
