/**
 * The API as clients meet it: through TLS with a client certificate, roles, validation and defaults, asked by another process, with
 * pods of 2 KB. Beside it etcd, which knows nothing of all that, with values of the size that kith stores, asked by the same loops.
 */
import { podBytes, withApiHome } from './real/api-home.ts';
import { withEtcd } from './real/etcd.ts';
import { load, startLoad } from './real/load.ts';
import { median } from './print.ts';
import type { BenchRow } from './row.ts';

const runs = 5;
const pods = 5_000;
const writers = 16;
const watchers = 100;
const tableType = 'application/json;as=Table;g=meta.k8s.io;v=v1';

type Flags = string[];
interface Counted {
  count: number;
  ms: number;
}
interface Watched {
  events: number;
  bytes: number;
  ms: number;
}
interface Listed {
  ms: number[];
  bytes: number;
}
type Row = BenchRow & { peer: { name: string; values: number[] } };

export async function run(): Promise<BenchRow[]> {
  const row = (name: string, unit: string, goal: BenchRow['goal']): Row => ({
    name: `api: ${name}`,
    unit,
    values: [],
    peer: { name: 'etcd', values: [] },
    ...(goal && { goal }),
  });
  const creates = row(`durable creates of pods of ${podBytes} B, ${writers} connections`, 'creates/s', {
    atLeast: 2_000,
    of: 'value',
  });
  const json = row(`list of ${pods} pods as JSON, right after a write`, 'ms', { atMost: 150, of: 'value' });
  const table = row(`list of ${pods} pods as Table, right after a write`, 'ms', { atMost: 80, of: 'value' });
  const events = row(`watch events delivered to ${watchers} watchers`, 'events/s', {
    atLeast: 60_000,
    of: 'value',
  });
  for (let turn = 0; turn < runs; turn++) {
    const stored = await withApiHome(async ({ flags }) => {
      creates.values.push(await createRate('create', [...flags, '-prefix', 'first']));
      const listed = await load<Listed>('list', ...flags, '-prefix', 'first');
      json.values.push(median(listed.ms));
      const asTable = await load<Listed>('list', ...flags, '-prefix', 'first', '-accept', tableType);
      table.values.push(median(asTable.ms));
      events.values.push(await eventRate('watch', 'create', flags));
      return Math.round(listed.bytes / pods);
    });
    await withEtcd(async ({ flags }) => {
      const same = [...flags, '-bytes', String(stored)];
      creates.peer.values.push(await createRate('etcd-create', [...same, '-prefix', 'first']));
      const listed = await load<Listed>('etcd-list', ...same, '-prefix', 'first');
      json.peer.values.push(median(listed.ms));
      table.peer.values.push(median(listed.ms));
      events.peer.values.push(await eventRate('etcd-watch', 'etcd-create', same));
    });
  }
  return [creates, json, table, events];
}

async function createRate(verb: string, flags: Flags): Promise<number> {
  const { count, ms } = await load<Counted>(verb, ...flags, '-count', pods, '-connections', writers);
  return (count * 1000) / ms;
}

/** Counted by the receivers, who hold each other to completeness and order, from the first event to the last. */
async function eventRate(watch: string, create: string, flags: Flags): Promise<number> {
  const receivers = startLoad<Watched>(watch, ...flags, '-connections', watchers, '-count', pods);
  await receivers.ready;
  const [{ events, ms }] = await Promise.all([
    receivers.done,
    createRate(create, [...flags, '-prefix', 'watched']),
  ]);
  return (events * 1000) / ms;
}
