import assert from 'node:assert/strict';
import type { User } from '../../../../controller/apiserver/users.ts';
import { testCluster, type TestCluster } from '../cluster.ts';
import { VirtualClock } from '../../../../process/virtual-clock.ts';
import { until } from '../../../support/wait.ts';
import {
  conditionOf,
  define,
  definitionsPath,
  widget,
  widgetDefinition,
  widgetsPath,
  withSpec,
} from './widgets.ts';

describe('custom resources', () => {
  let cluster: TestCluster;
  let clock: VirtualClock;
  beforeEach(async () => {
    clock = new VirtualClock();
    cluster = await testCluster(clock);
  });
  afterEach(() => cluster.close());

  const create = (spec: unknown, name?: string, query = '') =>
    cluster.ask('POST', `${widgetsPath}${query}`, { body: widget(spec, name) });
  const patch = (path: string, body: unknown, type = 'application/merge-patch+json') =>
    cluster.ask('PATCH', `${widgetsPath}/${path}`, { body, type });

  describe('are served from their definition', () => {
    it('in discovery of both kinds, OpenAPI, and tables, from the moment it is established', async () => {
      assert.equal((await cluster.ask('GET', widgetsPath)).status, 404);
      await define(
        cluster,
        widgetDefinition({
          version: {
            additionalPrinterColumns: [
              { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
              { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
              { name: 'Wide', type: 'string', jsonPath: ".metadata.labels['a.b/c']", priority: 1 },
            ],
          },
          schema: {
            type: 'object',
            description: 'What a widget is.',
            properties: {
              spec: { type: 'object', properties: { size: { type: 'integer' } } },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        }),
      );
      const { json: legacy } = await cluster.ask('GET', '/apis/example.com/v1');
      const [resource] = legacy['resources'] as { name: string; shortNames: string[]; kind: string }[];
      assert.equal(resource!.name, 'widgets');
      assert.deepEqual(resource!.shortNames, ['wd']);
      const { text } = await cluster.ask('GET', '/apis', {
        accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
      });
      assert.match(text, /"singularResource":"widget"/);
      const { json: openApi } = await cluster.ask('GET', '/openapi/v3/apis/example.com/v1');
      assert.match(JSON.stringify(openApi), /What a widget is/);

      const body = widget({ size: 3 }, 'one', {
        metadata: { name: 'one', labels: { 'a.b/c': 'x' } },
        status: { conditions: [{ type: 'Ready', status: 'False' }] },
      });
      assert.equal((await cluster.ask('POST', widgetsPath, { body })).status, 201);
      const { json: table } = await cluster.ask('GET', widgetsPath, {
        accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
      });
      assert.deepEqual(
        (table['columnDefinitions'] as { name: string }[]).map(({ name }) => name),
        ['Name', 'Size', 'Ready', 'Wide'],
      );
      assert.deepEqual((table['rows'] as { cells: unknown[] }[])[0]!.cells, ['one', 3, 'False', 'x']);
    });

    it('again after a restart of the controller, with what was stored', async () => {
      await define(cluster, withSpec({ size: { type: 'integer' } }));
      await create({ size: 3 });
      const { createApiServer } = await import('../../../../controller/apiserver/create.ts');
      const { seededRandom } = await import('../../../../process/random.ts');
      const { silentLog } = await import('../../../../process/log.ts');
      const again = await createApiServer({
        store: cluster.store,
        clock: new VirtualClock(),
        random: seededRandom(1),
        log: silentLog,
      });
      const kind = again.registry.kinds.of('example.com/v1', 'Widget');
      assert.deepEqual(again.registry.reader.get(kind!, 'default', 'one').spec, { size: 3 });
      await again.close();
    });

    it('under every version that is served, each with its apiVersion, and stored under one', async () => {
      const schema = {
        type: 'object',
        properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
      };
      const named = (name: string, more = {}) => ({ name, schema: { openAPIV3Schema: schema }, ...more });
      await define(
        cluster,
        widgetDefinition({
          versions: [
            named('v1beta1', { storage: false }),
            named('v1', { storage: true }),
            named('v0', { served: false }),
          ],
        }),
      );
      const body = { ...widget({ size: 1 }), apiVersion: 'example.com/v1beta1' };
      const path = widgetsPath.replace('/v1/', '/v1beta1/');
      const { json } = await cluster.ask('POST', path, { body });
      assert.equal(json['apiVersion'], 'example.com/v1beta1');
      assert.equal((await cluster.ask('GET', `${widgetsPath}/one`)).json['apiVersion'], 'example.com/v1');
      assert.equal((await cluster.ask('GET', widgetsPath.replace('/v1/', '/v0/'))).status, 404);
      const stored = cluster.store.get('/example.com/widgets/default/one')!.value as { apiVersion: string };
      assert.equal(stored.apiVersion, 'example.com/v1');
      const { json: group } = await cluster.ask('GET', '/apis/example.com');
      assert.deepEqual((group['preferredVersion'] as { version: string }).version, 'v1');
    });
  });

  describe('are held to their schema', () => {
    it('what it does not know is dropped, told, or refused, as for built-in kinds', async () => {
      await define(cluster, withSpec({ size: { type: 'integer' } }));
      const dropped = await create({ size: 1, typo: 2 });
      assert.deepEqual(dropped.json['spec'], { size: 1 });
      assert.deepEqual(dropped.headers['warning'], ['299 - "unknown field \\"spec.typo\\""']);
      const refused = await create({ size: 1, typo: 2 }, 'two', '?fieldValidation=Strict');
      assert.equal(refused.status, 400);
      assert.match(refused.json.message!, /strict decoding error: unknown field "spec\.typo"/);
      const quiet = await create({ typo: 2 }, 'three', '?fieldValidation=Ignore');
      assert.equal(quiet.headers['warning'], undefined);
    });

    it('gets its defaults, also where it was stored before they were', async () => {
      await define(cluster, withSpec({ size: { type: 'integer' } }));
      await create({});
      const { json: definition } = await cluster.ask('GET', `${definitionsPath}/widgets.example.com`);
      const next = JSON.parse(JSON.stringify(definition)) as ReturnType<typeof widgetDefinition>;
      const [version] = next.spec.versions as unknown as {
        schema: { openAPIV3Schema: { properties: { spec: { properties: object } } } };
      }[];
      version!.schema.openAPIV3Schema.properties.spec.properties = { size: { type: 'integer', default: 7 } };
      const replaced = await cluster.ask('PUT', `${definitionsPath}/widgets.example.com`, { body: next });
      assert.equal(replaced.status, 200, replaced.text);
      assert.deepEqual((await cluster.ask('GET', `${widgetsPath}/one`)).json['spec'], { size: 7 });
      const { json } = await cluster.ask('GET', widgetsPath);
      assert.deepEqual((json['items'] as { spec: object }[])[0]!.spec, { size: 7 });
    });

    it('wrong values are refused with a cause for each, in the words of Kubernetes', async () => {
      await define(
        cluster,
        withSpec(
          {
            size: { type: 'integer', minimum: 1 },
            colour: { type: 'string', enum: ['red', 'blue'] },
            name: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
          },
          { required: ['size'] },
        ),
      );
      const texts = async (spec: unknown) => {
        const { status, json } = await create(spec);
        assert.equal(status, 422);
        return (json.details!.causes as { field: string; message: string }[]).map(
          ({ field, message }) => `${field}: ${message}`,
        );
      };
      assert.deepEqual(await texts({ size: 0 }), [
        'spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1',
      ]);
      assert.deepEqual(await texts({ size: 'a' }), [
        'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
      ]);
      assert.deepEqual(await texts({ colour: 'green' }), [
        'spec.colour: Unsupported value: "green": supported values: "red", "blue"',
        'spec.size: Required value',
      ]);
      assert.deepEqual(await texts({ size: 1, name: 'A' }), [
        'spec.name: Invalid value: "A": spec.name in body should match \'^[a-z]+$\'',
      ]);
    });

    it('what is said stands also after each patch, and a strategic one is not taken', async () => {
      await define(
        cluster,
        withSpec({
          size: { type: 'integer', maximum: 5 },
          list: { type: 'array', items: { type: 'string' } },
        }),
      );
      await create({ size: 1, list: ['a'] });
      assert.equal((await patch('one', { spec: { size: 9 } })).status, 422);
      const json = [{ op: 'add', path: '/spec/list/-', value: 'b' }];
      const patched = await patch('one', json, 'application/json-patch+json');
      assert.deepEqual(patched.json['spec'], { size: 1, list: ['a', 'b'] });
      const strategic = await patch('one', { spec: {} }, 'application/strategic-merge-patch+json');
      assert.equal(strategic.status, 415);
      assert.equal(strategic.json.reason, 'UnsupportedMediaType');
    });

    it('rules see the object, and how it was', async () => {
      await define(
        cluster,
        withSpec(
          { size: { type: 'integer' }, max: { type: 'integer' } },
          {
            'x-kubernetes-validations': [
              { rule: 'self.size <= self.max', messageExpression: "'at most %d'.format([self.max])" },
              {
                rule: 'self.max == oldSelf.max',
                message: 'max is for ever',
                fieldPath: '.max',
                reason: 'FieldValueForbidden',
              },
            ],
          },
        ),
      );
      const refused = await create({ size: 3, max: 2 });
      assert.equal(refused.status, 422);
      assert.match(refused.json.message!, /spec: Invalid value: "object": at most 2$/);
      assert.equal((await create({ size: 1, max: 2 })).status, 201);
      const changed = await patch('one', { spec: { max: 9 } });
      assert.match(changed.json.message!, /spec\.max: Forbidden: max is for ever$/);
      assert.equal((await patch('one', { spec: { size: 2 } })).status, 200);
    });

    it('may be read and written by whom a Role lets, and as many as a quota lets', async () => {
      await define(cluster, widgetDefinition());
      const group = 'rbac.authorization.k8s.io';
      const user: User = { name: 'eve', groups: ['system:authenticated'] };
      const ask = (method: string) =>
        cluster.ask(method, widgetsPath, { user, ...(method === 'POST' && { body: widget({}) }) });
      assert.equal((await ask('GET')).status, 403);
      const rules = [{ apiGroups: ['example.com'], resources: ['widgets'], verbs: ['list'] }];
      const role = { apiVersion: `${group}/v1`, kind: 'Role', metadata: { name: 'lists' }, rules };
      const binding = {
        apiVersion: `${group}/v1`,
        kind: 'RoleBinding',
        metadata: { name: 'lists' },
        roleRef: { apiGroup: group, kind: 'Role', name: 'lists' },
        subjects: [{ kind: 'User', name: 'eve', apiGroup: group }],
      };
      const rolesPath = `/apis/${group}/v1/namespaces/default`;
      assert.equal((await cluster.ask('POST', `${rolesPath}/roles`, { body: role })).status, 201);
      assert.equal((await cluster.ask('POST', `${rolesPath}/rolebindings`, { body: binding })).status, 201);
      await until('the role counts', async () => (await ask('GET')).status === 200);
      assert.equal((await ask('POST')).status, 403);

      const quota = {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'few' },
        spec: { hard: { 'count/widgets.example.com': '1' } },
      };
      await cluster.ask('POST', '/api/v1/namespaces/default/resourcequotas', { body: quota });
      assert.equal((await create({}, 'one')).status, 201);
      const second = await create({}, 'two');
      assert.match(second.json.message!, /exceeded quota: few, requested: count\/widgets\.example\.com=1/);
      const { text } = await cluster.ask('GET', '/metrics');
      assert.match(text, /apiserver_storage_objects\{resource="widgets\.example\.com"\} 1/);
    });

    it('protobuf, which nobody can read without their types, is not taken, and not given', async () => {
      await define(cluster, withSpec({ size: { type: 'integer' } }));
      const type = 'application/vnd.kubernetes.protobuf';
      const sent = await cluster.ask('POST', widgetsPath, { body: 'k8s\0', type });
      assert.equal(sent.status, 415, sent.text);
      assert.equal((await cluster.ask('GET', widgetsPath, { accept: type })).status, 406);
      const either = await cluster.ask('GET', widgetsPath, { accept: `${type}, application/json` });
      assert.equal(either.headers['content-type'], 'application/json');
    });

    it('a key called __proto__ is data', async () => {
      await define(
        cluster,
        withSpec({
          map: { type: 'object', additionalProperties: { type: 'string' } },
          open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        }),
      );
      const body = JSON.stringify(widget('SPEC')).replace(
        '"SPEC"',
        '{"map":{"__proto__":"a"},"open":{"__proto__":{"b":1}}}',
      );
      const { status, text } = await cluster.ask('POST', widgetsPath, { body });
      assert.equal(status, 201, text);
      assert.match(text, /"map":\{"__proto__":"a"\}/);
      assert.match(text, /"open":\{"__proto__":\{"b":1\}\}/);
      const wrong = body.replace('"__proto__":"a"', '"__proto__":1').replace('"one"', '"two"');
      assert.equal((await cluster.ask('POST', widgetsPath, { body: wrong })).status, 422);
    });

    it('what is nested too deep is refused, and what is not is taken', async () => {
      await define(cluster, withSpec({ open: { 'x-kubernetes-preserve-unknown-fields': true } }));
      const nested = (depth: number) => `{"a":`.repeat(depth) + '1' + '}'.repeat(depth);
      const send = (depth: number, name: string) =>
        cluster.ask('POST', widgetsPath, {
          body: JSON.stringify(widget({ open: 'OPEN' }, name)).replace('"OPEN"', nested(depth)),
        });
      const taken = await send(40, 'one');
      assert.equal(taken.status, 201, taken.text);
      const refused = await send(50_000, 'two');
      assert.equal(refused.status, 400);
      assert.match(refused.json.message!, /nested/);
    });
  });

  describe('have parts of their own', () => {
    const withParts = widgetDefinition({
      schema: {
        type: 'object',
        properties: {
          spec: { type: 'object', properties: { replicas: { type: 'integer' } } },
          status: {
            type: 'object',
            properties: { replicas: { type: 'integer' }, selector: { type: 'string' } },
          },
        },
      },
      version: {
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.selector',
          },
        },
        selectableFields: [{ jsonPath: '.spec.replicas' }],
      },
    });

    it('a status that only its own path writes, and a generation that counts the rest', async () => {
      await define(cluster, withParts);
      const body = widget({ replicas: 1 }, 'one', { status: { replicas: 9 } });
      const made = await cluster.ask('POST', widgetsPath, { body });
      assert.equal(made.json['status'], undefined);
      const generation = (answer: { json: Record<string, unknown> }) =>
        (answer.json['metadata'] as { generation: number }).generation;
      assert.equal(generation(made), 1);
      const status = await patch('one/status', { status: { replicas: 1 }, spec: { replicas: 5 } });
      assert.deepEqual(status.json['status'], { replicas: 1 });
      assert.deepEqual(status.json['spec'], { replicas: 1 });
      assert.equal(generation(status), 1);
      assert.equal(generation(await patch('one', { spec: { replicas: 2 }, status: { replicas: 7 } })), 2);
      assert.equal((await patch('one/status', { status: { replicas: 'a' } })).status, 422);
    });

    it('a scale, read and written where the definition says', async () => {
      await define(cluster, withParts);
      await create({ replicas: 2 });
      await patch('one/status', { status: { replicas: 1, selector: 'app=one' } });
      const { json } = await cluster.ask('GET', `${widgetsPath}/one/scale`);
      assert.deepEqual(json['spec'], { replicas: 2 });
      assert.deepEqual(json['status'], { replicas: 1, selector: 'app=one' });
      assert.equal((await patch('one/scale', { spec: { replicas: 5 } })).status, 200);
      assert.deepEqual((await cluster.ask('GET', `${widgetsPath}/one`)).json['spec'], { replicas: 5 });
    });

    it('fields that they can be selected by', async () => {
      await define(cluster, withParts);
      await create({ replicas: 2 }, 'two');
      await create({ replicas: 3 }, 'three');
      const names = async (query: string) =>
        (
          (await cluster.ask('GET', `${widgetsPath}?fieldSelector=${query}`)).json['items'] as {
            metadata: { name: string };
          }[]
        ).map(({ metadata }) => metadata.name);
      assert.deepEqual(await names('spec.replicas%3D3'), ['three']);
      assert.deepEqual(await names('spec.replicas!%3D3'), ['two']);
    });
  });

  describe('definitions', () => {
    it('that want names of others are told so, and get them when they are free', async () => {
      await define(cluster, widgetDefinition());
      const rival = {
        ...widgetDefinition({ spec: { names: { plural: 'gadgets', kind: 'Widget', shortNames: ['wd'] } } }),
        metadata: { name: 'gadgets.example.com' },
      };
      assert.equal((await cluster.ask('POST', definitionsPath, { body: rival })).status, 201);
      const refused = await until('a verdict', () =>
        conditionOf(cluster, 'gadgets.example.com', 'NamesAccepted'),
      );
      assert.equal(refused.status, 'False');
      assert.equal(refused.reason, 'ListKindConflict');
      assert.equal((await conditionOf(cluster, 'gadgets.example.com', 'Established'))?.reason, 'NotAccepted');
      await cluster.ask('DELETE', `${definitionsPath}/widgets.example.com`);
      await until(
        'the names are free',
        async () => (await conditionOf(cluster, 'gadgets.example.com', 'Established'))?.status === 'True',
      );
      assert.equal((await cluster.ask('GET', '/apis/example.com/v1/namespaces/default/gadgets')).status, 200);
    });

    it('take their objects along when they go, those that somebody holds once they are let go of', async () => {
      await define(cluster, withSpec({ size: { type: 'integer' } }));
      await create({ size: 1 });
      await cluster.ask('POST', widgetsPath, {
        body: widget({}, 'held', { metadata: { name: 'held', finalizers: ['example.com/hold'] } }),
      });
      await cluster.ask('DELETE', `${definitionsPath}/widgets.example.com`);
      await until(
        'the free one is gone',
        async () => (await cluster.ask('GET', `${widgetsPath}/one`)).status === 404,
      );
      assert.equal((await cluster.ask('GET', `${definitionsPath}/widgets.example.com`)).status, 200);
      const late = await create({ size: 2 }, 'late');
      assert.equal(late.status, 405, late.text);
      await patch('held', { metadata: { finalizers: null } });
      await until('the definition is gone', async () => {
        await clock.advance(1_000);
        return (await cluster.ask('GET', `${definitionsPath}/widgets.example.com`)).status === 404;
      });
      assert.equal((await cluster.ask('GET', widgetsPath)).status, 404);
    });

    it('are refused by the names of what is wrong in them', async () => {
      const refused = async (schema: object) => {
        const { status, json } = await cluster.ask('POST', definitionsPath, {
          body: widgetDefinition({ schema }),
        });
        assert.equal(status, 422);
        return json.message!;
      };
      const spec = (properties: object, more = {}) => ({
        type: 'object',
        properties: { spec: { type: 'object', properties, ...more } },
      });
      assert.match(
        await refused(spec({ a: {} })),
        /properties\[a\]\.type: Required value: must not be empty for specified object fields/,
      );
      assert.match(
        await refused(spec({ a: { type: 'string', pattern: '(?=a)' } })),
        /must be a valid regular expression, but isn't: error parsing regexp/,
      );
      assert.match(
        await refused(spec({ a: { type: 'string', default: 1 } })),
        /must be of type string: "integer"/,
      );
      assert.match(
        await refused(spec({}, { 'x-kubernetes-validations': [{ rule: 'self.b > 1' }] })),
        /ERROR: <input>:1:5: undefined field 'b'/,
      );
      assert.match(
        await refused(
          spec({ a: { type: 'string' } }, { 'x-kubernetes-validations': [{ rule: 'isSemver(self.a)' }] }),
        ),
        /undeclared reference to 'isSemver'/,
      );
    });

    it('say by a warning that a version is deprecated, to whoever asks for it', async () => {
      await define(cluster, widgetDefinition({ version: { deprecated: true } }));
      const { headers } = await cluster.ask('GET', widgetsPath);
      assert.deepEqual(headers['warning'], ['299 - "example.com/v1 Widget is deprecated"']);
    });

    it('are read strictly, also within items and values', async () => {
      const schema = {
        type: 'object',
        properties: { list: { type: 'array', items: { type: 'string', maxlength: 1 } } },
      };
      const path = `${definitionsPath}?fieldValidation=Strict`;
      const refused = await cluster.ask('POST', path, { body: widgetDefinition({ schema }) });
      assert.equal(refused.status, 400);
      assert.match(refused.json.message!, /unknown field ".*properties.*list.*items\.maxlength"/);
      const wrong = { type: 'object', properties: { list: { type: 'array', items: { maximum: 'a' } } } };
      assert.equal(
        (await cluster.ask('POST', definitionsPath, { body: widgetDefinition({ schema: wrong }) })).status,
        400,
      );
    });

    it('of a kind that the API server brings are refused: their objects would be the same', async () => {
      const body = {
        ...widgetDefinition({
          spec: { group: 'networking.k8s.io', names: { plural: 'ingresses', kind: 'Ingress' } },
        }),
        metadata: {
          name: 'ingresses.networking.k8s.io',
          annotations: { 'api-approved.kubernetes.io': 'unapproved, a test' },
        },
      };
      const { status, json } = await cluster.ask('POST', definitionsPath, { body });
      assert.equal(status, 422);
      assert.match(json.message!, /spec\.names\.plural: Forbidden: .* is a kind that the API server brings/);
    });

    it('end the watches on their objects when they change: who comes back sees them as they are now', async () => {
      await define(cluster, withSpec({ size: { type: 'integer' } }));
      const watch = cluster.ask('GET', `${widgetsPath}?watch=true`);
      await until('the watch runs', () => cluster.apiServer.registry.reader.watchCount > 0);
      const path = `${definitionsPath}/widgets.example.com`;
      const body = { spec: { names: { shortNames: ['w'] } } };
      await cluster.ask('PATCH', path, { body, type: 'application/merge-patch+json' });
      assert.equal((await watch).status, 200);
    });

    it('that convert by a webhook are refused by that name', async () => {
      const body = widgetDefinition({
        spec: {
          conversion: {
            strategy: 'Webhook',
            webhook: { clientConfig: { url: 'https://a.example' }, conversionReviewVersions: ['v1'] },
          },
        },
      });
      const { status, json } = await cluster.ask('POST', definitionsPath, { body });
      assert.equal(status, 422);
      assert.match(json.message!, /spec\.conversion\.strategy: Forbidden: kith calls no webhooks/);
    });
  });
});
