import type { Deployment, Pod, ReplicaSet } from '../../../api/types.ts';
import { revisionAnnotation, revisionHistoryAnnotation } from '../../../controller/workloads/revisions.ts';
import { randomInteger, type Random } from '../../../process/random.ts';
import { NoAnswer, type Answered, type Connection, type Place } from '../record/api.ts';
import type { VirtualController } from '../record/virtual.ts';
import { objectsOf } from './remains.ts';

export const sets = '/apis/apps/v1/namespaces/history/replicasets';
export const deployments = '/apis/apps/v1/namespaces/history/deployments';
const pods = '/api/v1/namespaces/history/pods';
export const node = 'attic';

const beginning: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    // More than there will be: whatever is missing in the end was lost.
    revisionHistoryLimit: 1_000,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'app:0' }] },
    },
  },
};

const imageOf = ({ spec }: Deployment | ReplicaSet) => spec?.template?.spec?.containers?.[0]?.image ?? '';
const numberOf = ({ metadata }: Deployment | ReplicaSet) =>
  Number(metadata?.annotations?.[revisionAnnotation]);

/** Asks, whatever comes of it: kills cut it off, others may have been first. */
async function ask(connection: Connection, method: string, path: string, value?: object) {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  try {
    return await connection.ask(method, path, value && { type, value });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return undefined;
  }
}

const itemsOf = <T>(answered: Answered | undefined): T[] =>
  answered?.status === 200 ? (answered.json as { items: T[] }).items : [];

/** The machine that the pods run on: they become ready after a moment, and go when they are told to. */
export async function runPods(place: Place, random: Random, isOver: () => boolean): Promise<void> {
  const connection = place.connect();
  while (!isOver()) {
    for (const { metadata, spec, status } of itemsOf<Pod>(await ask(connection, 'GET', pods))) {
      const path = `${pods}/${metadata!.name}`;
      if (random.next() < 0.3 || !spec?.nodeName) continue;
      if (metadata!.deletionTimestamp) await ask(connection, 'DELETE', `${path}?gracePeriodSeconds=0`);
      else if (status?.phase !== 'Running')
        await ask(connection, 'PATCH', `${path}/status`, {
          status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
        });
    }
    await place.sleep(20);
  }
}

/** Somebody who rolls out, rolls back, scales, pauses and resumes a Deployment, and writes down what was carried out. */
export class Operator {
  /** Each ReplicaSet that was ever there: name by uid. */
  readonly seen = new Map<string, string>();
  /** Images that were rolled out to the end. */
  readonly carried = new Set<string>();
  readonly #place: Place;
  readonly #connection: Connection;
  readonly #random: Random;
  #images = 1;

  constructor(place: Place, random: Random) {
    this.#place = place;
    this.#connection = place.connect();
    this.#random = random;
  }

  async run(isOver: () => boolean): Promise<void> {
    const { metadata } = beginning;
    while ((await this.#deployment()) === undefined) {
      await ask(this.#connection, 'POST', deployments, beginning);
      await this.#place.sleep(5);
    }
    while (!isOver()) {
      await ask(this.#connection, 'PATCH', `${deployments}/${metadata!.name}`, { spec: this.#wish() });
      for (let looks = randomInteger(this.#random, 40); looks > 0; looks--) {
        await this.#place.sleep(10);
        await this.look();
      }
    }
    while (!(await this.#resume())) await this.#place.sleep(5);
  }

  /** What is there now. */
  async look(): Promise<ReplicaSet[]> {
    const there = itemsOf<ReplicaSet>(await ask(this.#connection, 'GET', sets));
    for (const { metadata } of there) this.seen.set(metadata!.uid!, metadata!.name!);
    const deployment = await this.#deployment();
    const { metadata, spec, status } = deployment ?? {};
    const isThrough =
      status?.observedGeneration === metadata?.generation &&
      status?.updatedReplicas === spec?.replicas &&
      status?.replicas === spec?.replicas;
    if (deployment && isThrough && !spec?.paused) this.carried.add(imageOf(deployment));
    return there;
  }

  #wish(): object {
    const template = (image: number) => ({
      template: { spec: { containers: [{ name: 'main', image: `app:${image}` }] } },
    });
    const what = randomInteger(this.#random, 8);
    if (what < 4) return template(this.#images++);
    if (what === 4) return template(randomInteger(this.#random, this.#images));
    if (what === 5) return { replicas: 1 + randomInteger(this.#random, 5) };
    return { paused: what === 6 };
  }

  async #resume(): Promise<boolean> {
    const spec = { paused: false };
    return (await ask(this.#connection, 'PATCH', `${deployments}/web`, { spec }))?.status === 200;
  }

  async #deployment(): Promise<Deployment | undefined> {
    const answered = await ask(this.#connection, 'GET', `${deployments}/web`);
    return answered?.status === 200 ? (answered.json as Deployment) : undefined;
  }
}

/** Where a Deployment that has come to rest is not as it was wished, or a revision of it is lost; empty where all is well. */
export function lapses(server: VirtualController, operator: Operator): string[] {
  const all = objectsOf(server).filter(({ metadata }) => metadata?.namespace === 'history');
  const deployment = all.find(({ kind }) => kind === 'Deployment') as Deployment;
  const there = all.filter(({ kind }) => kind === 'ReplicaSet') as ReplicaSet[];
  const running = all.filter(({ kind }) => kind === 'Pod') as Pod[];
  const { metadata, spec, status } = deployment;
  const [image, replicas] = [imageOf(deployment), spec?.replicas];

  const uids = new Set(there.map((set) => set.metadata!.uid));
  const lost = [...operator.seen].filter(([uid]) => !uids.has(uid)).map(([, name]) => name);
  const images = there.map(imageOf);
  const numbers = there
    .flatMap((set) => {
      const before = set.metadata?.annotations?.[revisionHistoryAnnotation];
      return [numberOf(set), ...(before ? before.split(',').map(Number) : [])];
    })
    .toSorted((a, b) => a - b);
  const last = numbers.at(-1);
  const ofImage = running.filter((pod) => pod.spec?.containers[0]?.image === image);
  const wished = there.find((set) => imageOf(set) === image);
  return [
    ...lost.map((name) => `ReplicaSet ${name} is lost`),
    ...[...operator.carried]
      .filter((each) => !images.includes(each))
      .map((each) => `${each} was rolled out and is lost`),
    ...(numbers.every((number, at) => number === at + 1) ? [] : [`revisions are ${numbers.join(', ')}`]),
    ...(new Set(images).size === images.length
      ? []
      : [`two ReplicaSets have one image: ${images.join(', ')}`]),
    ...(wished && numberOf(wished) === last && numberOf(deployment) === last
      ? []
      : [
          `the Deployment's revision is ${numberOf(deployment)} of ${last}, and ${wished ? numberOf(wished) : 'none'} is its template's`,
        ]),
    ...there
      .filter((set) => set.spec?.replicas !== (set === wished ? replicas : 0))
      .map((set) => `${imageOf(set)} is to have ${set.spec?.replicas} pods, where ${image} was wished`),
    ...(running.length === replicas && ofImage.length === replicas
      ? []
      : [`${running.length} pods, ${ofImage.length} of them of ${image}, where ${replicas} are wished`]),
    ...(status?.observedGeneration === metadata?.generation &&
    [status?.replicas, status?.updatedReplicas, status?.readyReplicas].every((each) => each === replicas)
      ? []
      : [`the status says ${JSON.stringify(status)}, where ${replicas} pods are wished`]),
  ];
}
