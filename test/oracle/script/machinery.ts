import { get, patch, post, put, remove, step, table, watch, type Step, type Topic } from './step.ts';

const at = (topic: string) => `/api/v1/namespaces/${topic}/configmaps`;
const configMap = (name: string, more: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  ...more,
});
const deploymentsAt = (topic: string) => `/apis/apps/v1/namespaces/${topic}/deployments`;
const deployment = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          { name: 'web', image: 'web:1', ports: [{ containerPort: 80 }], env: [{ name: 'A', value: '1' }] },
          { name: 'side', image: 'side:1' },
        ],
      },
    },
  },
});

const patchedAt = `${deploymentsAt('patches')}/d`;
const inTemplate = (more: object) => ({ spec: { template: { spec: more } } });
/** The three patches, where they differ from each other and where they go wrong. */
export const patches: Topic = {
  name: 'patches',
  steps: [
    post('create', deploymentsAt('patches'), deployment('d')),
    patch(
      'strategic: merge by name',
      patchedAt,
      'strategic',
      inTemplate({ containers: [{ name: 'web', image: 'web:2' }] }),
    ),
    patch(
      'strategic: add one',
      patchedAt,
      'strategic',
      inTemplate({ containers: [{ name: 'new', image: 'new:1' }] }),
    ),
    patch(
      'strategic: delete one',
      patchedAt,
      'strategic',
      inTemplate({ containers: [{ name: 'new', $patch: 'delete' }] }),
    ),
    patch(
      'strategic: order',
      patchedAt,
      'strategic',
      inTemplate({ '$setElementOrder/containers': [{ name: 'side' }, { name: 'web' }] }),
    ),
    patch(
      'strategic: replace a list',
      patchedAt,
      'strategic',
      inTemplate({ containers: [{ name: 'only', image: 'o' }, { $patch: 'replace' }] }),
    ),
    patch('strategic: retain keys', patchedAt, 'strategic', {
      spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
    }),
    patch('strategic: delete of a plain list', `${at('patches')}/none`, 'strategic', {}),
    patch(
      'strategic: without the merge key',
      patchedAt,
      'strategic',
      inTemplate({ containers: [{ image: 'x' }] }),
    ),
    patch('strategic: a directive that is none', patchedAt, 'strategic', { spec: { $patch: 'explode' } }),
    patch('strategic: a list', patchedAt, 'strategic', [1]),
    patch('strategic: a wrong type', patchedAt, 'strategic', { spec: { replicas: 'three' } }),
    patch('strategic: delete finalizers', patchedAt, 'strategic', {
      metadata: { finalizers: ['example.org/a', 'example.org/b'] },
    }),
    patch('strategic: delete from a plain list', patchedAt, 'strategic', {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['example.org/a', 'example.org/b'] },
    }),
    patch(
      'merge: replaces lists',
      patchedAt,
      'merge',
      inTemplate({ containers: [{ name: 'one', image: 'o:2' }] }),
    ),
    patch('merge: null takes away', patchedAt, 'merge', {
      metadata: { labels: null },
      spec: { paused: null },
    }),
    patch('merge: of text', patchedAt, 'merge', 'null'),
    patch('merge: that is no JSON', patchedAt, 'merge', '{"a":'),
    patch('merge: of a list', patchedAt, 'merge', [1]),
    patch('merge: another name', patchedAt, 'merge', { metadata: { name: 'e' } }),
    patch('merge: another namespace', patchedAt, 'merge', { metadata: { namespace: 'e' } }),
    patch('merge: another uid', patchedAt, 'merge', { metadata: { uid: 'e' } }),
    patch('merge: another kind', patchedAt, 'merge', { kind: 'ReplicaSet' }),
    patch('merge: another version', patchedAt, 'merge', { apiVersion: 'apps/v2' }),
    patch('merge: a state that is past', patchedAt, 'merge', {
      metadata: { resourceVersion: '1', labels: { a: 'b' } },
    }),
    patch('merge: another creation', patchedAt, 'merge', {
      metadata: { creationTimestamp: '2001-01-01T00:00:00Z' },
    }),
    patch('merge: another generation', patchedAt, 'merge', { metadata: { generation: 77 } }),
    patch('JSON: add, test, remove', patchedAt, 'json', [
      { op: 'add', path: '/metadata/labels', value: { a: 'b' } },
      { op: 'test', path: '/metadata/labels/a', value: 'b' },
      { op: 'remove', path: '/metadata/labels/a' },
    ]),
    patch('JSON: copy and move', patchedAt, 'json', [
      { op: 'add', path: '/metadata/annotations', value: { x: 'y' } },
      { op: 'copy', from: '/metadata/annotations/x', path: '/metadata/annotations/z' },
      { op: 'move', from: '/metadata/annotations/z', path: '/metadata/annotations/w' },
    ]),
    patch('JSON: a test that fails', patchedAt, 'json', [{ op: 'test', path: '/metadata/name', value: 'x' }]),
    patch('JSON: a path that is not there', patchedAt, 'json', [{ op: 'remove', path: '/metadata/nothing' }]),
    patch('JSON: replace what is not there', patchedAt, 'json', [
      { op: 'replace', path: '/spec/nothing', value: 1 },
    ]),
    patch('JSON: an operation that is none', patchedAt, 'json', [{ op: 'explode', path: '/a' }]),
    patch('JSON: no list', patchedAt, 'json', { op: 'add' }),
    patch('JSON: no JSON', patchedAt, 'json', '[{'),
    patch('JSON: an index beyond', patchedAt, 'json', [
      { op: 'add', path: '/spec/template/spec/containers/9', value: {} },
    ]),
    patch('JSON: append', patchedAt, 'json', [
      { op: 'add', path: '/spec/template/spec/containers/-', value: { name: 'last', image: 'l' } },
    ]),
    patch('JSON: nothing', patchedAt, 'json', []),
    patch('of what is not there', `${deploymentsAt('patches')}/none`, 'merge', { metadata: {} }),
    step('PATCH', 'of no type', patchedAt, { metadata: {} }, { type: 'application/json' }),
    step('PATCH', 'of a strange type', patchedAt, { metadata: {} }, { type: 'text/plain' }),
    patch('in a dry run', `${patchedAt}?dryRun=All`, 'merge', { spec: { replicas: 9 } }),
    patch('strictly', `${patchedAt}?fieldValidation=Strict`, 'merge', { spec: { replikas: 9 } }),
    patch('with a warning', patchedAt, 'merge', { spec: { replikas: 9 } }),
    patch('without a warning', `${patchedAt}?fieldValidation=Ignore`, 'merge', { spec: { replikas: 9 } }),
    patch('by a manager', `${patchedAt}?fieldManager=me`, 'merge', { spec: { replicas: 2 } }),
    patch('by a manager with a bad name', `${patchedAt}?fieldManager=${'m'.repeat(129)}`, 'merge', {
      spec: { replicas: 3 },
    }),
    patch('with force', `${patchedAt}?force=true`, 'merge', { spec: { replicas: 3 } }),
    get('get', patchedAt),
  ],
};

