import assert from 'node:assert/strict';
import { manifestBytesMax, manifestDocumentsMax, parseManifests } from '../../api/manifests.ts';

const told = (text: string) =>
  parseManifests(text, 'app.yaml').errors.map(
    ({ file, line, field, reason }) => `${file}:${line}: ${field ? `${field}: ` : ''}${reason}`,
  );
const configMap = (name: string, rest = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${rest}`;
const deployment = (spec: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: hello:1
${spec}`;

describe('a manifest that is in order', () => {
  it('gives its objects as they were written, with their lines', () => {
    const text = `# An app\n---\n${configMap('a')}---\n\n---\n${configMap('b', 'data:\n  key: |\n    text\n')}`;
    const { documents, errors } = parseManifests(text, 'app.yaml');
    assert.deepEqual(errors, []);
    assert.deepEqual(
      documents.map(({ object, line }) => [object['metadata'], line]),
      [
        [{ name: 'a' }, 3],
        [{ name: 'b' }, 9],
      ],
    );
    assert.equal(documents[1]!.lineOf('data[key]'), 13);
    assert.equal(documents[1]!.lineOf('data.key'), 13);
    assert.equal(documents[1]!.lineOf('metadata.labels[x]'), 11);
  });

  it('may be JSON, tabs and all, and may be a list', () => {
    const items = [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'b' } },
    ];
    const { documents, errors } = parseManifests(
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, '\t'),
      'app.json',
    );
    assert.deepEqual(errors, []);
    assert.deepEqual(
      documents.map(({ object, line }) => [object, line]),
      [
        [items[0], 5],
        [items[1], 12],
      ],
    );
  });

  it('reads numbers as Kubernetes does', () => {
    const text = deployment('      volumes: [{name: v, configMap: {name: c, defaultMode: 0644}}]\n');
    const { documents, errors } = parseManifests(text, 'app.yaml');
    assert.deepEqual(errors, []);
    assert.match(JSON.stringify(documents[0]!.object), /"defaultMode":420/);
  });

  it('may be empty', () => {
    for (const text of ['', '---\n---\n', '# nothing\n', 'null'])
      assert.deepEqual(parseManifests(text, 'app.yaml'), { documents: [], errors: [] }, JSON.stringify(text));
  });

  it('may use anchors and merge keys', () => {
    const text = configMap('a', 'x: &x {a: "1"}\ndata: {<<: *x, b: "2"}\n').replace(
      'x: &x {a: "1"}',
      'binaryData: &x {a: YQ==}',
    );
    const { documents } = parseManifests(text, 'app.yaml');
    assert.deepEqual(documents[0]!.object['data'], { a: 'YQ==', b: '2' });
  });
});

