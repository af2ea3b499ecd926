import assert from 'node:assert/strict';
import { kinds } from '../../api/kinds.ts';
import { objectCases } from './support/cases.ts';
import { hold, propertyMsMax } from './support/counted.ts';
import { samples } from './support/samples.ts';
import { PropertyServer } from './support/server.ts';

describe('whatever is sent as JSON', function () {
  this.timeout(propertyMsMax);
  const server = new PropertyServer();
  after(() => server.close());

  it('every served kind is among the cases', () => {
    const covered = new Set(samples.map(({ kind }) => kind.type));
    assert.deepEqual(
      kinds.map(({ type }) => type).filter((type) => !covered.has(type)),
      [],
    );
  });

  it('is stored as it was said and valid when read back, or refused with a Status', async () => {
    await hold(objectCases, async (sample) => {
      await server.begin();
      const answer = await server.create(sample);
      if (answer.status !== 201) return false;
      await server.soundlyStored(sample, answer);
      await server.remove(sample, answer);
      return true;
    });
  });
});