const appliedAt = `${deploymentsAt('apply')}/d`;
const bare = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' } };
/** Server-side apply: who owns what, who is in whose way. */
export const apply: Topic = {
  name: 'apply',
  steps: [
    patch('make by applying', `${appliedAt}?fieldManager=ann`, 'apply', deployment('d')),
    patch('apply the same', `${appliedAt}?fieldManager=ann`, 'apply', deployment('d')),
    patch('without a manager', appliedAt, 'apply', deployment('d')),
    patch('another says the same', `${appliedAt}?fieldManager=bob`, 'apply', {
      ...bare,
      spec: { replicas: 1 },
    }),
    patch('another says something new', `${appliedAt}?fieldManager=bob`, 'apply', {
      ...bare,
      spec: { replicas: 3 },
    }),
    patch('the first gets in the way', `${appliedAt}?fieldManager=ann`, 'apply', {
      ...deployment('d'),
      spec: { ...deployment('d').spec, replicas: 5 },
    }),
    patch('and forces it', `${appliedAt}?fieldManager=ann&force=true`, 'apply', {
      ...deployment('d'),
      spec: { ...deployment('d').spec, replicas: 5 },
    }),
    patch('lets go of it', `${appliedAt}?fieldManager=ann`, 'apply', deployment('d')),
    patch('adds to a list by key', `${appliedAt}?fieldManager=carl`, 'apply', {
      ...bare,
      spec: { template: { spec: { containers: [{ name: 'web', env: [{ name: 'B', value: '2' }] }] } } },
    }),
    patch('changes what another owns in a list', `${appliedAt}?fieldManager=carl`, 'apply', {
      ...bare,
      spec: {
        template: {
          spec: { containers: [{ name: 'web', image: 'web:9', env: [{ name: 'A', value: '2' }] }] },
        },
      },
    }),
    patch('takes its own away again', `${appliedAt}?fieldManager=carl`, 'apply', bare),
    patch('an update takes over', `${appliedAt}?fieldManager=dora`, 'merge', {
      spec: { replicas: 8 },
      metadata: { labels: { a: 'b' } },
    }),
    patch('apply against an update', `${appliedAt}?fieldManager=bob`, 'apply', {
      ...bare,
      spec: { replicas: 3 },
    }),
    patch('in a dry run', `${appliedAt}?fieldManager=bob&force=true&dryRun=All`, 'apply', {
      ...bare,
      spec: { replicas: 3 },
    }),
    patch('the status', `${appliedAt}/status?fieldManager=eve`, 'apply', {
      ...bare,
      status: { replicas: 2 },
    }),
    patch('the scale', `${appliedAt}/scale?fieldManager=eve&force=true`, 'apply', {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'd' },
      spec: { replicas: 6 },
    }),
    patch('with managedFields', `${appliedAt}?fieldManager=bob`, 'apply', {
      ...bare,
      metadata: { name: 'd', managedFields: [{ manager: 'x', operation: 'Apply' }] },
    }),
    patch('with an unknown field', `${appliedAt}?fieldManager=bob`, 'apply', {
      ...bare,
      spec: { replikas: 3 },
    }),
    patch('with a wrong type', `${appliedAt}?fieldManager=bob`, 'apply', {
      ...bare,
      spec: { replicas: 'three' },
    }),
    patch('without kind', `${appliedAt}?fieldManager=bob`, 'apply', { metadata: { name: 'd' } }),
    patch('another name', `${appliedAt}?fieldManager=bob`, 'apply', { ...bare, metadata: { name: 'e' } }),
    patch('another kind', `${appliedAt}?fieldManager=bob`, 'apply', { ...bare, kind: 'ReplicaSet' }),
    patch('a key of a list twice', `${appliedAt}?fieldManager=bob`, 'apply', {
      ...bare,
      spec: { template: { spec: { containers: [{ name: 'web' }, { name: 'web' }] } } },
    }),
    patch('without the key of a list', `${appliedAt}?fieldManager=bob`, 'apply', {
      ...bare,
      spec: { template: { spec: { containers: [{ image: 'x' }] } } },
    }),
    patch('what would not be valid', `${deploymentsAt('apply')}/new?fieldManager=bob`, 'apply', {
      ...bare,
      metadata: { name: 'new' },
    }),
    patch(
      'as YAML',
      `${at('apply')}/y?fieldManager=bob`,
      'apply',
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: y\ndata:\n  a: "1"\n',
    ),
    patch(
      'YAML with a key twice',
      `${at('apply')}/y?fieldManager=bob`,
      'apply',
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: y\ndata:\n  a: "1"\n  a: "2"\n',
    ),
    patch('YAML that is none', `${at('apply')}/y?fieldManager=bob`, 'apply', 'a: [b'),
    patch('an empty body', `${at('apply')}/y?fieldManager=bob`, 'apply', ''),
    patch(
      'with a state that is past',
      `${at('apply')}/y?fieldManager=bob`,
      'apply',
      configMap('y', { data: { a: '3' } }, { resourceVersion: '1' }),
    ),
    patch(
      'with a uid where nothing is',
      `${at('apply')}/none?fieldManager=bob`,
      'apply',
      configMap('none', {}, { uid: 'u' }),
    ),
    patch(
      'finalizers as a set',
      `${at('apply')}/y?fieldManager=bob`,
      'apply',
      configMap('y', {}, { finalizers: ['example.org/a'] }),
    ),
    patch(
      'finalizers of another',
      `${at('apply')}/y?fieldManager=ann`,
      'apply',
      configMap('y', {}, { finalizers: ['example.org/b'] }),
    ),
    patch(
      'owner references by uid',
      `${at('apply')}/y?fieldManager=ann`,
      'apply',
      configMap(
        'y',
        {},
        {
          ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'o', uid: 'u1' }],
        },
      ),
    ),
    put('replace it all', `${at('apply')}/y?fieldManager=fred`, configMap('y', { data: { z: '1' } })),
    put(
      'clear who owns what',
      `${at('apply')}/y?fieldManager=fred`,
      configMap('y', { data: { z: '1' } }, { managedFields: [{}] }),
    ),
    post('a service', '/api/v1/namespaces/apply/services', {
      metadata: { name: 's' },
      spec: { ports: [{ port: 80 }] },
    }),
    patch('ports by port and protocol', '/api/v1/namespaces/apply/services/s?fieldManager=ann', 'apply', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec: {
        ports: [
          { name: 'more', port: 81 },
          { name: 'one', port: 80, protocol: 'TCP' },
        ],
        selector: { a: 'b' },
      },
    }),
    get('get', appliedAt),
  ],
};

