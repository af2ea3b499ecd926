import fc from 'fast-check';
import { createThreeWayPatch } from '../../api/patch/patch.ts';
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

describe('a strategic merge patch', function () {
  this.timeout(propertyMsMax);
  const server = new PropertyServer();
  after(() => server.close());

  it('that says the difference of two objects makes the one into the other, for every kind', async () => {
    await hold(patchStories, (story) =>
      patchIsReplacement(server, 'strategic', story, (before, after) =>
        createThreeWayPatch(before, after, before, story.sample.kind),
      ),
    );
  });

  it('is taken or refused, whatever it says', async () => {
    await hold(
      fc.tuple(
        objectCases,
        fc.oneof({ weight: 2, arbitrary: labelPatches }, { weight: 1, arbitrary: hostilePatches }),
      ),
      ([sample, patch]) => survivesPatch(server, 'strategic', sample, patch),
    );
  });
});
