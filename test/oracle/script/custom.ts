import { lifecycle, merged, variants, collected } from './kind.ts';
import {
  get,
  partial,
  partialList,
  patch,
  post,
  put,
  remove,
  table,
  watch,
  type Step,
  type Topic,
} from './step.ts';

const definitionsAt = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 1, maximum: 10 },
        colour: { type: 'string', enum: ['red', 'blue'], default: 'red' },
        tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        parts: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: {
            type: 'object',
            required: ['name'],
            properties: { name: { type: 'string' }, weight: { type: 'integer', default: 1 } },
          },
        },
        open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        port: { 'x-kubernetes-int-or-string': true },
        when: { type: 'string', format: 'date-time' },
        note: { type: 'string', nullable: true, maxLength: 5, pattern: '^[a-z]*$' },
        replicas: { type: 'integer', default: 1 },
      },
      'x-kubernetes-validations': [
        { rule: 'self.replicas <= self.size', message: 'no more replicas than its size' },
        {
          rule: "!has(self.note) || self.note != 'bad'",
          messageExpression: "'note ' + self.note",
          reason: 'FieldValueForbidden',
          fieldPath: '.note',
        },
        { rule: 'self.size >= oldSelf.size', message: 'it never shrinks' },
      ],
    },
    status: {
      type: 'object',
      properties: { replicas: { type: 'integer' }, selector: { type: 'string' }, phase: { type: 'string' } },
    },
  },
};
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'boxes.oracle.example.org' },
  spec: {
    group: 'oracle.example.org',
    scope: 'Namespaced',
    names: { plural: 'boxes', singular: 'box', kind: 'Box', shortNames: ['bx'], categories: ['all'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: schema },
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.selector',
          },
        },
        additionalPrinterColumns: [
          { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
          { name: 'Colour', type: 'string', jsonPath: '.spec.colour', priority: 1 },
          { name: 'Made', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        selectableFields: [{ jsonPath: '.spec.colour' }],
      },
    ],
  },
};
const boxesAt = '/apis/oracle.example.org/v1/namespaces/custom-resources/boxes';
const box = { apiVersion: 'oracle.example.org/v1', kind: 'Box', metadata: {}, spec: { size: 3 } };
const wait = (name: string): Step => get(name, '/apis/oracle.example.org/v1', { keep: 'groupVersion' });

const version = (more: object) => ({
  metadata: { name: 'dogs.oracle.example.org' },
  spec: {
    group: 'oracle.example.org',
    names: { plural: 'dogs', kind: 'Dog', shortNames: null, singular: null, categories: null },
    versions: [
      merged(
        { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
        more,
      ),
    ],
  },
});
export const definitions: Topic = {
  name: 'definitions',
  steps: [
    get('get what is not there', `${definitionsAt}/none`),
    ...variants(definitionsAt, definition, {
      'a name that is not its own': { metadata: { name: 'x' } },
      'no versions': { metadata: { name: 'boxes.oracle.example.org' }, spec: { versions: [] } },
      'no group': { metadata: { name: 'boxes.oracle.example.org' }, spec: { group: '' } },
      'a strange scope': { metadata: { name: 'boxes.oracle.example.org' }, spec: { scope: 'World' } },
      'no schema': version({ schema: null }),
      'nothing stored': version({ storage: false }),
      'a schema without a type': version({ schema: { openAPIV3Schema: { type: null } } }),
      'a schema that is not structural': version({
        schema: { openAPIV3Schema: { properties: { a: { items: { type: 'string' } } } } },
      }),
      'a default that does not fit': version({
        schema: { openAPIV3Schema: { properties: { a: { type: 'integer', default: 'x' } } } },
      }),
      'a rule that does not compile': version({
        schema: { openAPIV3Schema: { 'x-kubernetes-validations': [{ rule: 'self.nothing > 1' }] } },
      }),
      'a column without a path': version({ additionalPrinterColumns: [{ name: 'A', type: 'string' }] }),
      'a scale without a path': version({ subresources: { scale: { specReplicasPath: '.spec.r' } } }),
      'a group of Kubernetes': { metadata: { name: 'boxes.apps.k8s.io' }, spec: { group: 'apps.k8s.io' } },
    }),
  ],
};
const catsAt = `${definitionsAt}/cats.kinds.example.org`;
const cats = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'cats.kinds.example.org', labels: { of: 'cats' } },
  spec: {
    group: 'kinds.example.org',
    scope: 'Namespaced',
    names: { plural: 'cats', kind: 'Cat' },
    versions: [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
      {
        name: 'v1beta1',
        served: true,
        storage: false,
        deprecated: true,
        schema: { openAPIV3Schema: { type: 'object' } },
      },
    ],
  },
};
/** After these the server has found its names good, in a state of its own. */
const settled = (name: string, of: string, from: string): Step =>
  watch(
    name,
    `${definitionsAt}?fieldSelector=metadata.name%3D${of}&resourceVersion={{${from}:metadata.resourceVersion}}`,
    2,
    { keep: '1.object.status' },
  );