const text = (body: string) => body;
const yaml = 'application/yaml';
const doubled =
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","name":"twice"},"data":{"a":"1","a":"2"}}';
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
/** Fields that nobody knows, keys that stand twice, and bodies that are no objects at all. */
export const bodies: Topic = {
  name: 'bodies',
  steps: [
    ...(['', 'Strict', 'Warn', 'Ignore', 'Loud'] as const).flatMap((how): Step[] => [
      post(
        `unknown fields, ${how || 'unsaid'}`,
        `${at('bodies')}?dryRun=All${how && `&fieldValidation=${how}`}`,
        {
          ...configMap('x', { dada: {}, spec: 1 }, { colour: 'blue' }),
        },
      ),
      post(
        `a key twice, ${how || 'unsaid'}`,
        `${at('bodies')}?dryRun=All${how && `&fieldValidation=${how}`}`,
        doubled,
      ),
      post(
        `a key twice in YAML, ${how || 'unsaid'}`,
        `${at('bodies')}?dryRun=All${how && `&fieldValidation=${how}`}`,
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  a: "1"\n  a: "2"\nfoo: 1\n',
        { type: yaml },
      ),
    ]),
    post('unknown fields deep within', `${deploymentsAt('bodies')}?fieldValidation=Strict`, {
      ...deployment('x'),
      spec: {
        ...deployment('x').spec,
        template: { spec: { containers: [{ name: 'a', image: 'b', imagee: 'c', ports: [{ prt: 1 }] }] } },
      },
    }),
    post('keys in another case', `${at('bodies')}?fieldValidation=Strict&dryRun=All`, {
      ...configMap('x'),
      Data: { a: 'b' },
    }),
    post('keys in another case, warned', `${at('bodies')}?dryRun=All`, {
      ...configMap('x'),
      Data: { a: 'b' },
    }),
    post('nothing', at('bodies'), ''),
    post('null', at('bodies'), 'null'),
    post('a list', at('bodies'), '[]'),
    post('a number', at('bodies'), '7'),
    post('text', at('bodies'), '"text"'),
    post('no JSON', at('bodies'), '{"metadata":'),
    post('no JSON at its end', at('bodies'), '{"metadata":{"name":"x"}} trailing'),
    post('two objects', at('bodies'), '{"metadata":{"name":"x"}}{"metadata":{"name":"y"}}'),
    post('JSON with comments', at('bodies'), '{/* a */"metadata":{"name":"x"}}'),
    post('bytes that are no text', at('bodies'), undefined, { bytes: '//79', type: 'application/json' }),
    post('an empty object', at('bodies'), {}),
    post('no kind', `${at('bodies')}?dryRun=All`, { metadata: { name: 'x' } }),
    post('no version', `${at('bodies')}?dryRun=All`, { kind: 'ConfigMap', metadata: { name: 'x' } }),
    post('another kind', at('bodies'), { ...configMap('x'), kind: 'Secret' }),
    post('a kind that is none', at('bodies'), { ...configMap('x'), kind: 'Dog' }),
    post('another version', at('bodies'), { ...configMap('x'), apiVersion: 'v2' }),
    post('another group', at('bodies'), { ...configMap('x'), apiVersion: 'apps/v1' }),
    post('a version that is none', at('bodies'), { ...configMap('x'), apiVersion: 'a/b/c' }),
    post('metadata that is text', at('bodies'), { ...configMap('x'), metadata: 'x' }),
    post('data that is a list', at('bodies'), { ...configMap('x'), data: ['a'] }),
    post('data that is a number', at('bodies'), { ...configMap('x'), data: { a: 1 } }),
    post('labels that are numbers', at('bodies'), configMap('x', {}, { labels: { a: 1 } })),
    post('a name that is a number', at('bodies'), configMap('x', {}, { name: 5 })),
    post('a boolean that is text', at('bodies'), { ...configMap('x'), immutable: 'yes' }),
    post('a number with a fraction', deploymentsAt('bodies'), {
      ...deployment('x'),
      spec: { ...deployment('x').spec, replicas: 1.5 },
    }),
    post('a number that is too large', deploymentsAt('bodies'), {
      ...deployment('x'),
      spec: { ...deployment('x').spec, replicas: 3e9 },
    }),
    post('a number that is null', `${deploymentsAt('bodies')}?dryRun=All`, {
      ...deployment('x'),
      spec: { ...deployment('x').spec, replicas: null },
    }),
    post(
      'deep within',
      `${at('bodies')}?fieldValidation=Strict`,
      text(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":${deep(100)}}`),
    ),
    post('much too deep', at('bodies'), text(deep(10001))),
    post(
      '__proto__',
      `${at('bodies')}?dryRun=All`,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"__proto__":"a"}}',
    ),
    post(
      '__proto__ as a field',
      `${at('bodies')}?dryRun=All&fieldValidation=Strict`,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"__proto__":{"a":"b"}}',
    ),
    post('a large one', at('bodies'), configMap('large', { data: { a: 'a'.repeat(1_100_000) } })),
    post(
      'YAML',
      `${at('bodies')}?dryRun=All`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: "1"}\n',
      { type: yaml },
    ),
    post(
      'YAML with numbers',
      at('bodies'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: 1}\n',
      { type: yaml },
    ),
    post('YAML that is none', at('bodies'), 'a: [b', { type: yaml }),
    post('YAML with tabs', at('bodies'), 'a:\n\t- b', { type: yaml }),
    post('two documents', at('bodies'), 'apiVersion: v1\n---\nkind: ConfigMap\n', { type: yaml }),
    post(
      'YAML with an anchor',
      `${at('bodies')}?dryRun=All`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: &a "1", b: *a}\n',
      { type: yaml },
    ),
    step('POST', 'a form', at('bodies'), 'a=b', { type: 'application/x-www-form-urlencoded' }),
    step('POST', 'plain text', at('bodies'), '{}', { type: 'text/plain' }),
    step('POST', 'no content type', `${at('bodies')}?dryRun=All`, configMap('x'), { type: '' }),
    step('POST', 'a content type that is none', at('bodies'), configMap('x'), { type: 'nonsense' }),
    step('POST', 'JSON with a charset', `${at('bodies')}?dryRun=All`, configMap('x'), {
      type: 'application/json; charset=utf-8',
    }),
    step('PUT', 'plain text in PUT', `${at('bodies')}/x`, '{}', { type: 'text/plain' }),
    remove('a deletion with nonsense', `${at('bodies')}/x`, { nonsense: true }),
    remove('a deletion with another kind', `${at('bodies')}/x`, { apiVersion: 'v1', kind: 'Pod' }),
    remove('a deletion with no JSON', `${at('bodies')}/x`, '{'),
    remove('a deletion of a strange type', `${at('bodies')}/x`, '{}', { type: 'text/plain' }),
    get('nothing was made', at('bodies')),
  ],
};

