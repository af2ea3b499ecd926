import { get, patch, post, put, remove, step, watch, type Topic } from './step.ts';

const all = '/api/v1/namespaces/protobuf/configmaps';
const type = 'application/vnd.kubernetes.protobuf';
const magic = Buffer.from('k8s\0');

/** A field of bytes or text, of fewer than 128. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

const message = (...fields: Buffer[]) => Buffer.concat(fields);
/** `runtime.Unknown`: of which type it is, and the object itself. */
const object = (apiVersion: string, kind: string, raw: Buffer) =>
  Buffer.concat([magic, field(1, message(field(1, apiVersion), field(2, kind))), field(2, raw)]);
const configMap = (name: string, data: Record<string, string> = {}) =>
  message(
    field(1, message(field(1, name))),
    ...Object.entries(data).map(([key, value]) => field(2, message(field(1, key), field(2, value)))),
  );
const bytes = (content: Buffer) => ({ bytes: content.toString('base64'), type });

const things = 'things.protobuf.example.org';
const pod = {
  containers: [
    {
      name: 'web',
      image: 'example/web:1',
      ports: [{ containerPort: 80 }],
      env: [
        { name: 'A', value: '' },
        { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
      resources: { requests: { cpu: '100m', memory: '64Mi' } },
      livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 3 },
      lifecycle: { preStop: { exec: { command: ['true'] } } },
    },
  ],
  volumes: [
    { name: 'v', emptyDir: {} },
    { name: 'c', configMap: { name: 'c', defaultMode: 0 } },
  ],
  securityContext: { runAsUser: 0, runAsNonRoot: false },
  automountServiceAccountToken: false,
};
/** Kinds that have of everything that a message can hold: maps, times, quantities, ports by name or number, JSON, schemas, negative numbers. */
const ofKinds: Record<
  string,
  [version: string, object: { metadata: { name: string } } & Record<string, unknown>]
> = {
  pods: [
    '/api/v1',
    {
      metadata: { name: 'p' },
      spec: {
        ...pod,
        tolerations: [
          { key: 'a', operator: 'Exists', tolerationSeconds: -5 },
          { key: 'b', effect: 'NoExecute', operator: 'Exists', tolerationSeconds: -5 },
        ],
      },
    },
  ],
  deployments: [
    '/apis/apps/v1',
    {
      metadata: { name: 'd' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { a: 'b' } },
        strategy: { rollingUpdate: { maxSurge: '30%', maxUnavailable: 0 } },
        template: { metadata: { labels: { a: 'b' } }, spec: pod },
      },
    },
  ],
  services: [
    '/api/v1',
    {
      metadata: { name: 's' },
      spec: { ports: [{ port: 80, targetPort: 'http' }], selector: { a: 'b' }, clusterIP: 'None' },
    },
  ],
  secrets: ['/api/v1', { metadata: { name: 's' }, data: { k: 'AP8=' }, type: 'Opaque' }],
  leases: [
    '/apis/coordination.k8s.io/v1',
    { metadata: { name: 'l' }, spec: { holderIdentity: 'h', renewTime: '2020-01-02T03:04:05.000006Z' } },
  ],
  controllerrevisions: ['/apis/apps/v1', { metadata: { name: 'c' }, revision: 3, data: { a: [1, 'ü'] } }],
  networkpolicies: [
    '/apis/networking.k8s.io/v1',
    {
      metadata: { name: 'n' },
      spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 'http' }] }] },
    },
  ],
  customresourcedefinitions: [
    '/apis/apiextensions.k8s.io/v1',
    {
      metadata: { name: things },
      spec: {
        group: 'protobuf.example.org',
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  spec: {
                    type: 'object',
                    properties: {
                      n: { type: 'number', minimum: -1.5, default: 0.25, enum: [0.25, 1] },
                      l: { type: 'array', items: { type: 'string', maxLength: 0 } },
                      m: { type: 'object', additionalProperties: { type: 'integer' } },
                      o: {
                        type: 'object',
                        'x-kubernetes-preserve-unknown-fields': true,
                        default: { a: null, b: [true] },
                      },
                    },
                  },
                },
              },
            },
          },
        ],
      },
    },
  ],
};

