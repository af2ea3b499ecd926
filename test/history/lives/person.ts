import type { KubeObject } from '../../../client/client.ts';
import { randomInteger, type Random } from '../../../process/random.ts';
import { NoAnswer, type Connection } from '../record/api.ts';

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
export const configMaps = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`;
const pods = '/api/v1/namespaces/limited/pods';
/** A finalizer that keeps what has it, until whoever holds it lets go. */
export const hold = 'example.com/hold';

/** People who make and delete namespaces, definitions, owners, and more pods than a quota lets them, at the same time. */
export class Person {
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
