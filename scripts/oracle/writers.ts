/**
 * `node scripts/oracle/writers.ts [SEED [RUNS]]`: several writers apply, replace, patch and scale objects at random, against
 * kube-apiserver and against kith, and after each write both must say the same, of the objects and of who owns which of their fields.
 * Prints what differs, and exits with 1 if anything does.
 */
import { isDeepStrictEqual } from 'node:util';
import { seededRandom } from '../../process/random.ts';
import { differencesOf } from '../../test/oracle/differences.ts';
import { startKith } from '../../test/oracle/kith.ts';
import type { Server } from '../../test/oracle/answer.ts';
import { startOriginal } from './original.ts';
import { RandomWriters, widgets, type Write } from './random-writes.ts';

const [seed = 1, runs = 20] = process.argv.slice(2).map(Number);
/** Enough for one writer to lose to another what it had taken from a third. */
const stepsOfRun = 9;
const differencesShown = 8;
const servedWithinMs = 20_000;
const nullRefused = JSON.stringify(' "null"');

const ofServer = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'generation',
  'clusterIP',
  'clusterIPs',
]);
const structs = new Set(['metadata', 'resources', 'status', 'securityContext']);
const json = { 'content-type': 'application/json', accept: 'application/json' };
const namespace = 'writers';

const original = await startOriginal();
const kith = await startKith();
let compared = 0;
let different = 0;
try {
  const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  for (const server of [original, kith]) {
    await send(server, '/api/v1/namespaces', space);
    await send(server, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', widgets);
    await untilServed(server, `/apis/example.org/v1/namespaces/${namespace}/widgets`);
  }
  const writers = new RandomWriters(seededRandom(seed), namespace);
  for (let run = 0; run < runs; run++)
    if (!(await agree(writers.run(`w-${seed}-${run}`, stepsOfRun)))) different += 1;
} finally {
  await kith.stop();
  await original.stop();
}
console.log(`${compared} writes compared, ${different} of ${runs} runs differ`);
process.exit(different > 0 ? 1 : 0);

async function send(server: Server, path: string, body: object): Promise<void> {
  await server.exchange({ method: 'POST', path, headers: json, body: Buffer.from(JSON.stringify(body)) });
}

/** A definition is served a moment after it was made. */
async function untilServed(server: Server, path: string): Promise<void> {
  const until = Date.now() + servedWithinMs;
  while ((await server.exchange({ method: 'GET', path, headers: json })).code !== 200) {
    if (Date.now() > until) throw new Error(`${path} is not served`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Plays the writes of one object until the two differ; tells whether they never did. */
async function agree(writes: readonly Write[]): Promise<boolean> {
  for (const [index, write] of writes.entries()) {
    const [theirs, ours] = [await outcome(original, write), await outcome(kith, write)];
    compared += 1;
    if (isDeepStrictEqual(theirs, ours)) continue;
    // Where an apply takes all out of a list, the original leaves null there, and refuses that in a custom resource; kith leaves nothing.
    if (JSON.stringify(theirs).includes(nullRefused)) return true;
    console.log(`\n${write.object}, step ${index}`);
    for (const { method, path, body } of writes.slice(Math.max(0, index - 2), index + 1))
      console.log(`  ${method} ${path} ${JSON.stringify(body)}`);
    for (const { at, original: said, kith: says } of differencesOf(write.object, theirs, ours).slice(
      0,
      differencesShown,
    ))
      console.log(`  ${at}\n    original ${JSON.stringify(said)}\n    kith     ${JSON.stringify(says)}`);
    return false;
  }
  return true;
}

async function outcome(server: Server, { method, path, type, body, object }: Write): Promise<unknown> {
  const headers = { 'content-type': type, accept: 'application/json' };
  const answer = await server.exchange({ method, path, headers, body: Buffer.from(JSON.stringify(body)) });
  const after = await server.exchange({ method: 'GET', path: object, headers: json });
  const status = JSON.parse(answer.body.toString()) as { kind?: string; message?: string };
  return masked({
    code: answer.code,
    // Which of several owners comes first is a matter of chance in the original.
    ...(status.kind === 'Status' && { message: (status.message ?? '').split(/[:\n]/).toSorted() }),
    object: JSON.parse(after.body.toString()) as unknown,
  });
}

/** Without what no two servers have in common, and what says nothing: `null`, and structs of Go that are empty. */
function masked(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => masked(item));
    return key === 'managedFields' ? items.toSorted((a, b) => (ownerOf(a) < ownerOf(b) ? -1 : 1)) : items;
  }
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? value.replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, '<time>') : value;
  const result: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    if (inner === null || ofServer.has(name)) continue;
    const kept = name === 'time' ? '<time>' : masked(inner, name);
    if (!(structs.has(name) && isDeepStrictEqual(kept, {}))) result[name] = kept;
  }
  return result;
}

function ownerOf(entry: unknown): string {
  const { operation, manager, subresource = '' } = entry as Record<string, string>;
  return `${operation} ${manager} ${subresource}`;
}