describe('a manifest that is not', () => {
  it('is refused for an unknown field, at its line', () => {
    assert.deepEqual(told(deployment('          foo: 1\n')), [
      'app.yaml:13: spec.template.spec.containers[0].foo: unknown field',
    ]);
  });

  it('is refused for a wrong type, at its line', () => {
    assert.deepEqual(told(deployment('  replicas: three\n')), [
      'app.yaml:13: spec.replicas: Invalid value: "three": must be a whole number (int32)',
    ]);
  });

  it('is refused for a bad quantity, at its line', () => {
    const [error] = told(deployment('          resources:\n            limits:\n              cpu: 1x\n'));
    assert.match(
      error!,
      /^app.yaml:15: spec.template.spec.containers\[0\].resources.limits\[cpu\]: Invalid value: "1x": quantities/,
    );
  });

  it('is refused for a missing selector, at the line of what lacks it', () => {
    assert.deepEqual(told(deployment('').replace(/ {2}selector.*\n/, '')), [
      'app.yaml:5: spec.selector: Required value',
      'app.yaml:7: spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
    ]);
  });

  it('is refused for a privileged or host-networked pod, by name', () => {
    const errors = told(
      deployment('          securityContext: {privileged: true}\n      hostNetwork: true\n'),
    );
    assert.equal(errors.length, 2);
    assert.match(
      errors[0]!,
      /^app.yaml:14: spec.template.spec.hostNetwork: Forbidden: a home host never grants this/,
    );
    assert.match(
      errors[1]!,
      /^app.yaml:13: spec.template.spec.containers\[0\].securityContext.privileged: Forbidden/,
    );
  });

  it('is refused for tabs', () => {
    assert.deepEqual(told(configMap('a', 'data:\n\tkey: value\n')), [
      'app.yaml:5: tabs are not allowed as indentation in YAML; use spaces',
    ]);
  });

  it('is refused for a key that stands twice', () => {
    assert.deepEqual(told(configMap('a', 'data:\n  a: x\n  a: y\n')), [
      'app.yaml:6: data.a: this key stands here twice; keep one',
    ]);
    assert.deepEqual(told(deployment('          image: hello:2\n')), [
      'app.yaml:13: spec.template.spec.containers[0].image: this key stands here twice; keep one',
    ]);
    assert.deepEqual(told(configMap('a', 'data: {"a.b/c": x, "a.b/c": y}\n')), [
      'app.yaml:4: data[a.b/c]: this key stands here twice; keep one',
    ]);
    assert.deepEqual(told('{"apiVersion": "v1", "kind": "Namespace",\n"metadata": {},\n"kind": "Pod"}'), [
      'app.yaml:3: kind: this key stands here twice; keep one',
    ]);
  });

  it('is refused for a broken second document, and the third is checked all the same', () => {
    const errors = told([configMap('a'), 'kind: [\n', configMap('c', 'foo: 1\n')].join('---\n'));
    assert.match(errors[0]!, /^app.yaml:\d+: this is no YAML: /);
    assert.equal(errors.at(-1), 'app.yaml:10: foo: unknown field');
  });

  it('is refused for a kind that is not served, with what is', () => {
    assert.match(
      told('apiVersion: v1\nkind: VolumeAttachment\n')[0]!,
      /^app.yaml:2: kind: no matches for kind "VolumeAttachment" in version "v1"; kith serves Namespace, Pod/,
    );
    assert.deepEqual(told('apiVersion: extensions/v1beta1\nkind: Deployment\n'), [
      'app.yaml:1: apiVersion: no matches for kind "Deployment" in version "extensions/v1beta1"; kith serves it as apps/v1',
    ]);
    assert.deepEqual(told('kind: Pod\n'), ['app.yaml:1: apiVersion: Required value: such as apps/v1']);
    assert.deepEqual(told('- a\n'), [
      'app.yaml:1: a manifest is an object with apiVersion, kind and metadata',
    ]);
  });

  it('is told everything at once', () => {
    const errors = told(
      [deployment('  replicas: -1\n  foo: 1\n'), configMap('B', 'data: {a: 1}\n')].join('---\n'),
    );
    assert.deepEqual(
      errors.map((error) => error.split(': ').slice(0, 2)),
      [
        ['app.yaml:14', 'spec.foo'],
        ['app.yaml:13', 'spec.replicas'],
        ['app.yaml:19', 'data[a]'],
        ['app.yaml:18', 'metadata.name'],
      ],
    );
  });
});

describe('a manifest that is meant to exhaust its reader', () => {
  const lines = (count: number) =>
    Array.from(
      { length: count },
      (_, index) =>
        `l${index}: &l${index} [${Array(9)
          .fill(index ? `*l${index - 1}` : 'x')
          .join(', ')}]`,
    );

  it('is refused for aliases of aliases', () => {
    assert.match(told(lines(9).join('\n'))[0]!, /aliases cannot be followed/);
    // A few of them are followed.
    assert.doesNotMatch(told(lines(2).join('\n'))[0]!, /aliases/);
  });

  it('is refused for an anchor within itself', () => {
    assert.match(told('apiVersion: &a [*a]\n')[0]!, /aliases cannot be followed/);
  });

  it('is refused for its depth, its size and its number', () => {
    assert.match(told('['.repeat(50_000))[0]!, /nested too deeply/);
    assert.match(told(`# ${'x'.repeat(manifestBytesMax)}`)[0]!, /may have 8388608 bytes/);
    const many = (count: number) =>
      told('---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n'.repeat(count));
    assert.match(many(manifestDocumentsMax + 1)[0]!, /may have 2000 documents/);
    assert.deepEqual(many(manifestDocumentsMax), []);
  });
});
