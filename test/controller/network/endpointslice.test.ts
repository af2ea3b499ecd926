import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Endpoint, EndpointSlice, Pod, Service } from '../../../api/types.ts';
import type { KubeObject } from '../../../client/client.ts';
import { endpointSlice } from '../../../controller/network/endpointslice.ts';
import { planSlices } from '../../../controller/network/slices.ts';
import type { Backend } from '../../../controller/network/endpoints.ts';
import type { Action } from '../../../controller/reconciler.ts';
import { aNode, aPod, aService, now, suspect } from '../support/objects.ts';
import { worldOf } from '../support/world.ts';

const decide = (objects: KubeObject[]): Action[] =>
  endpointSlice.decide(worldOf(objects).world, 'default/hello', now);
/** The one slice that is created for these. */
function sliceOf(pods: Pod[], service: Service = aService(), nodes = [aNode('attic')]): EndpointSlice {
  const [action, ...rest] = decide([service, ...nodes, ...pods]);
  assert.ok(action?.do === 'create' && rest.length === 0);
  return action.object as EndpointSlice;
}

describe('endpoint slices', () => {
  it('hold each pod with its address, node and conditions', () => {
    const { metadata, endpoints, ports } = sliceOf([aPod('a', { node: 'attic', ip: '10.244.0.2' })]);
    assert.equal(metadata!.labels!['kubernetes.io/service-name'], 'hello');
    assert.deepEqual(ports, [{ name: '', port: 8080, protocol: 'TCP' }]);
    assert.deepEqual(endpoints, [
      {
        addresses: ['10.244.0.2'],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: 'attic',
        targetRef: { kind: 'Pod', namespace: 'default', name: 'a', uid: 'pod-a' },
      },
    ]);
  });

  it('tell a pod that is ending but still serves from one that does not', () => {
    const pods = [
      aPod('ending', { node: 'attic', ip: '10.244.0.2', deleting: true }),
      aPod('starting', { node: 'attic', ip: '10.244.0.3', ready: false }),
    ];
    const conditions = sliceOf(pods).endpoints!.map((endpoint) => endpoint.conditions);
    assert.deepEqual(conditions, [
      { ready: false, serving: true, terminating: true },
      { ready: false, serving: false, terminating: false },
    ]);
  });

  it('leave out pods without an address, ended ones, and those of a suspect host', () => {
    const pods = [
      aPod('waiting'),
      aPod('nowhere', { node: 'attic' }),
      aPod('ended', { node: 'attic', ip: '10.244.0.4', phase: 'Succeeded' }),
      aPod('lost', { node: 'cellar', ip: '10.244.1.2' }),
    ];
    assert.deepEqual(sliceOf(pods, aService(), [aNode('attic'), aNode('cellar', suspect)]).endpoints, []);
  });

  it('leave out an address that is none: the API would refuse the slice, and with it the other endpoints', () => {
    const lie = (ip: string) => aPod('lie', { node: 'attic', ip });
    const honest = aPod('honest', { node: 'attic', ip: '10.244.0.2' });
    for (const ip of ['not an address', '10.244.0.300', '10.244.0.3\u001b[2J', '::1'])
      assert.deepEqual(
        sliceOf([lie(ip), honest]).endpoints!.map(({ addresses }) => addresses),
        [['10.244.0.2']],
        ip,
      );
    assert.equal(sliceOf([lie('10.244.0.3'), honest]).endpoints!.length, 2);
  });

  it('publish unready pods where the Service asks for it', () => {
    const service = aService({ publishNotReadyAddresses: true });
    const { endpoints } = sliceOf([aPod('a', { node: 'attic', ip: '10.244.0.2', ready: false })], service);
    assert.deepEqual(endpoints![0]!.conditions, { ready: true, serving: false, terminating: false });
  });

  it('resolve a named port by each pod’s own declaration', () => {
    const service = aService({ ports: [{ name: 'web', port: 80, targetPort: 'http' }] });
    const named = (containerPort: number) => ({
      containers: [{ name: 'main', ports: [{ name: 'http', containerPort }] }],
    });
    const pods = [
      aPod('a', { node: 'attic', ip: '10.244.0.2', spec: named(8080) }),
      aPod('b', { node: 'attic', ip: '10.244.0.3', spec: named(9090) }),
    ];
    const created = decide([service, aNode('attic'), ...pods]).map(
      (action) => action.do === 'create' && (action.object as EndpointSlice).ports![0]!.port,
    );
    assert.deepEqual(created, [8080, 9090]);
  });

  it('are left alone where the Service has no selector', () => {
    assert.deepEqual(
      decide([aService({ selector: undefined }), aPod('a', { node: 'attic', ip: '10.244.0.2' })]),
      [],
    );
  });

  it('are not written when nothing changes', () => {
    const pods = [aPod('a', { node: 'attic', ip: '10.244.0.2' })];
    const made = sliceOf(pods);
    const stored = {
      ...made,
      metadata: { ...made.metadata, name: 'hello-1', uid: 's1', resourceVersion: '900' },
    };
    assert.deepEqual(decide([aService(), aNode('attic'), ...pods, stored]), []);
  });
});

