import type { Open } from './exception.ts';

/**
 * Where kith answers otherwise than Kubernetes and should not, by step. Whoever mends one takes its line away
 * (`node scripts/oracle/open.ts` does): a step that does not differ any more fails the test. `node scripts/oracle/show.ts TOPIC` tells the
 * differences. This is no place for what is so on purpose (`accepted.ts`).
 */
export const open: readonly Open[] = [
  {
    missing: 'an owner that stands twice is dropped with a warning; deletionTimestamp and uid may not be set',
    steps: ['metadata/an owner twice'],
  },
  { missing: 'a uid in a patch; an operation that is none', steps: ['patches/merge: another uid'] },
  {
    missing: 'the version of an object that goes with its last finalizer',
    steps: ['deletions/let go', 'deletions/let go by PUT'],
  },
  { missing: 'the version of a namespace that goes with its last finalizer', steps: ['namespaces/finalize'] },
  {
    missing: 'binding and deletion of pods, in their details',
    steps: [
      'pods/delete in a dry run',
      'pods/delete',
      'pods/bind again',
      'pods/bind to nothing',
      'pods/replace what is going',
      'pods/delete it at once',
      'pods/log of what runs nowhere',
    ],
  },
  { missing: 'a port that is missing is zero', steps: ['services/a port without a number'] },
  { missing: 'endpoints that are null', steps: ['endpoint-slices/no endpoints'] },
  { missing: 'server-side apply may not add data to a revision', steps: ['controller-revisions/apply'] },
  {
    missing: 'managedFields of custom resources after an apply',
    steps: ['custom-resources/apply', 'custom-resources/apply, once more'],
  },
];
