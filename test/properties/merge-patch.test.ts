import fc from 'fast-check';
import { isPlainObject, sameJson, setOwn, type PlainObject } from '../../api/plain-objects.ts';
import { objectCases } from './support/cases.ts';
import { hold, propertyMsMax } from './support/counted.ts';
import {
  hostilePatches,
  labelPatches,
  patchIsReplacement,
  patchStories,
  survivesPatch,
} from './support/patching.ts';
import { PropertyServer } from './support/server.ts';

/** What has to be said to make the one into the other. */
function mergeDiff(before: PlainObject, after: PlainObject): PlainObject {
  const patch: PlainObject = {};
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) setOwn(patch, key, null);
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (sameJson(old, value)) continue;
    setOwn(patch, key, isPlainObject(old) && isPlainObject(value) ? mergeDiff(old, value) : value);
  }
  return patch;
}

describe('a merge patch', function () {
  this.timeout(propertyMsMax);
  const server = new PropertyServer();
  after(() => server.close());

  it('does what replacing the object does, for every kind', async () => {
    await hold(patchStories, (story) => patchIsReplacement(server, 'merge', story, mergeDiff));
  });

  it('is taken or refused, whatever it says', async () => {
    await hold(
      fc.tuple(
        objectCases,
        fc.oneof({ weight: 2, arbitrary: labelPatches }, { weight: 1, arbitrary: hostilePatches }),
      ),
      ([sample, patch]) => survivesPatch(server, 'merge', sample, patch),
    );
  });
});