const names = (cases: Record<string, object>) =>
  Object.entries(cases).map(([why, metadata]) =>
    post(why, at('metadata'), { apiVersion: 'v1', kind: 'ConfigMap', metadata }),
  );
const owner = { apiVersion: 'v1', kind: 'Pod', name: 'o', uid: 'u' };
/** Names, labels and all that an object's metadata may hold. */
export const metadata: Topic = {
  name: 'metadata',
  steps: [
    ...names({
      'no metadata': {},
      'an empty name': { name: '' },
      'a generated name': { generateName: 'made-' },
      'both names': { name: 'given', generateName: 'made-' },
      'a generated name that is none': { generateName: 'Made_' },
      'a very long generated name': { generateName: 'm'.repeat(70) },
      capitals: { name: 'A' },
      'an underscore': { name: 'a_b' },
      'a slash': { name: 'a/b' },
      'a percent sign': { name: 'a%b' },
      dots: { name: 'a..b' },
      'one dot': { name: '.' },
      'too long': { name: 'a'.repeat(254) },
      'as long as may be': { name: 'a'.repeat(253) },
      'another namespace': { name: 'x', namespace: 'other' },
      'a resource version': { name: 'x', resourceVersion: '5' },
      'a uid': { name: 'with-uid', uid: 'mine' },
      'a creation time': { name: 'with-time', creationTimestamp: '2001-01-01T00:00:00Z' },
      'a creation time that is none': { name: 'x', creationTimestamp: 'now' },
      'a generation': { name: 'with-generation', generation: 9 },
      'a negative generation': { name: 'with-negative', generation: -9 },
      'a self link': { name: 'with-link', selfLink: '/x' },
      'a deletion time': {
        name: 'with-deletion',
        deletionTimestamp: '2001-01-01T00:00:00Z',
        deletionGracePeriodSeconds: 3,
      },
      'a label key that is none': { name: 'x', labels: { '-a': 'b' } },
      'a label value that is none': { name: 'x', labels: { a: 'b c' } },
      'a label value that is too long': { name: 'x', labels: { a: 'b'.repeat(64) } },
      'a label key with two slashes': { name: 'x', labels: { 'a/b/c': 'd' } },
      'a label key with an empty prefix': { name: 'x', labels: { '/c': 'd' } },
      'a label key with a long name': { name: 'x', labels: { [`a/${'b'.repeat(64)}`]: 'd' } },
      'an annotation key that is none': { name: 'x', annotations: { 'a b': 'c' } },
      'annotations that are too large': { name: 'x', annotations: { a: 'b'.repeat(262145) } },
      'an owner': { name: 'owned', ownerReferences: [owner] },
      'an owner without a uid': { name: 'x', ownerReferences: [{ ...owner, uid: '' }] },
      'an owner without anything': { name: 'x', ownerReferences: [{}] },
      'an owner of no version': { name: 'x', ownerReferences: [{ ...owner, apiVersion: 'a/b/c' }] },
      'two controllers': {
        name: 'x',
        ownerReferences: [
          { ...owner, controller: true },
          { ...owner, uid: 'v', controller: true },
        ],
      },
      'an owner twice': { name: 'twice-owned', ownerReferences: [owner, owner] },
      'an event as an owner': { name: 'x', ownerReferences: [{ ...owner, kind: 'Event' }] },
      'a finalizer': { name: 'held', finalizers: ['example.org/f'] },
      'a finalizer without a domain': { name: 'x', finalizers: ['f'] },
      'a finalizer that is none': { name: 'x', finalizers: ['a b/c'] },
      'finalizers that exclude each other': { name: 'x', finalizers: ['orphan', 'foregroundDeletion'] },
      'managedFields that are none': { name: 'x', managedFields: [{ manager: 'm', operation: 'Think' }] },
    }),
    patch('a name', `${at('metadata')}/owned`, 'merge', { metadata: { generateName: 'x-' } }),
    patch('no finalizer', `${at('metadata')}/held`, 'merge', { metadata: { finalizers: null } }),
    patch('no owner', `${at('metadata')}/owned`, 'merge', { metadata: { ownerReferences: [] } }),
    patch('a deletion time', `${at('metadata')}/owned`, 'merge', {
      metadata: { deletionTimestamp: '2001-01-01T00:00:00Z' },
    }),
    put(
      'an owner that is none',
      `${at('metadata')}/owned`,
      configMap('owned', {}, { ownerReferences: [{ ...owner, name: '' }] }),
    ),
    put('without a name', `${at('metadata')}/owned`, { apiVersion: 'v1', kind: 'ConfigMap' }),
    put('of another uid', `${at('metadata')}/owned`, configMap('owned', {}, { uid: 'other' })),
    put('of another namespace', `${at('metadata')}/owned`, configMap('owned', {}, { namespace: 'other' })),
    put(
      'of a version that is none',
      `${at('metadata')}/owned`,
      configMap('owned', {}, { resourceVersion: 'x' }),
    ),
    put(
      'of its own version',
      `${at('metadata')}/owned`,
      configMap('owned', { data: { a: 'b' } }, { resourceVersion: '{{no owner:metadata.resourceVersion}}' }),
    ),
    put(
      'of that version again',
      `${at('metadata')}/owned`,
      configMap('owned', { data: { a: 'c' } }, { resourceVersion: '{{no owner:metadata.resourceVersion}}' }),
    ),
  ].map((each, index, all) =>
    all.findIndex(({ name }) => name === each.name) === index
      ? each
      : { ...each, name: `${each.name}, later` },
  ),
};

