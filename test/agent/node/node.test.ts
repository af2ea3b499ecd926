import assert from 'node:assert/strict';
import { admit } from '../../../agent/node/admission.ts';
import { chooseCaps } from '../../../agent/node/caps.ts';
import { register } from '../../../agent/node/registration.ts';
import type { NodeIdentity } from '../../../agent/node/status.ts';
import type { Lease, Node, Pod } from '../../../api/types.ts';
import { silentLog } from '../../../process/log.ts';
import { seededRandom } from '../../../process/random.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';
import { FakeApi } from '../../support/fake-api.ts';
import { FakeSandbox } from '../../support/fake-sandbox.ts';
import { pod } from '../pods/support.ts';

const gib = 2 ** 30;
const caps = { cpuMillis: 1500, memoryBytes: gib, diskBytes: 10 * gib, pods: 2 };

describe('what a host lends', () => {
  it('is three quarters of the cores, half of the memory and 10 GiB, each with its reason', () => {
    const machine = { cores: 4, memoryBytes: 8 * gib, diskFreeBytes: 100 * gib, diskTotalBytes: 200 * gib };
    const { caps: chosen, chosen: reasons } = chooseCaps({}, machine);
    assert.deepEqual(chosen, { cpuMillis: 3000, memoryBytes: 4 * gib, diskBytes: 10 * gib, pods: 110 });
    assert.ok(reasons.every(({ reason }) => reason.length > 10));
  });

  it('never takes the last tenth of the disk, and is what the owner says', () => {
    const machine = { cores: 4, memoryBytes: 8 * gib, diskFreeBytes: 25 * gib, diskTotalBytes: 200 * gib };
    assert.equal(chooseCaps({}, machine).caps.diskBytes, 5 * gib);
    const { caps: set, chosen } = chooseCaps({ cpuMillis: 500 }, machine);
    assert.equal(set.cpuMillis, 500);
    assert.equal(chosen.find(({ name }) => name === 'cpuMillis')!.reason, 'set by the owner');
    assert.throws(() => chooseCaps({ memoryBytes: -1 }, machine), /memoryBytes is -1/);
  });
});

describe('a host that is offered a pod', () => {
  const node: Node = { metadata: { labels: { disk: 'ssd' } } };
  const offer = (it: Pod, placed: Pod[] = []) => admit(it, { caps, placed, nodeName: 'attic', node })?.reason;
  const asking = (requests: Record<string, string>) => pod('p', { container: { resources: { requests } } });

  it('takes it within the caps, counting what is there', () => {
    assert.equal(offer(asking({ cpu: '1500m', memory: '1Gi' })), undefined);
    assert.equal(offer(asking({ cpu: '1' }), [asking({ cpu: '1' })]), 'OutOfcpu');
    assert.equal(offer(asking({ memory: '1025Mi' })), 'OutOfmemory');
    assert.equal(offer(asking({ 'ephemeral-storage': '11Gi' })), 'OutOfephemeral-storage');
    assert.equal(offer(pod('p'), [pod('a'), pod('b')]), 'OutOfpods');
  });

  it('takes no pod that was meant for another', () => {
    assert.equal(offer(pod('p', { spec: { nodeName: 'cellar' } })), 'NodeAffinity');
    assert.equal(offer(pod('p', { spec: { nodeSelector: { disk: 'hdd' } } })), 'NodeAffinity');
    assert.equal(offer(pod('p', { spec: { nodeSelector: { disk: 'ssd' } } })), undefined);
  });

  it('never grants what would open the machine', () => {
    const forbidden: Pod[] = [
      pod('p', { spec: { hostNetwork: true } }),
      pod('p', { spec: { hostPID: true } }),
      pod('p', { spec: { hostIPC: true } }),
      pod('p', { spec: { volumes: [{ name: 'v', hostPath: { path: '/' } }] } }),
      pod('p', { container: { securityContext: { privileged: true } } }),
      pod('p', { container: { securityContext: { allowPrivilegeEscalation: true } } }),
      pod('p', { container: { securityContext: { capabilities: { add: ['NET_ADMIN'] } } } }),
      pod('p', { container: { ports: [{ containerPort: 1, hostPort: 80 }] } }),
      pod('p', { container: { name: '../../etc' } }),
      pod('p', { spec: { initContainers: [{ name: 'i', securityContext: { privileged: true } }] } }),
      pod('p', { spec: { initContainers: [{ name: 'app' }] } }),
    ];
    for (const each of forbidden) assert.equal(offer(each), 'Forbidden', JSON.stringify(each.spec));
    const modest = { allowPrivilegeEscalation: false, privileged: false, capabilities: { drop: ['ALL'] } };
    assert.equal(offer(pod('p', { container: { securityContext: modest } })), undefined);
  });
});

