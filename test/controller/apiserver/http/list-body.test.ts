import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { adminUser } from '../../../../controller/apiserver/users.ts';
import { configMap, testCluster, type TestCluster } from '../cluster.ts';

const collection = '/api/v1/namespaces/default/configmaps';
/** Enough for several pieces. */
const many = { count: 60, characters: 20_000 };

describe('a list in YAML', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await testCluster();
  });
  afterEach(() => cluster.close());

  const inBoth = async (path: string) => {
    const [json, yaml] = await Promise.all(
      ['application/json', 'application/yaml'].map((accept) => cluster.ask('GET', path, { accept })),
    );
    assert.equal(yaml!.headers['content-type'], 'application/yaml');
    assert.deepEqual(parse(yaml!.text), json!.json);
    return yaml!.text;
  };

  it('of none says so', async () => {
    assert.match(await inBoth(collection), /^items: \[\]$/m);
  });

  it('of one and of a page is what it is in JSON', async () => {
    for (const name of ['one', 'two', 'three'])
      await cluster.client.create(configMap(name, { a: '- []\nitems: []\n', ['__proto__']: 'data' }));
    await inBoth(`${collection}?fieldSelector=metadata.name%3Done`);
    assert.match(await inBoth(`${collection}?limit=2`), /^ {2}continue: \S+$/m);
  });

  it('that is long goes out in pieces, so that others get their turn between them', async () => {
    const text = 'words '.repeat(many.characters / 6);
    for (let at = 0; at < many.count; at++) await cluster.client.create(configMap(`c${at}`, { text }));
    await inBoth(collection);
    const { body } = await cluster.apiServer.handle({
      method: 'GET',
      path: collection,
      headers: { accept: 'application/yaml' },
      user: adminUser,
      signal: new AbortController().signal,
    });
    assert.ok(!Buffer.isBuffer(body));
    let pieces = 0;
    for await (const piece of body) pieces += piece.length > 0 ? 1 : 0;
    assert.ok(pieces > 3, `${pieces} pieces`);
  });
});
