import assert from 'node:assert/strict';
import { kindNamed } from '../../../api/kinds.ts';
import { objectWarnings } from '../../../api/object-warnings.ts';
import type { Service } from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import { until } from '../../support/wait.ts';
import { service, testCluster, type TestCluster } from './cluster.ts';

const two = [
  { name: 'http', port: 80 },
  { name: 'admin', port: 81 },
];

describe('the types of a Service', () => {
  let cluster: TestCluster;
  let client: Client;
  beforeEach(async () => {
    cluster = await testCluster();
    client = cluster.client;
  });
  afterEach(() => cluster.close());

  const ref = (name: string) => ({ kind: 'Service', namespace: 'default', name });
  const get = (name: string) => client.get<Service>(ref(name));
  const patch = (name: string, spec: object) => client.patch<Service>(ref(name), 'merge', { spec });
  const ports = ({ spec }: Service) => spec!.ports!.map(({ nodePort }) => nodePort);

  it('finds each port of a NodePort one that no other has, and keeps it', async () => {
    const made = await client.create<Service>(service('a', { type: 'NodePort', ports: two }));
    assert.equal(new Set(ports(made)).size, 2);
    for (const port of ports(made)) assert.ok(port! >= 30_000 && port! <= 32_767, String(port));
    assert.equal(made.spec!.externalTrafficPolicy, 'Cluster');
    // A manifest that is applied again does not name them.
    const again = await client.update<Service>(service('a', { type: 'NodePort', ports: two }));
    assert.deepEqual(ports(again), ports(made));
    const more = await client.update<Service>(
      service('a', { type: 'NodePort', ports: [...two, { name: 'more', port: 82 }] }),
    );
    assert.deepEqual(ports(more).slice(0, 2), ports(made));
    assert.ok(ports(more)[2]);
  });

  it('gives the port that is asked for, once, and again when it is free', async () => {
    const asked = { type: 'NodePort', ports: [{ port: 80, nodePort: 30_123 }] };
    await client.create(service('a', asked));
    await assert.rejects(
      client.create(service('b', asked)),
      /spec\.ports\[0\]\.nodePort: Invalid value: 30123: provided port is already allocated/,
    );
    await assert.rejects(
      client.create(service('b', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] })),
      /provided port is not in the valid range\. The range of valid ports is 30000-32767/,
    );
    // Not even a try takes it.
    await patch('a', { ports: [{ port: 80, nodePort: 30_124 }] });
    await until('it is free', () => client.create(service('b', asked), { dryRun: true }).then(() => true));
    await client.create(service('b', asked));
    await client.delete(ref('a'));
    await until('the other is free', () =>
      client
        .create(service('c', { type: 'NodePort', ports: [{ port: 80, nodePort: 30_124 }] }))
        .then(() => true),
    );
  });

  it('lets go of what another type does not have', async () => {
    await client.create(service('a', { type: 'NodePort' }));
    const plain = await patch('a', { type: 'ClusterIP' });
    assert.deepEqual(ports(plain), [undefined]);
    assert.equal(plain.spec!.externalTrafficPolicy, undefined);
    const named = await patch('a', { type: 'ExternalName', externalName: 'example.org' });
    assert.equal(named.spec!.clusterIP, undefined);
    assert.equal(named.spec!.ipFamilies, undefined);
    const back = await patch('a', { type: 'ClusterIP', externalName: null });
    assert.match(back.spec!.clusterIP!, /^10\./);
  });

  it('refuses what a type does not have', async () => {
    const refused = (spec: Partial<Service['spec']>) =>
      client.create(service('x', spec)).then(
        () => 'accepted',
        (error: Error) => error.message,
      );
    assert.match(
      await refused({ ports: [{ port: 80, nodePort: 30_000 }] }),
      /spec\.ports\[0\]\.nodePort: Forbidden: may not be used when `type` is 'ClusterIP'/,
    );
    assert.match(await refused({ type: 'ExternalName' }), /spec\.externalName: Required value/);
    assert.match(
      await refused({ type: 'ExternalName', externalName: 'a.example', clusterIP: '10.96.0.9' }),
      /spec\.clusterIPs: Forbidden: may not be set for ExternalName services/,
    );
    assert.match(
      await refused({ type: 'NodePort', clusterIP: 'None' }),
      /may not be set to 'None' for NodePort services/,
    );
    assert.match(
      await refused({ externalTrafficPolicy: 'Local' }),
      /may only be set for externally-accessible services/,
    );
    assert.match(
      await refused({ type: 'NodePort', loadBalancerClass: 'example.com/x' }),
      /spec\.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'/,
    );
  });

  it('gives a load balancer with local traffic a port for its health', async () => {
    const spec = {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      allocateLoadBalancerNodePorts: false,
    };
    const made = await client.create<Service>(service('a', spec));
    assert.ok(made.spec!.healthCheckNodePort! >= 30_000);
    assert.deepEqual(ports(made), [undefined]);
    await assert.rejects(patch('a', { healthCheckNodePort: 30_001 }), /field is immutable/);
    const table = await cluster.ask('GET', '/api/v1/namespaces/default/services/a', {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    assert.match(table.text, /"LoadBalancer","10\.[\d.]+","<pending>","80\/TCP"/);
    const cluster2 = await patch('a', { externalTrafficPolicy: 'Cluster' });
    assert.equal(cluster2.spec!.healthCheckNodePort, undefined);
    assert.equal((await get('a')).spec!.healthCheckNodePort, undefined);
  });

  it('says with its answer what no home carries out', async () => {
    const path = '/api/v1/namespaces/default/services';
    const said = async (object: Service) =>
      String((await cluster.ask('POST', path, { body: object })).headers['warning'] ?? '');
    assert.match(
      await said(service('a', { type: 'NodePort' })),
      /opens no ports on home routers.*kith open a/,
    );
    assert.match(
      await said(service('b', { type: 'ExternalName', externalName: 'a.example' })),
      /does not resolve names outside of the swarm/,
    );
    assert.equal(await said(service('c')), '');
  });

  it('stores what any cluster stores and no home does, and warns of each by its name', async () => {
    const made = await client.create<Service>(
      service('odd', {
        externalIPs: ['192.0.2.1'],
        internalTrafficPolicy: 'Local',
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53 },
        ],
      }),
    );
    assert.deepEqual(
      objectWarnings(kindNamed('Service'), made).map((each) => each.split(':')[0]),
      ['spec.externalIPs', 'spec.internalTrafficPolicy', 'spec.ports[0].protocol'],
    );
    // Who is kept out must not be ignored.
    await assert.rejects(
      client.create(
        service('ranges', { type: 'LoadBalancer', ports: two, loadBalancerSourceRanges: ['192.0.2.0/24'] }),
      ),
      /spec\.loadBalancerSourceRanges: Forbidden: /,
    );
  });
});