const deletionsAt = at('deletions');
export const deletions: Topic = {
  name: 'deletions',
  steps: [
    ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) =>
      post(
        `create ${name}`,
        deletionsAt,
        configMap(name, {}, { labels: { [name < 'd' ? 'first' : 'last']: 'yes' } }),
      ),
    ),
    remove('another uid', `${deletionsAt}/a`, { preconditions: { uid: 'other' } }),
    remove('another version', `${deletionsAt}/a`, { preconditions: { resourceVersion: '1' } }),
    remove('the right uid', `${deletionsAt}/a`, { preconditions: { uid: '{{create a:metadata.uid}}' } }),
    remove('in the foreground', `${deletionsAt}/b`, { propagationPolicy: 'Foreground' }),
    get('get what waits', `${deletionsAt}/b`),
    remove('again, in the background', `${deletionsAt}/b`, { propagationPolicy: 'Background' }),
    remove('orphaning', `${deletionsAt}/c?propagationPolicy=Orphan`),
    patch('let go', `${deletionsAt}/c`, 'merge', { metadata: { finalizers: [] } }),
    get('it is gone', `${deletionsAt}/c`),
    remove('orphaning, the old way', `${deletionsAt}/d`, { orphanDependents: true }),
    patch('hold', `${deletionsAt}/e`, 'merge', { metadata: { finalizers: ['example.org/f'] } }),
    remove('what is held', `${deletionsAt}/e`),
    remove('what is held, again', `${deletionsAt}/e`),
    patch('hold more', `${deletionsAt}/e`, 'merge', {
      metadata: { finalizers: ['example.org/f', 'example.org/g'] },
    }),
    patch('change what is held', `${deletionsAt}/e`, 'merge', { data: { a: 'b' } }),
    put('let go by PUT', `${deletionsAt}/e`, configMap('e')),
    get('it is gone too', `${deletionsAt}/e`),
    remove('a policy that is none', `${deletionsAt}/f`, { propagationPolicy: 'Sideways' }),
    remove('both ways', `${deletionsAt}/f`, { propagationPolicy: 'Orphan', orphanDependents: false }),
    remove('a negative grace', `${deletionsAt}/f`, { gracePeriodSeconds: -1 }),
    remove('a grace that is text', `${deletionsAt}/f?gracePeriodSeconds=soon`),
    remove('a dry run in the body', `${deletionsAt}/f`, { dryRun: ['All'] }),
    remove('a strange dry run', `${deletionsAt}/f`, { dryRun: ['Some'] }),
    remove('a strange dry run in the query', `${deletionsAt}/f?dryRun=Some`),
    remove('with DeleteOptions in full', `${deletionsAt}/f`, {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds: 0,
    }),
    remove('some, by label', `${deletionsAt}?labelSelector=last`, undefined),
    remove('all in a dry run', `${deletionsAt}?dryRun=All`),
    remove('all', deletionsAt),
    remove('all of nothing', deletionsAt),
    get('what is left', deletionsAt),
  ],
};

