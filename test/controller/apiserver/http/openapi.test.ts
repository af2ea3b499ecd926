import assert from 'node:assert/strict';
import { OpenApiPages } from '../../../../controller/apiserver/http/openapi.ts';
import { VirtualClock } from '../../../../process/virtual-clock.ts';
import { definitions } from '../../../oracle/openapi/definitions.ts';
import { testCluster, type TestCluster } from '../cluster.ts';

const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

describe('OpenAPI documents', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await testCluster();
  });
  afterEach(() => cluster.close());

  const urlOf = async (path: string) => {
    const { json } = await cluster.ask('GET', '/openapi/v3');
    return (json['paths'] as Record<string, { serverRelativeURL: string }>)[path]?.serverRelativeURL;
  };

  it('may be kept for ever under their hash, and lead there from one that is old', async () => {
    const url = await urlOf('apis/apps/v1');
    const kept = await cluster.ask('GET', url!);
    assert.equal(kept.status, 200);
    assert.equal(kept.headers['cache-control'], 'public, immutable');
    assert.equal(kept.headers['etag'], `"${url!.split('hash=')[1]}"`);
    const asked = await cluster.ask('GET', '/openapi/v3/apis/apps/v1');
    assert.equal(asked.headers['cache-control'], 'no-cache, private');
    assert.deepEqual(asked.json, kept.json);
    const old = await cluster.ask('GET', '/openapi/v3/apis/apps/v1?hash=OLD');
    assert.deepEqual([old.status, old.headers['location']], [301, url]);
    assert.equal((await cluster.ask('GET', '/openapi/v3/apis/nothing/v1')).status, 404);
  });

  it('are not sent again to who has them', async () => {
    for (const path of ['/openapi/v3/apis/apps/v1', '/openapi/v2']) {
      const { headers } = await cluster.ask('GET', path);
      const again = (etag: string) => cluster.ask('GET', path, { headers: { 'if-none-match': etag } });
      const same = await again(String(headers['etag']));
      assert.deepEqual([same.status, same.text], [304, '']);
      assert.equal((await again('"another"')).status, 200);
    }
  });

  it('are kept for a minute once made, and no longer', async () => {
    const clock = new VirtualClock();
    const pages = new OpenApiPages(clock);
    const { kinds } = cluster.apiServer.registry;
    const ask = async () =>
      (await pages.document(kinds, 'apis/apps/v1', null, { accept: undefined, ifNoneMatch: undefined }))!;
    const first = await ask();
    await clock.advance(59_000);
    assert.equal((await ask()).body, first.body, 'the same bytes');
    await clock.advance(2_000);
    const anew = await ask();
    assert.notEqual(anew.body, first.body);
    assert.deepEqual(anew.body, first.body);
    pages.close();
  });

  it('come in the forms that clients ask for, and in no other', async () => {
    const type = (version: string) => `application/com.github.proto-openapi.spec.${version}.v1.0+protobuf`;
    for (const [version, path] of [
      ['v2', '/openapi/v2'],
      ['v3', '/openapi/v3/api/v1'],
    ] as const)
      for (const accept of [type(version), type(version).replace('.v1.0', '@v1.0')]) {
        const { headers, text } = await cluster.ask('GET', path, { accept });
        assert.equal(headers['content-type'], type(version));
        assert.match(text, /io\.k8s\.api\.core\.v1\.Pod/);
      }
    assert.equal((await cluster.ask('GET', '/openapi/v2', { accept: 'text/html' })).status, 406);
    assert.equal((await cluster.ask('GET', '/openapi/v3/api/v1', { accept: 'text/html' })).status, 406);
  });

  it('have the kinds of a definition while it is there, and change no others', async () => {
    const before = await urlOf('apis/apps/v1');
    const swaggerHas = async () =>
      'com.example.things.v1.Widget' in
      ((await cluster.ask('GET', '/openapi/v2')).json['definitions'] as object);
    assert.equal(await swaggerHas(), false);
    for (const body of definitions)
      assert.equal((await cluster.ask('POST', definitionsPath, { body })).status, 201);
    const url = await urlOf('apis/things.example.com/v1');
    assert.ok(url);
    assert.ok(await swaggerHas());
    assert.equal(await urlOf('apis/apps/v1'), before);

    const [widgets] = definitions;
    const changed = structuredClone(widgets!);
    Object.assign(changed.spec.versions[0]!.schema.openAPIV3Schema, { description: 'Something else.' });
    const patch = { body: { spec: changed.spec }, type: 'application/merge-patch+json' };
    const path = `${definitionsPath}/${widgets!.metadata.name}`;
    assert.equal((await cluster.ask('PATCH', path, patch)).status, 200);
    assert.notEqual(await urlOf('apis/things.example.com/v1'), url);

    assert.equal((await cluster.ask('DELETE', path)).status, 200);
    for (let tries = 0; (await urlOf('apis/things.example.com/v1')) !== undefined; tries++) {
      assert.ok(tries < 1000, 'it stays in the index');
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(await swaggerHas(), false);
  });
});
