import assert from 'node:assert/strict';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  subtractQuantities,
} from '../../api/quantity.ts';
import fc from 'fast-check';
import { hold, propertyMsMax } from './support/counted.ts';
import { oddNames } from './support/hostile.ts';
import { quantityTexts } from './support/quantity-texts.ts';
import { PropertyServer } from './support/server.ts';

describe('quantities, whatever they are written as', function () {
  this.timeout(propertyMsMax);
  const server = new PropertyServer();
  after(() => server.close());
  const collection = '/api/v1/namespaces/default/resourcequotas';

  it('are stored in canonical text that says the same amount, or refused', async () => {
    const names = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom('cpu', 'requests.cpu', 'requests.memory') },
      { weight: 1, arbitrary: oddNames },
    );
    await hold(fc.tuple(names, quantityTexts), async ([name, text]) => {
      await server.begin();
      const hard = Object.fromEntries([
        ['pods', '5'],
        [name, text],
      ]);
      const body = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard } };
      const answer = await server.ask('POST', collection, { body });
      if (answer.status !== 201) return false;
      const stored = (answer.json['spec'] as { hard: Record<string, string> }).hard[name]!;
      assert.equal(compareQuantities(stored, text), 0);
      assert.equal(canonicalQuantity(stored), stored);
      const again = await server.ask('PUT', `${collection}/q`, { body: answer.text });
      assert.deepEqual(
        (again.json['spec'] as { hard: unknown }).hard,
        (answer.json['spec'] as { hard: unknown }).hard,
      );
      await server.ask('DELETE', `${collection}/q`);
      return true;
    });
  });

  it('add up and come apart again, exactly', async () => {
    await hold(fc.tuple(quantityTexts, quantityTexts), ([a, b]) => {
      const isRight = [a, b].every((text) => {
        try {
          return canonicalQuantity(text) !== '';
        } catch {
          return false;
        }
      });
      if (!isRight) return false;
      const sum = addQuantities(a, b);
      // Bytes have an end, at which sums stay.
      if (/i/.test(a + b)) return true;
      assert.equal(compareQuantities(sum, addQuantities(b, a)), 0);
      assert.equal(compareQuantities(subtractQuantities(sum, b), a), 0);
      return true;
    });
  });
});