const selectorsAt = at('selectors');
const select = (selector: string) =>
  get(`labels: ${selector}`, `${selectorsAt}?labelSelector=${encodeURIComponent(selector)}`);
const field = (selector: string) =>
  get(`fields: ${selector}`, `${selectorsAt}?fieldSelector=${encodeURIComponent(selector)}`);
export const selectors: Topic = {
  name: 'selectors',
  steps: [
    post('create a', selectorsAt, configMap('a', {}, { labels: { app: 'web', tier: 'front' } })),
    post('create b', selectorsAt, configMap('b', {}, { labels: { app: 'db', tier: 'back' } })),
    post('create c', selectorsAt, configMap('c')),
    ...[
      'app=web',
      'app==web',
      'app!=web',
      'app',
      '!app',
      'app in (web,db)',
      'app in (web, db),tier=front',
      'app notin (web)',
      'app in ()',
      'app in',
      'app in (web',
      'app=',
      'tier>1',
      'n>1',
      'n<x',
      '=x',
      'a b',
      'app=web,',
      ',',
      'app=we b',
      'UPPER=1',
      '-a=b',
      'a/b/c=d',
      'app=-x',
      'app,!tier',
      `app=${'x'.repeat(64)}`,
    ].map(select),
    ...[
      'metadata.name=a',
      'metadata.name==a',
      'metadata.name!=a',
      'metadata.namespace=selectors',
      'metadata.name=a,metadata.name=b',
      'metadata.name',
      'metadata.labels.app=web',
      'data.x=y',
      'metadata.name in (a)',
      'metadata.name=a\\,b',
      '=a',
      'metadata.name=',
      'status.phase=x',
    ].map(field),
    get('both', `${selectorsAt}?labelSelector=app&fieldSelector=metadata.name%21%3Da`),
    get('a list of one name', `${selectorsAt}?fieldSelector=metadata.name%3Da`, { accept: table }),
    get('across namespaces', '/api/v1/configmaps?labelSelector=tier'),
  ],
};

