import assert from 'node:assert/strict';
import type { KubeObject } from '../../client/client.ts';
import { randomInteger, seededRandom, type Random } from '../../process/random.ts';
import { NoAnswer, type Connection } from './record/api.ts';
import { VirtualController } from './record/virtual.ts';

const isLong = process.env['KITH_TEST_LONG'] === '1';
const first = Number(process.env['KITH_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 30));
const seeds = Array.from({ length: isLong ? 40 : 2 }, (_, at) => first + at);

const untilMs = 4_000;
const kills = 4;
const clients = 6;
const podsMax = 5;
/** Controllers that begin anew, retries with backoff, and the sweep of custom garbage are over by then. */
const restMs = 60_000;

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const configMaps = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`;
const pods = '/api/v1/namespaces/limited/pods';
const hold = 'example.com/hold';

/** People who make and delete namespaces, definitions, owners, and more pods than a quota lets them, at the same time. */
class Person {
  readonly #connection: Connection;
  readonly #who: number;
  readonly #random: Random;
  /** What was made for good, and nobody deletes. */
  readonly kept: string[] = [];
  /** Names that the server drew. */
  readonly drawn: string[] = [];
  readonly #owners: KubeObject[] = [];
  #count = 0;

  constructor(connection: Connection, who: number, random: Random) {
    this.#connection = connection;
    this.#who = who;
    this.#random = random;
  }

  async act(): Promise<void> {
    const namespace = `n${randomInteger(this.#random, 3)}`;
    const name = `o${this.#who}-${this.#count++}`;
    const what = randomInteger(this.#random, 10);
    if (what === 0)
      await this.#ask('POST', '/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace },
      });
    if (what === 1 && this.#random.next() < 0.3) await this.#end(namespace, name);
    if (what <= 3)
      await this.#make(configMaps(namespace), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
    if (what === 4)
      await this.#ask(
        ...((this.#random.next() < 0.7
          ? ['POST', definitions, definition]
          : ['DELETE', `${definitions}/widgets.example.com`]) as [string, string, object?]),
      );
    if (what === 5)
      await this.#make('/apis/example.com/v1/namespaces/default/widgets', {
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        metadata: { name },
      });
    if (what === 6) {
      await this.#make(pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: { containers: [{ name: 'a', image: 'hello:1' }] },
      });
      if (this.#random.next() < 0.5)
        await this.#ask('DELETE', `${pods}/o${this.#who}-${randomInteger(this.#random, this.#count)}`);
    }
    if (what === 7) {
      const made = await this.#make(configMaps('default'), {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { generateName: 'drawn-' },
      });
      if (made) this.drawn.push(made.metadata!.name!);
    }
    if (what === 8) await this.#family(name);
    if (what === 9) {
      const made = await this.#make(configMaps('default'), {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, finalizers: this.#random.next() < 0.3 ? [hold] : [] },
      });
      if (made && !made.metadata!.finalizers?.length) this.kept.push(name);
      if (made?.metadata!.finalizers?.length) await this.#ask('DELETE', `${configMaps('default')}/${name}`);
    }
  }

  /** Deletes a namespace while more is made in it, also of a kind that no controller follows. */
  async #end(namespace: string, name: string): Promise<void> {
    const late = Array.from({ length: 8 }, (_, at) => {
      const metadata = { name: `${name}-late-${at}` };
      return at % 2 === 0
        ? this.#make(configMaps(namespace), { apiVersion: 'v1', kind: 'ConfigMap', metadata })
        : this.#make(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`, {
            apiVersion: 'coordination.k8s.io/v1',
            kind: 'Lease',
            metadata,
          });
    });
    await Promise.all([this.#ask('DELETE', `/api/v1/namespaces/${namespace}`), ...late]);
  }

  /** An owner with children; some owners go again, in one of the three ways. */
  async #family(name: string): Promise<void> {
    const owner = await this.#make(configMaps('default'), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
    });
    if (owner) this.#owners.push(owner);
    const parent = this.#owners[randomInteger(this.#random, this.#owners.length)];
    if (!parent) return;
    const { name: ownerName, uid } = parent.metadata!;
    const ownerReferences = [
      { apiVersion: 'v1', kind: 'ConfigMap', name: ownerName, uid, blockOwnerDeletion: true },
    ];
    await this.#make(configMaps('default'), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${name}-child`, ownerReferences },
    });
    const propagationPolicy = ['Background', 'Foreground', 'Orphan'][randomInteger(this.#random, 3)];
    if (this.#random.next() < 0.5)
      await this.#ask('DELETE', `${configMaps('default')}/${ownerName}`, {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy,
      });
  }

  async #make(path: string, object: object): Promise<KubeObject | undefined> {
    const answered = await this.#ask('POST', path, object);
    return answered?.status === 201 ? (answered.json as KubeObject) : undefined;
  }

  async #ask(method: string, path: string, value?: object) {
    try {
      return await this.#connection.ask(method, path, value && { type: 'application/json', value });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return undefined;
    }
  }
}

