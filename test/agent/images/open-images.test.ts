import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BlobStore } from '../../../agent/blobs/store.ts';
import { ImageLayout } from '../../../agent/images/layout.ts';
import { openImages, type ImageStore } from '../../../agent/images/open-images.ts';
import { importComponent } from '../../../agent/images/import-component.ts';
import { resolveLocal } from '../../../agent/images/resolve-local.ts';
import { systemClock } from '../../../process/clock.ts';
import { silentLog } from '../../../process/log.ts';
import { digestOf, removeTemporaryFolders, someBytes, temporaryFolder } from '../blobs/fixtures.ts';
import { startPeer } from '../blobs/peers.ts';

type Peer = Awaited<ReturnType<typeof startPeer>>;

/** What begins like a component; nothing here runs it. */
const component = (seed: number): Buffer =>
  Buffer.concat([Buffer.from([0, 0x61, 0x73, 0x6d, 13, 0, 1, 0]), someBytes(50_000, seed)]);

const rejectsWith = (reason: string, message: RegExp) => (error: Error & { reason?: string }) => {
  assert.equal(error.reason, reason, error.message);
  assert.match(error.message, message);
  return true;
};

describe('images', () => {
  let peers: Peer[] = [];
  let lies: string[];

  beforeEach(() => {
    lies = [];
  });
  afterEach(async () => {
    for (const peer of peers.splice(0)) await peer.close();
    await removeTemporaryFolders();
  });

  async function host(of: Peer[] = [], more: { folder?: string; quotaBytes?: number } = {}) {
    const folder = more.folder ?? (await temporaryFolder());
    const images = await openImages({
      folder,
      peers: async () => of,
      clock: systemClock,
      log: silentLog,
      quotaBytes: more.quotaBytes,
      onLie: (peer) => lies.push(peer),
    });
    return { folder, images };
  }

  async function serving(name: string, images: ImageStore): Promise<Peer> {
    const peer = await startPeer(name, (stream, headers) => assert.ok(images.serve(stream, headers)));
    peers.push(peer);
    return peer;
  }

  /** A machine that built `hello:v1` of `component(seed)`. */
  async function builder(seed = 1, name = 'builder') {
    const { folder, images } = await host();
    const built = await images.importComponent(component(seed), 'hello:v1');
    return { folder, images, built, peer: await serving(name, images) };
  }

  it('fetches a tag from the machine that built it: manifest, config and component', async () => {
    const { built, peer } = await builder();
    const { images } = await host([peer]);
    const progress: { bytes: number; totalBytes: number; from: string[] }[] = [];
    const image = await images.pull('hello:v1', {
      policy: 'IfNotPresent',
      onProgress: (now) => progress.push({ ...now }),
    });
    assert.deepEqual(
      { ...image, path: '' },
      { reference: 'hello:v1', digest: built.digest, kind: 'wasm', path: '' },
    );
    assert.deepEqual(await readFile(image.path), component(1));
    assert.deepEqual(progress.at(-1)!.from, ['builder']);
    assert.equal(progress.at(-1)!.bytes, progress.at(-1)!.totalBytes);
    assert.deepEqual(await images.list(), [
      { names: [`hello@${built.digest}`, 'hello:v1'], sizeBytes: built.sizeBytes },
    ]);
  });

  it('fetches by digest, and passes the image on to a third machine when the builder is gone', async () => {
    const { built, peer } = await builder();
    const second = await host([peer]);
    await second.images.pull(`hello:v1@${built.digest}`, { policy: 'IfNotPresent' });
    const third = await host([await serving('second', second.images)]);
    const image = await third.images.pull(`hello@${built.digest}`, { policy: 'Always' });
    assert.deepEqual(await readFile(image.path), component(1));
    assert.equal((await third.images.list()).length, 1);
  });

  it('does not ask anyone for what is here', async () => {
    const { built, peer } = await builder();
    const { images } = await host([peer]);
    await images.pull('hello:v1', { policy: 'IfNotPresent' });
    const asked = peer.asked.length;
    await images.pull('hello:v1', { policy: 'IfNotPresent' });
    await images.pull('hello:v1', { policy: 'Never' });
    await images.pull(`hello@${built.digest}`, { policy: 'Always' });
    assert.equal(peer.asked.length, asked);
  });

  it('resolves a tag anew with Always, keeps it with IfNotPresent, and goes on offline', async () => {
    const { images: theirs, peer } = await builder(1);
    const { images } = await host([peer]);
    const first = await images.pull('hello:v1', { policy: 'Always' });
    const moved = await theirs.importComponent(component(2), 'hello:v1');
    assert.equal((await images.pull('hello:v1', { policy: 'IfNotPresent' })).digest, first.digest);
    assert.equal((await images.pull('hello:v1', { policy: 'Always' })).digest, moved.digest);
    await peer.close();
    peers = [];
    assert.equal((await images.pull('hello:v1', { policy: 'Always' })).digest, moved.digest);
  });

  it('takes the builder’s word on a tag over that of machines that fetched it earlier', async () => {
    const { images: theirs, peer } = await builder(1);
    const stale = await host([peer]);
    await stale.images.pull('hello:v1', { policy: 'IfNotPresent' });
    const moved = await theirs.importComponent(component(2), 'hello:v1');
    const { images } = await host([await serving('stale', stale.images), peer]);
    assert.equal((await images.pull('hello:v1', { policy: 'IfNotPresent' })).digest, moved.digest);
  });

  it('never lets a peer outvote an image that was built here', async () => {
    const { peer } = await builder(1);
    const { images } = await host([peer]);
    const mine = await images.importComponent(component(2), 'hello:v1');
    assert.equal((await images.pull('hello:v1', { policy: 'Always' })).digest, mine.digest);
  });

  it('leaves a tag where it is when an image is pulled by digest: a rollback keeps the name of the newer build', async () => {
    const { images, folder } = await host();
    const before = await images.importComponent(component(1), 'hello:v1');
    const built = await images.importComponent(component(2), 'hello:v1');
    await images.pull(`hello:v1@${before.digest}`, { policy: 'IfNotPresent' });
    assert.equal(await resolveLocal(folder, 'hello:v1'), built.digest);
    assert.equal((await images.pull('hello:v1', { policy: 'Never' })).digest, built.digest);
    // Listed without a name, so that it is not swept while its pods run.
    assert.equal((await images.list()).length, 2);
  });

  it('says in Kubernetes’ words why there is no image', async () => {
    const { peer } = await builder();
    const { images } = await host([peer]);
    await assert.rejects(
      images.pull('hello:v1', { policy: 'Never' }),
      rejectsWith('ErrImageNeverPull', /imagePullPolicy: Never/),
    );
    await assert.rejects(
      images.pull(`hello@${digestOf(Buffer.from('x'))}`, { policy: 'Never' }),
      rejectsWith('ErrImageNeverPull', /imagePullPolicy: Never/),
    );
    await assert.rejects(
      images.pull('hello:v2', { policy: 'IfNotPresent' }),
      rejectsWith(
        'ErrImagePull',
        /no machine in reach knows it \(1 asked\).*asks no registry.*kith image build/,
      ),
    );
    await assert.rejects(
      images.pull(`hello@${digestOf(Buffer.from('x'))}`, { policy: 'IfNotPresent' }),
      rejectsWith('ErrImagePull', /No machine in reach has sha256/),
    );
    await assert.rejects(
      images.pull('Hello', { policy: 'Always' }),
      rejectsWith('InvalidImageName', /lower-case/),
    );
    const alone = await host();
    await assert.rejects(
      alone.images.pull('hello:v1', { policy: 'Always' }),
      rejectsWith('ErrImagePull', /no other machine is in reach/),
    );
  });

  it('names the peer that serves a forged component, and takes the true one elsewhere', async () => {
    const { built, images: theirs, peer } = await builder();
    const layer = (await theirs.inspect('hello:v1'))!.manifest.layers[0]!.digest;
    const forged = component(1);
    forged[30_000]! ^= 1;
    const liar = await startPeer('liar', (stream, headers) => {
      if (headers[':path'] !== `/blobs/${layer}`) return assert.ok(theirs.serve(stream, headers));
      stream.respond({ ':status': 200 });
      stream.end(forged);
    });
    peers.push(liar);
    const { images } = await host([liar, peer]);
    const image = await images.pull(`hello@${built.digest}`, { policy: 'IfNotPresent' });
    assert.deepEqual(await readFile(image.path), component(1));
    assert.deepEqual(lies, ['liar']);
    const onlyLiar = await host([liar]);
    await assert.rejects(
      onlyLiar.images.pull('hello:v1', { policy: 'IfNotPresent' }),
      rejectsWith('ErrImagePull', /liar sent something else/),
    );
  });

  it('says when the image would pass the owner’s quota', async () => {
    const { peer } = await builder();
    const { images } = await host([peer], { quotaBytes: 20_000 });
    await assert.rejects(
      images.pull('hello:v1', { policy: 'IfNotPresent' }),
      rejectsWith('ErrImagePull', /quota/),
    );
  });

  it('stops when asked to', async () => {
    const { peer } = await builder();
    const { images } = await host([peer]);
    const stopped = AbortSignal.abort(new Error('stopped'));
    await assert.rejects(images.pull('hello:v1', { policy: 'IfNotPresent', signal: stopped }), /stopped/);
  });

  it('refuses a path that names no image, also one that is no text, as the asker’s mistake', async () => {
    const { peer } = await builder();
    const statusOf = async (path: string) => {
      const { status, body } = await peer.fetch(path, {});
      body.resume();
      return status;
    };
    for (const path of ['/images/%E0%A4%A', '/images/%', '/images/', '/images/Hello:v1'])
      assert.equal(await statusOf(path), 400, path);
    assert.equal(await statusOf('/images/other:v1'), 404);
    assert.equal(await statusOf('/images/hello%3Av1'), 200);
  });

  it('says which images are here where one that is not is to get a name', async () => {
    const { images } = await host();
    await assert.rejects(
      images.tag('none:v1', 'two:v1'),
      /none:v1 is not on this machine\. It has no image\. kith image build/,
    );
    await images.importComponent(component(1), 'one:v1');
    await assert.rejects(images.tag('none:v1', 'two:v1'), /It has one:v1\./);
    await images.tag('one:v1', 'two:v1');
    await assert.rejects(images.tag('none:v1', 'two:v1'), /It has one:v1, two:v1\./);
  });

  it('removes an image’s blobs with its last name, and keeps those that others need', async () => {
    const { folder, images } = await host();
    await images.importComponent(component(1), 'one:v1');
    await images.tag('one:v1', 'two:v1');
    await images.importComponent(component(2), 'three:v1');
    const store = await BlobStore.open({ folder, clock: systemClock });
    const longAgo = new Date(Date.now() - 3_600_000);
    for (const { digest } of await store.list()) await utimes(store.pathOf(digest), longAgo, longAgo);
    await images.remove('one:v1');
    assert.equal((await images.pull('two:v1', { policy: 'Never' })).kind, 'wasm');
    await images.remove('two:v1');
    await assert.rejects(images.pull('two:v1', { policy: 'Never' }), { reason: 'ErrImageNeverPull' });
    assert.equal(await store.has(digestOf(component(1))), false);
    assert.equal(await store.has(digestOf(component(2))), true);
  });

  it('leaves alone what another process has written and not yet listed', async () => {
    const { folder, images } = await host();
    const store = await BlobStore.open({ folder, clock: systemClock });
    const fresh = await store.writeBytes(component(3));
    await images.importComponent(component(1), 'one:v1');
    await images.remove('one:v1');
    assert.equal(await store.has(fresh), true);
  });

  it('shows an agent what another process builds, without a restart', async () => {
    const { folder, images } = await host();
    await assert.rejects(images.pull('hello:v1', { policy: 'Never' }), { reason: 'ErrImageNeverPull' });
    const layout = new ImageLayout(folder, systemClock);
    const store = await BlobStore.open({ folder, clock: systemClock });
    const built = await importComponent({
      bytes: component(1),
      reference: 'hello:v1',
      store,
      layout,
      clock: systemClock,
    });
    assert.equal((await images.pull('hello:v1', { policy: 'Never' })).digest, built.digest);
    assert.equal(await resolveLocal(folder, 'hello:v1'), built.digest);
    assert.equal(await resolveLocal(folder, 'hello:v9'), undefined);
  });

  it('loses no tag when several processes tag at once', async function () {
    const folder = await temporaryFolder();
    const children = ['a', 'b', 'c'].map((name) =>
      fork(join(import.meta.dirname, 'tag-child.ts'), {
        env: { ...process.env, FOLDER: folder, NAME: name },
      }),
    );
    const exits = await Promise.all(children.map((child) => once(child, 'exit')));
    assert.deepEqual(exits, [
      [0, null],
      [0, null],
      [0, null],
    ]);
    const names = (await new ImageLayout(folder, systemClock).entries()).map((entry) =>
      Object.values(entry.annotations!).at(-1),
    );
    assert.equal(new Set(names).size, 30);
  });

  it('says which file is damaged instead of starting over', async () => {
    const { folder, images } = await host();
    await images.importComponent(component(1), 'one:v1');
    await writeFile(join(folder, 'index.json'), '{"manifests": [');
    await assert.rejects(images.list(), /index\.json is damaged/);
  });

  it('is an OCI image layout, as other tools expect one', async () => {
    const { folder, images } = await host();
    const built = await images.importComponent(component(1), 'hello:v1');
    assert.deepEqual(JSON.parse(await readFile(join(folder, 'oci-layout'), 'utf8')), {
      imageLayoutVersion: '1.0.0',
    });
    const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'));
    assert.equal(index.schemaVersion, 2);
    assert.equal(index.manifests[0].annotations['org.opencontainers.image.ref.name'], 'hello:v1');
    const blob = (digest: string) =>
      readFile(join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length)));
    const bytes = await blob(built.digest);
    assert.deepEqual([digestOf(bytes), bytes.length], [built.digest, index.manifests[0].size]);
    const manifest = JSON.parse(bytes.toString('utf8'));
    assert.equal(manifest.config.mediaType, 'application/vnd.wasm.config.v0+json');
    assert.deepEqual(
      manifest.layers.map((layer: { mediaType: string }) => layer.mediaType),
      ['application/wasm'],
    );
    const config = JSON.parse((await blob(manifest.config.digest)).toString('utf8'));
    assert.deepEqual(
      [config.architecture, config.os, config.layerDigests],
      ['wasm', 'wasip2', [manifest.layers[0].digest]],
    );
  });
});
