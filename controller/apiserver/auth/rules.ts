import { groups } from '../users.ts';
import type { Rule, Verb } from './rule.ts';
import { nodeRules } from './node-rules.ts';

const read: readonly Verb[] = ['get', 'list', 'watch'];

/** Who may do what. To let someone do more, add a line; what is in no line is refused. */
export const rules: readonly Rule[] = [
  { group: groups.masters, verbs: '*', resources: '*' },
  ...nodeRules,
  {
    group: groups.gateways,
    verbs: read,
    resources: ['services', 'endpointslices', 'namespaces', 'nodes', 'pods'],
  },
  // Members see what runs, and its logs; what is secret only its publisher and the nodes that run it.
  { group: groups.people, verbs: read, resources: '*', except: ['secrets'] },
];