describe('slice plan', () => {
  const backend = (name: string, ready = true, port = 8080): Backend => ({
    endpoint: { addresses: [name], conditions: { ready }, targetRef: { uid: name } },
    ports: [{ name: '', port, protocol: 'TCP' }],
  });
  let made = 0;
  /** The slices after the plan was carried out. */
  function carryOut(existing: EndpointSlice[], backends: Backend[]): EndpointSlice[] {
    const plan = planSlices(existing, backends);
    const gone = new Set(plan.delete.map(({ metadata }) => metadata!.name));
    const updated = new Map(plan.update.map((slice) => [slice.metadata!.name, slice]));
    return [
      ...existing
        .filter(({ metadata }) => !gone.has(metadata!.name))
        .map((each) => updated.get(each.metadata!.name) ?? each),
      ...plan.create.map((content) => ({
        addressType: 'IPv4',
        metadata: { name: `s${made++}` },
        ...content,
      })),
    ];
  }
  const uids = (endpoints: Endpoint[] = []) => endpoints.map(({ targetRef }) => targetRef!.uid);

  it('puts no more than a hundred into one slice', () => {
    const slices = carryOut(
      [],
      Array.from({ length: 250 }, (_, index) => backend(`p${index}`)),
    );
    assert.deepEqual(slices.map(({ endpoints }) => endpoints!.length).toSorted(), [100, 100, 50]);
  });

  it('touches one slice where one pod changes', () => {
    const backends = Array.from({ length: 250 }, (_, index) => backend(`p${index}`));
    const slices = carryOut([], backends);
    const plan = planSlices(slices, [...backends.slice(0, 30), backend('p30', false), ...backends.slice(31)]);
    assert.deepEqual([plan.create.length, plan.update.length, plan.delete.length], [0, 1, 0]);
  });

  it('keeps an empty slice when the last endpoint goes, and fills it again', () => {
    const slices = carryOut([], [backend('a')]);
    const emptied = carryOut(slices, []);
    assert.deepEqual(
      emptied.map(({ endpoints }) => endpoints),
      [[]],
    );
    const filled = carryOut(emptied, [backend('b')]);
    assert.equal(filled.length, 1);
    assert.equal(filled[0]!.metadata!.name, slices[0]!.metadata!.name);
  });

  it('always ends with exactly the backends, each once, under its ports, and then rests', () => {
    const anyBackends = fc.uniqueArray(
      fc.record({
        name: fc.integer({ min: 0, max: 150 }),
        ready: fc.boolean(),
        port: fc.constantFrom(80, 81),
      }),
      { selector: ({ name }) => name, maxLength: 150 },
    );
    fc.assert(
      fc.property(fc.array(anyBackends, { minLength: 1, maxLength: 4 }), (steps) => {
        let slices: EndpointSlice[] = [];
        for (const step of steps) {
          const backends = step.map(({ name, ready, port }) => backend(`p${name}`, ready, port));
          slices = carryOut(slices, backends);
          for (const port of [80, 81]) {
            const found = slices
              .filter(({ ports }) => ports?.[0]?.port === port)
              .flatMap((each) => uids(each.endpoints));
            const wanted = backends
              .filter(({ ports }) => ports[0]!.port === port)
              .flatMap((each) => uids([each.endpoint]));
            assert.deepEqual(found.toSorted(), wanted.toSorted());
          }
          const plan = planSlices(slices, backends);
          assert.deepEqual([plan.create, plan.update, plan.delete], [[], [], []]);
        }
      }),
      { numRuns: 50 },
    );
  });
});
