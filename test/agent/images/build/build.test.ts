import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageBuild } from '../../../../agent/images/build/build.ts';
import { openImages } from '../../../../agent/images/open-images.ts';
import { resolveLocal } from '../../../../agent/images/resolve-local.ts';
import { systemClock } from '../../../../process/clock.ts';
import { silentLog } from '../../../../process/log.ts';
import { removeTemporaryFolders, temporaryFolder } from '../../blobs/fixtures.ts';
import { served } from './served.ts';

const hello = join(import.meta.dirname, '../../../../manifests/hello');

describe('building an image', function () {
  this.timeout(60_000);
  afterEach(removeTemporaryFolders);

  it('puts it where an agent finds it, does not build the same source twice, and builds a changed one anew', async () => {
    const imagesFolder = await temporaryFolder();
    const sourceFolder = join(await temporaryFolder(), 'hello');
    await cp(hello, sourceFolder, { recursive: true });
    const build = () => imageBuild({ sourceFolder, reference: 'hello:v1', imagesFolder });
    const first = await build();
    assert.equal(first.reused, false);
    const images = await openImages({
      folder: imagesFolder,
      peers: async () => [],
      clock: systemClock,
      log: silentLog,
    });
    const image = await images.pull('hello:v1', { policy: 'Never' });
    assert.deepEqual([image.kind, image.digest], ['wasm', first.digest]);
    assert.equal((await readFile(image.path)).length, first.componentBytes);

    const second = await build();
    assert.deepEqual([second.reused, second.digest], [true, first.digest]);

    const page = await readFile(join(sourceFolder, 'page.js'), 'utf8');
    await writeFile(join(sourceFolder, 'page.js'), page.replace('Reload', 'Come again'));
    const changed = await build();
    assert.equal(changed.reused, false);
    assert.notEqual(changed.digest, first.digest);
    assert.equal(await resolveLocal(imagesFolder, 'hello:v1'), changed.digest);
  });

  it('refuses a name that is none before it builds', async () => {
    const imagesFolder = await temporaryFolder();
    const build = (reference: string) => imageBuild({ sourceFolder: hello, reference, imagesFolder });
    await assert.rejects(build('Hello:v1'), { reason: 'InvalidImageName' });
    await assert.rejects(build(`hello@sha256:${'0'.repeat(64)}`), /a digest cannot be given/);
  });
});

describe('the hello app', function () {
  this.timeout(60_000);

  it('names its pod in header and body, shows its greeting, and proves the secret without telling it', async () => {
    const app = await served(hello, {
      POD_NAME: 'hello-abc',
      NODE_NAME: 'attic',
      GREETING: 'Good <morning>',
      API_TOKEN: 'only-an-example',
    });
    try {
      const text = await app.get('/');
      assert.equal(text.headers['x-pod-name'], 'hello-abc');
      assert.equal(text.text, 'Good <morning> from hello-abc on attic (secret present)\n');
      const html = await app.get('/', { headers: { accept: 'text/html,*/*' } });
      assert.match(html.headers['content-type']!, /text\/html/);
      assert.match(html.text, /hello-abc/);
      assert.match(html.text, /Good &lt;morning&gt;/);
      const json = JSON.parse((await app.get('/', { headers: { accept: 'application/json' } })).text);
      assert.deepEqual([json.pod, json.secret], ['hello-abc', 'present']);
      for (const answer of [text.text, html.text, JSON.stringify(json)])
        assert.doesNotMatch(answer, /only-an-example/);
      const health = await app.get('/healthz');
      assert.deepEqual([health.status, health.headers['x-pod-name']], [200, 'hello-abc']);
      assert.equal((await app.get('/nowhere')).status, 404);
    } finally {
      await app.close();
    }
  });
});
