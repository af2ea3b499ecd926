import assert from 'node:assert/strict';
import { seededRandom } from '../../../process/random.ts';
import type { History } from '../checker/history.ts';
import type { Connection, Place } from './api.ts';
import { NoAnswer } from './api.ts';
import { RecordedClient } from './client.ts';
import { collection, configMap, namespace } from './objects.ts';
import { RecordedWatcher } from './watcher.ts';

/** A server that can be killed: gone at once with all that it held in memory, and started again on what is on its disk. */
export interface Killable {
  readonly place: Place;
  kill(): Promise<void>;
  start(): Promise<void>;
}

export interface Recording {
  seed: number;
  clients: number;
  watchers: number;
  /** At least so many requests that were served, or may have been. */
  operations: number;
  /** Spread over the whole, at moments drawn by chance. */
  kills: number;
  /** How long a watcher stays away at most after a kill. @default 40 */
  awayMsMax?: number;
}

/** Writes that the watchers must all have heard of; none takes longer, or a watch is dead. */
const catchUpMsMax = 30_000;
const lookEveryMs = 5;

/** Lets clients and watchers at a server that is killed again and again, and writes down all that they see. */
export async function record(server: Killable, recording: Recording): Promise<History> {
  const { seed, kills, awayMsMax = 40 } = recording;
  const { place } = server;
  const random = seededRandom(seed);
  const admin = place.connect();
  await insist(place, admin, '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  const progress = { served: 0 };
  const clients = Array.from(
    { length: recording.clients },
    (_, client) => new RecordedClient(place, client, seededRandom(seed + 1 + client)),
  );
  const watchers = Array.from(
    { length: recording.watchers },
    (_, watcher) =>
      new RecordedWatcher(place, { streams: watcher % 2 === 1, awayMs: () => random.next() * awayMsMax }),
  );
  const faults: unknown[] = [];
  const noted = (error: unknown) => void faults.push(error);
  const watching = watchers.map((watcher) => watcher.run().catch(noted));
  const asking = clients.map((client) => client.run(() => progress.served++).catch(noted));

  const share = recording.operations / (kills + 1);
  const isFaulty = () => faults.length > 0;
  const reach = async (count: number) => {
    const isReached = () => progress.served >= count || isFaulty();
    while (!isReached()) await place.sleep(lookEveryMs);
  };
  for (let kill = 0; kill < kills && !isFaulty(); kill++) {
    // Somewhere in its share, and not only where an answer has just come.
    await reach(Math.floor(share * (kill + 0.5 + random.next())));
    await place.sleep(random.next() * 10);
    await server.kill();
    await server.start();
  }
  await reach(recording.operations);
  for (const client of clients) client.stop();
  await Promise.all(asking);

  if (!isFaulty()) {
    const last = await insist(place, admin, collection, configMap('last', 'z', 'z'));
    const until = place.now() + catchUpMsMax;
    while (watchers.some(({ version }) => version < last) && !isFaulty()) {
      if (place.now() > until)
        assert.fail(
          `watchers came to ${watchers.map(({ version }) => version).join(', ')}, yet ${last} was written`,
        );
      await place.sleep(lookEveryMs);
    }
  }
  for (const watcher of watchers) watcher.stop();
  await Promise.all(watching);
  admin.close();
  if (isFaulty()) throw faults[0];
  return {
    seed,
    kills,
    operations: clients.flatMap(({ operations }) => operations),
    watchers: watchers.map(({ chapters }) => chapters),
  };
}

/** Creates an object, however often the server is away meanwhile; resolves with its version. */
async function insist(place: Place, connection: Connection, path: string, value: object): Promise<number> {
  for (;;) {
    try {
      const { status, json } = await connection.ask('POST', path, { type: 'application/json', value });
      if (status === 201)
        return Number((json as { metadata: { resourceVersion: string } }).metadata.resourceVersion);
      assert.ok(status >= 500, `${path} was answered ${status}: ${JSON.stringify(json)}`);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
    await place.sleep(lookEveryMs);
  }
}