describe('a host in the API', () => {
  const identity: NodeIdentity = {
    name: 'attic',
    key: 'ab'.repeat(32),
    owner: 'ann',
    tier: 'own',
    caps,
    sandboxes: [new FakeSandbox()],
    version: '0.1.0',
    bootID: 'boot',
  };
  function scene(api = new FakeApi(), whileWriting: () => void = () => {}) {
    const clock = new VirtualClock();
    const registration = register({
      client: api,
      clock,
      random: seededRandom(1),
      log: silentLog,
      identity,
      images: async () => [{ names: ['hello:1@sha256:1'], sizeBytes: 7 }],
      diskFreeBytes: async () => {
        whileWriting();
        return 50 * gib;
      },
    });
    return { api, clock, registration, node: () => api.find<Node>('Node', 'attic')! };
  }

  it('registers itself with what it lends, what it has and who it is', async () => {
    const { clock, registration, node } = scene();
    await clock.advance(100);
    const { metadata, spec, status } = node();
    assert.equal(spec!.providerID, `kith://${identity.key}`);
    assert.equal(metadata!.labels!['kubernetes.io/hostname'], 'attic');
    assert.equal(metadata!.annotations!['kith.home.arpa/sandboxes'], 'wasm');
    assert.equal(metadata!.annotations!['kith.home.arpa/owner'], 'ann');
    assert.deepEqual(status!.allocatable, {
      cpu: '1500m',
      memory: '1048576Ki',
      'ephemeral-storage': '10485760Ki',
      pods: '2',
    });
    assert.deepEqual(status!.images, [{ names: ['hello:1@sha256:1'], sizeBytes: 7 }]);
    assert.equal(status!.conditions!.find(({ type }) => type === 'Ready')!.status, 'True');
    registration.stop();
  });

  it('adopts the node of its name and leaves what others have put there', async () => {
    const api = new FakeApi();
    api.put({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'attic', labels: { mine: 'yes' } },
      spec: { unschedulable: true, podCIDR: '10.244.3.0/24' },
    } as Node);
    const { clock, registration, node } = scene(api);
    await clock.advance(100);
    assert.equal(node().metadata!.labels!['mine'], 'yes');
    assert.equal(node().spec!.unschedulable, true);
    assert.equal(node().spec!.providerID, `kith://${identity.key}`);
    assert.deepEqual(node().status!.addresses, [
      { type: 'Hostname', address: 'attic' },
      { type: 'InternalIP', address: '10.244.3.1' },
    ]);
    registration.stop();
  });

  it('tells its address at once when its range is given while its first status is on its way', async () => {
    const api = new FakeApi();
    const { clock, registration, node } = scene(api, () => {
      if (!node().spec!.podCIDR)
        registration.observe(
          api.put({ ...node(), spec: { ...node().spec, podCIDR: '10.244.3.0/24' } } as Node),
        );
    });
    await clock.advance(100);
    assert.deepEqual(
      node().status!.addresses?.map(({ address }) => address),
      ['attic', '10.244.3.1'],
    );
    registration.stop();
  });

  it('renews its lease about every ten seconds, and writes its status only when it changes', async () => {
    const { api, clock, registration } = scene();
    await clock.advance(200_000);
    const writes = (what: string) => api.writes.filter((write) => write.startsWith(what)).length;
    assert.ok(
      writes('PATCH Lease') >= 17 && writes('PATCH Lease') <= 22,
      `${writes('PATCH Lease')} renewals`,
    );
    assert.equal(writes('PATCH Node/status'), 1);
    const { renewTime } = api.find<Lease>('Lease', 'attic', 'kube-node-lease')!.spec!;
    assert.ok(clock.date().getTime() - Date.parse(renewTime!) < 12_000);
    registration.stop();
  });

  it('says Ready again after it was called lost, and registers again after it was removed', async () => {
    const { api, clock, registration, node } = scene();
    await clock.advance(100);
    const lost = { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' };
    registration.observe(api.put({ ...node(), status: { ...node().status, conditions: [lost] } } as Node));
    await clock.advance(20_000);
    assert.equal(node().status!.conditions!.find(({ type }) => type === 'Ready')!.status, 'True');
    api.evict('Node', 'attic');
    // It notices at the next renewal of its whole status at the latest.
    await clock.advance(320_000);
    assert.ok(node());
    registration.stop();
  });

  it('registers as soon as there is a controller', async () => {
    const api = new FakeApi();
    api.away = true;
    const { clock, registration, node } = scene(api);
    await clock.advance(60_000);
    assert.equal(node(), undefined);
    api.away = false;
    await clock.advance(2_000);
    assert.ok(node());
    registration.stop();
  });
});