const pagesAt = at('pages');
const page = (query: string) => `${pagesAt}?${query}`;
export const pages: Topic = {
  name: 'pages',
  steps: [
    ...['a', 'b', 'c', 'd', 'e'].map((name) =>
      post(`create ${name}`, pagesAt, configMap(name, {}, { labels: { odd: String('ace'.includes(name)) } })),
    ),
    get('the first two', page('limit=2')),
    get('the next two', page('limit=2&continue={{the first two:metadata.continue}}')),
    get('the last', page('limit=2&continue={{the next two:metadata.continue}}')),
    post('create f', pagesAt, configMap('f')),
    get('the next two, as they were', page('limit=5&continue={{the first two:metadata.continue}}')),
    get('as many as there are', page('limit=6')),
    get('more than there are', page('limit=500')),
    get('by label', page('limit=1&labelSelector=odd%3Dtrue')),
    get('by label, on', page('limit=1&labelSelector=odd%3Dtrue&continue={{by label:metadata.continue}}')),
    get('a table', page('limit=2'), { accept: table }),
    get('a limit of none', page('limit=0')),
    get('a limit that is text', page('limit=many')),
    get('a negative limit', page('limit=-1')),
    get('a token that is none', page('limit=2&continue=nonsense')),
    get(
      'a token that is JSON of something else',
      page(`limit=2&continue=${Buffer.from('{"a":1}').toString('base64url')}`),
    ),
    get(
      'a token of a future version',
      page(
        `limit=2&continue=${Buffer.from('{"v":"meta.k8s.io/v2","rv":5,"start":"a"}').toString('base64url')}`,
      ),
    ),
    get(
      'a token that climbs out',
      page(
        `limit=2&continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":5,"start":"../a"}').toString('base64url')}`,
      ),
    ),
    get(
      'a token and a version',
      page('limit=2&continue={{the first two:metadata.continue}}&resourceVersion=1'),
    ),
    get(
      'a token and version 0',
      page('limit=5&continue={{the first two:metadata.continue}}&resourceVersion=0'),
    ),
    get(
      'exactly at a version',
      page('resourceVersion={{create e:metadata.resourceVersion}}&resourceVersionMatch=Exact'),
    ),
    get(
      'exactly at an older version',
      page('resourceVersion={{create b:metadata.resourceVersion}}&resourceVersionMatch=Exact'),
    ),
    get(
      'exactly at an older version, in pages',
      page('limit=1&resourceVersion={{create b:metadata.resourceVersion}}&resourceVersionMatch=Exact'),
    ),
    get(
      'not older than',
      page('resourceVersion={{create e:metadata.resourceVersion}}&resourceVersionMatch=NotOlderThan'),
    ),
    get('a match without a version', page('resourceVersionMatch=Exact')),
    get('exactly at version 0', page('resourceVersion=0&resourceVersionMatch=Exact')),
    get('a match that is none', page('resourceVersion=1&resourceVersionMatch=Roughly')),
    get('a version that is none', page('resourceVersion=x')),
    get('a negative version', page('resourceVersion=-1')),
    get(
      'a version to come',
      page('resourceVersion=900000000&resourceVersionMatch=NotOlderThan&timeoutSeconds=5'),
    ),
    get('one at a version that is none', `${pagesAt}/a?resourceVersion=x`),
    get('one at a version', `${pagesAt}/a?resourceVersion={{create a:metadata.resourceVersion}}`),
    remove('delete by pages', page('limit=2')),
    get('what is left', pagesAt),
  ],
};

