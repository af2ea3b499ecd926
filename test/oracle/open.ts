import type { Open } from './exception.ts';

/**
 * Where kith answers otherwise than Kubernetes and should not. Whoever mends one takes its line away: an entry that fits no
 * difference any more fails the test. It is no place for what is so on purpose (`accepted.ts`).
 */
export const open: readonly Open[] = [
  { at: ['body*.managedFields', 'body*.managedFields[*'], missing: 'managedFields on every write' },
  {
    at: ['body.items[*].kind', 'body.items[*].apiVersion'],
    missing: 'items of a list carry no kind of their own',
  },
  { at: 'body*.columnDefinitions[Data].type', missing: 'the type of the column Data' },
  { at: 'body.rows[*].object', original: null, missing: 'null for an object that was not asked for' },
  { step: 'config-maps/table with a wrong includeObject', at: 'body.message', missing: 'the words' },
  {
    step: 'config-maps/binary data that is no base64',
    at: ['body.message', 'body.details'],
    missing: 'the words',
  },
];