/** Lets people do as they like while the controller is killed again and again, then lets it come to rest. */
async function lived(server: VirtualController, seed: number): Promise<Person[]> {
  const { place, clock } = server;
  await server.start();
  const random = seededRandom(seed);
  const admin = place.connect();
  const post = (path: string, value: object) => admin.ask('POST', path, { type: 'application/json', value });
  await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'limited' } });
  const quota = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q', namespace: 'limited' },
    spec: { hard: { pods: String(podsMax) } },
  };
  await post('/api/v1/namespaces/limited/resourcequotas', quota);
  const people = Array.from(
    { length: clients },
    (_, who) => new Person(place.connect(), who, seededRandom(seed + who)),
  );
  const end = clock.now() + untilMs;
  const living = people.map(async (person) => {
    while (clock.now() < end) {
      await person.act();
      await place.sleep(random.next() * 10);
    }
  });
  for (let kill = 0; kill < kills; kill++) {
    await place.sleep((untilMs / kills) * (0.5 + random.next() * 0.5));
    assert.ok(count(server, '/core/pods/limited/') <= podsMax);
    await server.kill();
    await server.start();
    assert.ok(count(server, '/core/pods/limited/') <= podsMax);
  }
  await Promise.all(living);
  // Whoever held something lets go.
  for (const { metadata } of all(server, '/core/configmaps/default/'))
    if (metadata!.finalizers?.includes(hold))
      await admin.ask('PATCH', `${configMaps('default')}/${metadata!.name}`, {
        type: 'application/merge-patch+json',
        value: { metadata: { finalizers: null } },
      });
  await place.sleep(restMs);
  return people;
}

const all = (server: VirtualController, prefix = '/') =>
  server.store.list(prefix).entries.map(({ value }) => value as KubeObject);
const count = (server: VirtualController, prefix: string) => server.store.list(prefix).entries.length;

describe(`after kills while people make and delete (KITH_TEST_SEED=${first})`, function () {
  this.timeout(600_000);
  for (const seed of seeds)
    it(`nothing is left behind, nothing is missing, no quota is exceeded (seed ${seed})`, async () => {
      const server = new VirtualController(seed, { controllers: true });
      const people = await server.settle(lived(server, seed));
      const objects = all(server).filter(({ kind, metadata }) => kind && metadata);
      const uids = new Set(objects.map(({ metadata }) => metadata!.uid));
      const namespaces = new Set(
        objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata!.name),
      );
      const words = ({ kind, metadata }: KubeObject) =>
        `${kind} ${metadata!.namespace ?? ''}/${metadata!.name}`;

      const homeless = objects.filter(
        ({ metadata }) => metadata!.namespace && !namespaces.has(metadata!.namespace),
      );
      assert.deepEqual(homeless.map(words), [], 'objects of namespaces that are gone');
      const orphans = objects.filter(({ metadata }) => {
        const owners = metadata!.ownerReferences ?? [];
        return owners.length > 0 && !owners.some(({ uid }) => uids.has(uid));
      });
      assert.deepEqual(orphans.map(words), [], 'objects whose owners are gone');
      const undead = objects.filter(({ metadata }) => metadata!.deletionTimestamp);
      assert.deepEqual(undead.map(words), [], 'objects that do not go');
      const isDefined = objects.some(({ kind }) => kind === 'CustomResourceDefinition');
      if (!isDefined)
        assert.equal(count(server, '/example.com/widgets/'), 0, 'widgets without their definition');

      const names = new Set(objects.map(words));
      const missing = people
        .flatMap(({ kept, drawn }) => [...kept, ...drawn])
        .filter((name) => !names.has(`ConfigMap default/${name}`));
      assert.deepEqual(missing, [], 'objects that nobody deleted');
      const drawn = people.flatMap((person) => person.drawn);
      assert.equal(new Set(drawn).size, drawn.length, 'a drawn name was given out twice');

      const quota = objects.find(({ kind }) => kind === 'ResourceQuota') as {
        status?: { used?: { pods?: string } };
      };
      assert.equal(quota.status?.used?.pods, String(count(server, '/core/pods/limited/')));
      assert.ok(
        people.some(({ kept }) => kept.length > 0) && drawn.length > 0,
        'the control: something was made',
      );
    });
});