const watchesAt = at('watches');
const since = (name: string, more = '') =>
  `${watchesAt}?resourceVersion={{${name}:metadata.resourceVersion}}${more}`;
export const watches: Topic = {
  name: 'watches',
  steps: [
    post('create a', watchesAt, configMap('a', { data: { n: '0' } }, { labels: { app: 'x' } })),
    post('create b', watchesAt, configMap('b')),
    patch('change a', `${watchesAt}/a`, 'merge', { data: { n: '1' } }),
    patch('unlabel a', `${watchesAt}/a`, 'merge', { metadata: { labels: null } }),
    remove('delete b', `${watchesAt}/b`),
    watch('from the beginning', since('create a'), 4),
    watch('from the last change', since('unlabel a'), 1),
    watch('by label', since('create a', '&labelSelector=app'), 2),
    watch('by name', since('create a', '&fieldSelector=metadata.name%3Db'), 2),
    watch('as tables', since('create a'), 3, { accept: table }),
    watch('as metadata', since('create a'), 2, {
      accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
    }),
    watch('of what is there', watchesAt, 1),
    watch('of what is there, any version', `${watchesAt}?resourceVersion=0`, 1),
    watch('one by name', `${watchesAt}/a?resourceVersion=0`, 1),
    watch(
      'with initial events',
      `${watchesAt}?sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`,
      2,
    ),
    watch(
      'with initial events from a version',
      since('create a', '&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan'),
      2,
    ),
    watch('with initial events without a match', `${watchesAt}?sendInitialEvents=true`, 1),
    watch(
      'with initial events without bookmarks',
      `${watchesAt}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan`,
      1,
    ),
    watch(
      'with initial events and another match',
      `${watchesAt}?sendInitialEvents=true&resourceVersion=0&resourceVersionMatch=Exact`,
      1,
    ),
    watch(
      'with a match and no initial events',
      `${watchesAt}?resourceVersionMatch=NotOlderThan&resourceVersion=0`,
      1,
    ),
    watch(
      'with initial events as tables',
      `${watchesAt}?sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`,
      2,
      { accept: table },
    ),
    watch('a version that is none', `${watchesAt}?resourceVersion=x`, 1),
    watch('a version that is too old', `${watchesAt}?resourceVersion=1`, 1),
    watch('with a token', `${watchesAt}?continue=x`, 1),
    watch('with a limit', `${watchesAt}?resourceVersion=0&limit=1`, 1),
    watch('a label selector that is none', `${watchesAt}?labelSelector=a%20b`, 1),
    watch('a field selector that is none', `${watchesAt}?fieldSelector=x%3Dy`, 1),
    watch('that ends by itself', since('unlabel a', '&timeoutSeconds=1'), 1),
    watch('in YAML', `${watchesAt}?resourceVersion=0`, 1, { accept: 'application/yaml' }),
    watch(
      'of everything',
      `/api/v1/configmaps?resourceVersion={{create a:metadata.resourceVersion}}&fieldSelector=metadata.namespace%3Dwatches`,
      4,
    ),
    get('the old way', `/api/v1/watch/namespaces/watches/configmaps?resourceVersion=0`, { events: 1 }),
  ],
};

/** A write that is only tried leaves nothing behind, and is judged as any other. */
export const dryRuns: Topic = {
  name: 'dry-runs',
  steps: [
    post('create', `${at('dry-runs')}?dryRun=All`, configMap('a')),
    post('create with a generated name', `${at('dry-runs')}?dryRun=All`, {
      metadata: { generateName: 'made-' },
    }),
    get('nothing is there', `${at('dry-runs')}/a`),
    post('create in earnest', at('dry-runs'), configMap('a')),
    post('create what is there', `${at('dry-runs')}?dryRun=All`, configMap('a')),
    put('replace', `${at('dry-runs')}/a?dryRun=All`, configMap('a', { data: { x: 'y' } })),
    put('replace what is not there', `${at('dry-runs')}/none?dryRun=All`, configMap('none')),
    patch('patch', `${at('dry-runs')}/a?dryRun=All`, 'merge', { data: { z: 'y' } }),
    patch('apply', `${at('dry-runs')}/new?dryRun=All&fieldManager=m`, 'apply', configMap('new')),
    remove('delete', `${at('dry-runs')}/a?dryRun=All`),
    get('it is as it was', `${at('dry-runs')}/a`),
    post('twice', `${at('dry-runs')}?dryRun=All&dryRun=All`, configMap('b')),
    post('of a strange kind', `${at('dry-runs')}?dryRun=Some`, configMap('b')),
    post('of nothing', `${at('dry-runs')}?dryRun=`, configMap('c')),
    post('a service', '/api/v1/namespaces/dry-runs/services?dryRun=All', {
      metadata: { name: 's' },
      spec: { ports: [{ port: 80 }] },
    }),
    post('what is not valid', `${at('dry-runs')}?dryRun=All`, configMap('A')),
  ],
};
