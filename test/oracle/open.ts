import type { Open } from './exception.ts';

/**
 * Where kith answers otherwise than Kubernetes and should not, by step. Whoever mends one takes its line away
 * (`node scripts/oracle/open.ts` does): a step that does not differ any more fails the test. `node scripts/oracle/show.ts TOPIC` tells the
 * differences. This is no place for what is so on purpose (`accepted.ts`).
 */
export const open: readonly Open[] = [
  {
    missing: 'protobuf among the media types of answers',
    steps: ['discovery/aggregated in v2beta1', 'discovery/in what is none'],
  },
  {
    missing: 'protobuf among the media types of answers; a Status in YAML where YAML was asked for',
    steps: [
      'answers/application/* of one',
      'answers/text/html of one',
      'answers/application/json;as=Table;v=v9;g=meta.k8s.io of one',
      'answers/application/json;as=Dog;v=v1;g=meta.k8s.io of one',
      'answers/application/json;as=Table;v=v1;g=other.k8s.io of one',
      'answers/application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io of one',
      'answers/nonsense of one',
      'answers/text/html of the list',
      'answers/create as what is none',
    ],
  },
  {
    missing: 'an owner that stands twice is dropped with a warning; deletionTimestamp and uid may not be set',
    steps: ['metadata/an owner twice'],
  },
  { missing: 'a uid in a patch; an operation that is none', steps: ['patches/merge: another uid'] },
  {
    missing: 'the version of an object that goes with its last finalizer',
    steps: ['deletions/let go', 'deletions/let go by PUT'],
  },
  { missing: 'a Status in YAML where YAML was asked for', steps: ['watches/in YAML'] },
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
  { missing: 'bodies and answers in protobuf', steps: ['protobuf/a Status'] },
  {
    missing: 'managedFields of custom resources after an apply',
    steps: ['custom-resources/apply', 'custom-resources/apply, once more'],
  },
];
