import assert from 'node:assert/strict';
import fc from 'fast-check';
import { patchContentTypes, type PatchType } from '../../../api/patch/patch.ts';
import { objectCases, changed, spotsOf, valueOf } from './cases.ts';
import { hostileValues } from './hostile.ts';
import type { Fields, KubeObject, Sample } from './samples.ts';
import { pathOf, withoutIdentity, type PropertyServer } from './server.ts';

/** What an object is to become: how to change what the server made of the sample. */
export interface PatchStory {
  sample: Sample;
  /** Which place of what is stored, of all that its schema has there. */
  at: number;
  /** Draws the value that is to stand there, by the place's schema. */
  seed: number;
}

export const patchStories: fc.Arbitrary<PatchStory> = fc.record({
  sample: objectCases,
  at: fc.nat(),
  seed: fc.nat(),
});

/** What the object becomes; the same for the same story. */
export function wished({ sample, at, seed }: PatchStory, stored: KubeObject): KubeObject {
  const spots = spotsOf(sample.kind.type!, stored).filter(
    ({ path: [first, second] }) =>
      first !== 'apiVersion' &&
      first !== 'kind' &&
      second !== 'managedFields' &&
      second !== 'resourceVersion',
  );
  const { path, schema } = spots[at % spots.length]!;
  const [value] = fc.sample(fc.option(valueOf(schema), { nil: undefined, freq: 4 }), { seed, numRuns: 1 });
  return changed(stored, path, value);
}

/**
 * A patch by an independent writer does what replacing the object by the outcome does: both are taken, with the same object, or both are refused.
 *
 * @returns whether it was taken
 */
export async function patchIsReplacement(
  server: PropertyServer,
  type: PatchType,
  story: PatchStory,
  write: (before: KubeObject, after: KubeObject) => unknown,
): Promise<boolean> {
  await server.begin();
  const made = await server.create(story.sample);
  if (made.status !== 201) return false;
  const name = pathOf(story.sample.collection, made);
  const stored = (await server.ask('GET', name)).json as KubeObject;
  const after = wished(story, stored);
  const query = '?dryRun=All&fieldManager=writer&fieldValidation=Ignore';
  const [put, patch] = [
    await server.ask('PUT', name + query, { body: after }),
    await server.ask('PATCH', name + query, { body: write(stored, after), type: patchContentTypes[type] }),
  ];
  await server.remove(story.sample, made);
  // Items without what they are found by can be put there only whole.
  if (/does not contain declared merge key/.test(patch.json.message ?? '')) return false;
  // What cannot be read is 400 in a body and 422 in a patch.
  assert.equal(
    patch.status < 300,
    put.status < 300,
    `PUT ${put.status} ${put.json.message}, PATCH ${patch.status} ${patch.json.message}`,
  );
  if (put.status < 300) assert.deepEqual(withoutIdentity(patch), withoutIdentity(put));
  return put.status < 300;
}

/** A patch of anything at all is taken or refused; what is stored then is valid, and who is refused changes nothing. */
export async function survivesPatch(
  server: PropertyServer,
  type: PatchType,
  sample: Sample,
  patch: unknown,
): Promise<boolean> {
  await server.begin();
  const made = await server.create(sample);
  if (made.status !== 201) return false;
  const name = pathOf(sample.collection, made);
  const before = await server.ask('GET', name);
  const answer = await server.ask('PATCH', name, { body: patch, type: patchContentTypes[type] });
  if (answer.status === 200) await server.soundlyStored(sample, answer);
  else assert.deepEqual((await server.ask('GET', name)).json, before.json);
  await server.remove(sample, made);
  return answer.status === 200;
}

/** Patches that say little that can be meant. */
export const hostilePatches = fc.oneof(
  hostileValues,
  fc.record(
    {
      metadata: fc.oneof(
        hostileValues,
        fc.record({ labels: hostileValues, annotations: hostileValues, finalizers: hostileValues }),
      ),
      spec: hostileValues,
      data: hostileValues,
      status: hostileValues,
      $patch: fc.constantFrom('replace', 'delete', 'merge', 'odd'),
      ['__proto__']: hostileValues,
    },
    { requiredKeys: [], noNullPrototype: true },
  ),
);

/** Patches that are right for any object. */
export const labelPatches = fc
  .dictionary(
    fc.constantFrom('a', 'constructor', 'toString', 'example.com/valueOf'),
    fc.constantFrom<string | null>('x', '', null),
    {
      noNullPrototype: true,
    },
  )
  .map((labels): Fields => ({ metadata: { labels } }));