/** Bodies as typed clients write them from kubectl 1.32 on, what is wrong with some, and answers as such clients like them best. */
export const protobuf: Topic = {
  name: 'protobuf',
  steps: [
    post('create', all, undefined, bytes(object('v1', 'ConfigMap', configMap('a', { k: 'v' })))),
    put('replace', `${all}/a`, undefined, bytes(object('v1', 'ConfigMap', configMap('a', { k: 'w' })))),
    post('what is not valid', all, undefined, bytes(object('v1', 'ConfigMap', configMap('A')))),
    post('of another kind', all, undefined, bytes(object('v1', 'Secret', configMap('b')))),
    post('of no kind', all, undefined, bytes(object('', '', configMap('b')))),
    post('without its magic', all, undefined, bytes(configMap('b'))),
    post('the magic alone', all, undefined, bytes(magic)),
    post('nothing', all, undefined, bytes(Buffer.alloc(0))),
    post(
      'cut off',
      all,
      undefined,
      bytes(object('v1', 'ConfigMap', configMap('b', { k: 'v' })).subarray(0, -3)),
    ),
    post(
      'a length beyond the end',
      all,
      undefined,
      bytes(object('v1', 'ConfigMap', Buffer.from([0x0a, 0x7f, 0x0a, 0x01, 0x62]))),
    ),
    post('JSON that says it is protobuf', all, undefined, bytes(Buffer.from('{"metadata":{"name":"b"}}'))),
    step('PATCH', 'a patch', `${all}/a`, undefined, bytes(object('v1', 'ConfigMap', configMap('a')))),
    remove('a deletion', `${all}/a`, undefined, bytes(object('v1', 'DeleteOptions', message()))),
    get('a Status', `${all}/none`, { accept: type }),
    post(
      'as JSON, answered in protobuf',
      all,
      { metadata: { name: 'p' }, data: { k: 'v' } },
      { accept: type },
    ),
    get('one in protobuf', `${all}/p`, { accept: type }),
    get('one in protobuf, else in JSON', `${all}/p`, { accept: `${type},application/json` }),
    get('a list in protobuf', `${all}?fieldSelector=metadata.name%3Dp`, { accept: type }),
    get('a page in protobuf', `${all}?limit=1`, { accept: type }),
    get('metadata in protobuf', `${all}/p`, {
      accept: `${type};as=PartialObjectMetadata;v=v1;g=meta.k8s.io`,
    }),
    get('metadata of a list in protobuf', `${all}?fieldSelector=metadata.name%3Dp`, {
      accept: `${type};as=PartialObjectMetadataList;v=v1;g=meta.k8s.io`,
    }),
    get('a table in protobuf', `${all}/p`, { accept: `${type};as=Table;v=v1;g=meta.k8s.io` }),
    watch(
      'a watch in protobuf',
      `${all}?resourceVersion=0&timeoutSeconds=1&fieldSelector=metadata.name%3Dp`,
      1000,
      {
        accept: `${type};stream=watch`,
      },
    ),
    post('one that is refused', all, { metadata: { name: 'P' } }, { accept: type }),
    ...Object.entries(ofKinds).flatMap(([plural, [version, made]]) => {
      const collection =
        plural === 'customresourcedefinitions' || plural === 'nodes'
          ? `${version}/${plural}`
          : `${version}/namespaces/protobuf/${plural}`;
      return [
        post(`${plural}: made`, collection, made, { accept: type }),
        get(`${plural}: read`, `${collection}/${made.metadata.name}`, { accept: type }),
        get(`${plural}: all`, `${collection}?fieldSelector=metadata.name%3D${made.metadata.name}`, {
          accept: type,
        }),
      ];
    }),
    get('the scale of one', '/apis/apps/v1/namespaces/protobuf/deployments/d/scale', { accept: type }),
    patch(
      'a patch of one',
      '/apis/apps/v1/namespaces/protobuf/deployments/d',
      'merge',
      { spec: { replicas: 0 } },
      { accept: type },
    ),
    patch(
      'an apply of one',
      '/apis/apps/v1/namespaces/protobuf/deployments/d?fieldManager=a',
      'apply',
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', labels: { a: 'b' } } },
      { accept: type },
    ),
    get('a custom resource', '/apis/protobuf.example.org/v1/namespaces/protobuf/things', { accept: type }),
    get('a custom resource in what is none', '/apis/protobuf.example.org/v1/namespaces/protobuf/things', {
      accept: 'text/html',
    }),
    get('metadata of custom resources', '/apis/protobuf.example.org/v1/namespaces/protobuf/things', {
      accept: `${type};as=PartialObjectMetadataList;v=v1;g=meta.k8s.io`,
    }),
    get('a custom resource or JSON', '/apis/protobuf.example.org/v1/namespaces/protobuf/things', {
      accept: `${type},application/json`,
    }),
    remove('a deletion, answered in protobuf', `${all}/p`, undefined, { accept: type }),
    post(
      'a review',
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
      },
      { accept: type },
    ),
    get('protobuf or JSON of what is a table', `${all}?limit=1`, {
      accept: `${type};as=Table;v=v9;g=meta.k8s.io,application/json`,
    }),
  ],
};
