import assert from 'node:assert/strict';
import { doorPortsMax, doorView } from '../../../agent/network/view.ts';
import type { Service } from '../../../api/types.ts';

const service = (namespace: string, name: string, clusterIP: string, ...ports: number[]): Service => ({
  metadata: { namespace, name },
  spec: { clusterIP, ports: ports.map((port) => ({ port })) },
});

describe('what the door to Services knows', () => {
  it('is the ports and names of the Services in view, and who asks', () => {
    const askers = new Map([['169.254.1.0', 'shop']]);
    const view = doorView(askers, [
      service('shop', 'web', '10.96.1.2', 80, 8080),
      service('shop', 'db', 'None', 5432),
      service('other', 'web', '10.96.1.3', 80),
    ]);
    assert.deepEqual(structuredClone(view), {
      ports: [80, 8080],
      askers: { '169.254.1.0': 'shop' },
      services: { shop: { web: '10.96.1.2', db: null }, other: { web: '10.96.1.3' } },
    });
  });

  it('has an end, however many ports Services have', () => {
    const many = Array.from({ length: doorPortsMax + 1 }, (_, index) => index + 1);
    assert.equal(doorView(new Map(), [service('a', 'b', '10.96.0.20', ...many)]).ports.length, doorPortsMax);
    assert.equal(
      doorView(new Map(), [service('a', 'b', '10.96.0.20', ...many.slice(1))]).ports.length,
      doorPortsMax,
    );
  });
});
