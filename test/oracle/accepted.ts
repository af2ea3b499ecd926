import type { Accepted } from './exception.ts';

/** Where kith answers otherwise than Kubernetes on purpose, and why. An entry that fits no difference any more fails the test. */
export const accepted: readonly Accepted[] = [
  {
    at: 'body*.columnDefinitions[*].description',
    because: 'Texts of some kilobytes that go with every table; no client is known that shows them.',
  },
  {
    at: ['body*.storageVersionHash'],
    because: 'It tells API servers of one cluster whether they store alike; there is one.',
  },
  {
    step: 'pods-not-granted/*',
    at: '*',
    because:
      "No home host grants these: refused by the field's name (api/validation/refusals.ts, docs/compatibility.md).",
  },
  {
    step: 'services-not-granted/*',
    at: '*',
    because:
      "Homes have no public ports: refused by the field's name (api/validation/refusals.ts, docs/compatibility.md).",
  },
];