const labelled = { keep: 'metadata.labels' };
/** Definitions themselves: every verb, names that are taken, versions. */
export const definitionVerbs: Topic = {
  name: 'definition-verbs',
  steps: [
    post('create in a dry run', `${definitionsAt}?dryRun=All`, cats),
    post(
      'unknown fields, ignored',
      `${definitionsAt}?dryRun=All&fieldValidation=Ignore`,
      merged(cats, { spez: 1 }),
      labelled,
    ),
    post(
      'unknown fields, warned of',
      `${definitionsAt}?dryRun=All&fieldValidation=Warn`,
      merged(cats, { spez: 1 }),
      labelled,
    ),
    post(
      'unknown fields, strictly',
      `${definitionsAt}?dryRun=All&fieldValidation=Strict`,
      merged(cats, { spez: 1 }),
    ),
    post(
      'create by a generated name',
      `${definitionsAt}?dryRun=All`,
      merged(cats, { metadata: { name: null, generateName: 'cats' } }),
    ),
    post('create', definitionsAt, cats),
    settled('until it is established', 'cats.kinds.example.org', 'create'),
    get('get', catsAt, { keep: 'spec' }),
    get('get its status', `${catsAt}/status`, { keep: 'status' }),
    get('list', `${definitionsAt}?fieldSelector=metadata.name%3Dcats.kinds.example.org`, {
      keep: 'items.0.status',
    }),
    get('list by labels', `${definitionsAt}?labelSelector=of%3Dcats`, {
      accept: partialList,
      keep: 'items.0.metadata.name',
    }),
    get('table of the list', `${definitionsAt}?labelSelector=of%3Dcats`, { accept: table }),
    get('table of one', `${catsAt}?includeObject=None`, { accept: table, keep: 'rows.0' }),
    get('metadata of one', catsAt, { accept: partial, ...labelled }),
    watch('watch it as a table', `${definitionsAt}?labelSelector=of%3Dcats&includeObject=None`, 1, {
      accept: table,
      keep: '0.object.rows.0',
    }),
    put('replace', catsAt, '{{get:*}}', labelled),
    put('replace the status', `${catsAt}/status`, '{{get:*}}', labelled),
    patch('patch', catsAt, 'merge', { metadata: { labels: { merge: '1' } } }, labelled),
    patch(
      'patch as JSON',
      catsAt,
      'json',
      [{ op: 'add', path: '/metadata/labels/json', value: '1' }],
      labelled,
    ),
    patch('patch strategically', catsAt, 'strategic', { metadata: { labels: { strategic: '1' } } }, labelled),
    patch(
      'patch in a dry run',
      `${catsAt}?dryRun=All`,
      'merge',
      { metadata: { labels: { dry: '1' } } },
      labelled,
    ),
    patch(
      'patch the status',
      `${catsAt}/status`,
      'merge',
      { metadata: { labels: { status: '1' } } },
      labelled,
    ),
    patch(
      'apply',
      `${catsAt}?fieldManager=a`,
      'apply',
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'cats.kinds.example.org', labels: { applied: 'yes' } },
      },
      labelled,
    ),
    patch('another scope', catsAt, 'merge', { spec: { scope: 'Cluster' } }),
    patch('another group', catsAt, 'merge', { spec: { group: 'other.example.org' } }),
    patch('another kind', catsAt, 'merge', { spec: { names: { kind: 'Dog' } } }),
    patch('no version that is stored', catsAt, 'json', [
      { op: 'replace', path: '/spec/versions/0/storage', value: false },
    ]),
    patch('a version less that is stored', catsAt, 'json', [{ op: 'remove', path: '/spec/versions/0' }]),
    post('made in the older version', '/apis/kinds.example.org/v1beta1/namespaces/definition-verbs/cats', {
      apiVersion: 'kinds.example.org/v1beta1',
      kind: 'Cat',
      metadata: { name: 'tom' },
    }),
    get('read in the newer version', '/apis/kinds.example.org/v1/namespaces/definition-verbs/cats/tom', {
      keep: 'apiVersion',
    }),
    post(
      'one whose names are taken',
      definitionsAt,
      merged(cats, {
        metadata: { name: 'felines.kinds.example.org' },
        spec: { names: { plural: 'felines', kind: 'Cat', listKind: 'CatList', singular: 'cat' } },
      }),
    ),
    settled('whose names are refused', 'felines.kinds.example.org', 'one whose names are taken'),
    get(
      'what is served in the older version',
      '/apis/kinds.example.org/v1beta1/namespaces/definition-verbs/cats',
    ),
    remove('delete in a dry run', `${catsAt}?dryRun=All`),
    remove('delete', catsAt, undefined, { keep: 'metadata.finalizers' }),
    remove('delete all of a label', `${definitionsAt}?labelSelector=of%3Dcats`, undefined, { keep: 'kind' }),
  ],
};
export const customResources: Topic = {
  name: 'custom-resources',
  steps: [
    post('define', definitionsAt, definition),
    watch(
      'until it is established',
      `${definitionsAt}?fieldSelector=metadata.name%3Dboxes.oracle.example.org&resourceVersion={{define:metadata.resourceVersion}}`,
      2,
      { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' },
    ),
    wait('served'),
    ...lifecycle(boxesAt, box),
    ...collected(boxesAt, box),
    ...variants(boxesAt, box, {
      'no spec': { spec: null },
      'too small': { spec: { size: 0 } },
      'too large': { spec: { size: 11 } },
      'a size that is text': { spec: { size: 'three' } },
      'a strange colour': { spec: { colour: 'green' } },
      'a tag twice': { spec: { tags: ['a', 'a'] } },
      'a part twice': { spec: { parts: [{ name: 'a' }, { name: 'a' }] } },
      'a part without a name': { spec: { parts: [{}] } },
      'parts with their defaults': { spec: { parts: [{ name: 'a' }] } },
      'unknown fields': { spec: { unknown: 1, open: { anything: [1] } }, other: 2 },
      'a port of either type': { spec: { port: 'web' } },
      'a port of neither': { spec: { port: true } },
      'a time that is none': { spec: { when: 'now' } },
      'a note of capitals, too long': { spec: { note: 'TOOLONG' } },
      'more replicas than size': { spec: { replicas: 5 } },
      'a bad note': { spec: { note: 'bad' } },
      'a name that is none': { metadata: { name: 'A_b' } },
    }),
    post(
      'strictly',
      `${boxesAt}?fieldValidation=Strict`,
      merged(box, { metadata: { name: 'strict' }, spec: { unknown: 1 } }),
    ),
    post('create b', boxesAt, merged(box, { metadata: { name: 'b' } })),
    patch('shrink', `${boxesAt}/b`, 'merge', { spec: { size: 2 } }),
    patch('grow', `${boxesAt}/b`, 'merge', { spec: { size: 4 } }),
    patch('strategic', `${boxesAt}/b`, 'strategic', { spec: { size: 4 } }),
    patch('the status', `${boxesAt}/b/status`, 'merge', {
      status: { phase: 'Ready', replicas: 1, selector: 'a=b' },
      spec: { size: 9 },
    }),
    get('read its status', `${boxesAt}/b/status`, { keep: 'status' }),
    put('replace its status', `${boxesAt}/b/status`, '{{read its status:*}}', { keep: 'status' }),
    get('the scale', `${boxesAt}/b/scale`),
    patch('patch the scale', `${boxesAt}/b/scale`, 'merge', { spec: { replicas: 3 } }, { keep: 'spec' }),
    put('scale', `${boxesAt}/b/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'b' },
      spec: { replicas: 2 },
    }),
    patch('apply', `${boxesAt}/b?fieldManager=ann`, 'apply', {
      ...box,
      metadata: { name: 'b' },
      spec: { parts: [{ name: 'p' }], tags: ['t'] },
    }),
    patch('apply by another', `${boxesAt}/b?fieldManager=bob`, 'apply', {
      ...box,
      metadata: { name: 'b' },
      spec: { parts: [{ name: 'q' }], tags: ['u'], size: 5 },
    }),
    get('by colour', `${boxesAt}?fieldSelector=spec.colour%3Dred`, { accept: table }),
    get('by what is not selectable', `${boxesAt}?fieldSelector=spec.size%3D3`),
    get('discovery', '/apis/oracle.example.org/v1'),
    remove('delete the definition', `${definitionsAt}/boxes.oracle.example.org`),
  ].map((each, index, all) =>
    all.findIndex(({ name }) => name === each.name) === index
      ? each
      : { ...each, name: `${each.name}, once more` },
  ),
};
