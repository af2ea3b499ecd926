import assert from 'node:assert/strict';
import { testCluster, type AskOptions, type TestCluster } from '../controller/apiserver/cluster.ts';

const protobuf = 'application/vnd.kubernetes.protobuf';
const named = (rest: string) => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"${rest}`;
const deep = `${named('},"data":')}${'{"a":'.repeat(20_000)}1${'}'.repeat(20_001)}`;

/** What kube-apiserver 1.33.13 answers to each: the code, the reason, and how its message reads. */
const refusals: [what: string, options: AskOptions, code: number, reason: string, message: RegExp][] = [
  [
    'a body over the limit',
    { body: named(`},"data":{"a":"${'x'.repeat(3_300_000)}"}}`) },
    413,
    'RequestEntityTooLarge',
    /^Request entity too large: limit is 3145728$/,
  ],
  ['a deep nesting', { body: deep }, 400, 'BadRequest', /levels deep/],
  [
    'a key that stands twice',
    { body: named(',"name":"y"}}') },
    400,
    'BadRequest',
    /strict decoding error: duplicate field "metadata.name"$/,
  ],
  [
    'a wrong content type',
    { body: 'x', type: 'text/plain' },
    415,
    'UnsupportedMediaType',
    /^the body of the request was in an unknown format - accepted media types include: application\/json, application\/yaml, application\/vnd.kubernetes.protobuf$/,
  ],
  ['half of a body', { body: '{' }, 400, 'BadRequest', /./],
  ['no body', { body: '' }, 400, 'BadRequest', /./],
  ['a list', { body: '[]' }, 400, 'BadRequest', /./],
  ['a text', { body: '"a"' }, 400, 'BadRequest', /./],
  ['broken YAML', { body: '}', type: 'application/yaml' }, 400, 'BadRequest', /./],
  [
    'YAML that stands for a billion laughs',
    { body: laughs(), type: 'application/yaml' },
    400,
    'BadRequest',
    /./,
  ],
  [
    'protobuf that is cut off',
    { body: Buffer.from('6b3873000a0f0a0276311209436f', 'hex'), type: protobuf },
    400,
    'BadRequest',
    /unexpected EOF/,
  ],
  [
    'protobuf that is none',
    { body: 'hello', type: protobuf },
    400,
    'BadRequest',
    /does not appear to be a protobuf message, expected prefix \[107 56 115 0\] \(68656c6c6f\)$/,
  ],
];

function laughs(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level++)
    lines.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`);
  return lines.join('\n');
}

describe('what is no object is refused as Kubernetes refuses it', () => {
  let cluster: TestCluster;
  const collection = '/api/v1/namespaces/default/configmaps?fieldValidation=Strict';
  before(async () => {
    cluster = await testCluster();
  });
  after(() => cluster.close());

  for (const [what, options, code, reason, message] of refusals)
    it(`${what}: ${code} ${reason}`, async () => {
      const began = performance.now();
      const { status, json } = await cluster.ask('POST', collection, options);
      assert.deepEqual([status, json['code'], json.reason, json['kind']], [code, code, reason, 'Status']);
      assert.match(json.message!, message);
      assert.ok(performance.now() - began < 5_000);
    });

  it('a watch for no number of seconds: 400, and one for some begins', async () => {
    const path = '/api/v1/namespaces/default/configmaps?watch=true&timeoutSeconds=';
    const { status, json } = await cluster.ask('GET', `${path}abc`);
    assert.deepEqual([status, json.message], [400, 'strconv.ParseInt: parsing "abc": invalid syntax']);
    assert.equal(
      (await cluster.ask('GET', `${path}9000000000`, { signal: AbortSignal.abort() })).status,
      200,
    );
  });

  it('the control: one that is in order is taken', async () => {
    assert.equal((await cluster.ask('POST', collection, { body: `${named('}')}}` })).status, 201);
  });
});

describe('names that JavaScript has a meaning for are data', () => {
  let cluster: TestCluster;
  before(async () => {
    cluster = await testCluster();
  });
  after(() => cluster.close());
  const data = Object.fromEntries(
    ['__proto__', 'constructor', 'toString', 'prototype'].map((name) => [name, `${name}!`]),
  );

  it('in ConfigMaps, annotations and labels, by JSON, YAML, patches, apply and selectors', async () => {
    const collection = '/api/v1/namespaces/default/configmaps';
    const annotations = { constructor: 'a', toString: 'b' };
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'odd', annotations, labels: annotations },
      data,
    };
    const created = await cluster.ask('POST', collection, { body: object });
    assert.equal(created.status, 201, created.json.message);
    const dataIn = (json: Record<string, unknown>) => json['data'] as Record<string, string>;
    assert.deepEqual(Object.entries(dataIn(created.json)).toSorted(), Object.entries(data).toSorted());

    const patches: [string, unknown, string][] = [
      ['application/merge-patch+json', JSON.parse('{"data":{"__proto__":"merged"}}'), 'merged'],
      [
        'application/strategic-merge-patch+json',
        JSON.parse('{"data":{"__proto__":"strategic"}}'),
        'strategic',
      ],
      ['application/json-patch+json', [{ op: 'replace', path: '/data/__proto__', value: 'json' }], 'json'],
    ];
    for (const [type, body, value] of patches) {
      const { status, json } = await cluster.ask('PATCH', `${collection}/odd`, { body, type });
      assert.equal(status, 200, json.message);
      assert.equal(Object.getOwnPropertyDescriptor(dataIn(json), '__proto__')?.value, value);
      assert.equal(dataIn(json)['constructor'], 'constructor!');
    }
    const configuration =
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"odd"},"data":{"__proto__":"applied"}}';
    const applied = await cluster.ask('PATCH', `${collection}/odd?fieldManager=__proto__&force=true`, {
      body: configuration,
      type: 'application/apply-patch+yaml',
    });
    assert.equal(applied.status, 200, applied.json.message);
    assert.match(applied.text, /"f:__proto__":\{\}/);
    assert.match(applied.text, /"manager":"__proto__"/);

    const selected = async (selector: string) =>
      (
        (await cluster.ask('GET', `${collection}?labelSelector=${encodeURIComponent(selector)}`)).json[
          'items'
        ] as unknown[]
      ).length;
    assert.deepEqual(
      [await selected('constructor'), await selected('constructor=a'), await selected('valueOf')],
      [1, 1, 0],
    );
    assert.equal(({} as { merged?: unknown }).merged, undefined);
    assert.deepEqual(Object.keys(Object.prototype), []);
  });
});
