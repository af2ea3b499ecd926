import { groups } from '../users.ts';
import type { Rule, Verb } from './rule.ts';
import { nodeRules } from './node-rules.ts';

const read: readonly Verb[] = ['get', 'list', 'watch'];

/** What a GET of runs something, or hands out more than it shows: for roles to give. */
const reachingIn = [
  'pods/exec',
  'pods/attach',
  'pods/portforward',
  'pods/proxy',
  'services/proxy',
  'nodes/proxy',
];

/**
 * What members may do by what their certificate says they are, before any role is asked. To let one more sort of member do more,
 * add a line; to let one person do more, bind a role.
 */
export const rules: readonly Rule[] = [
  { group: groups.masters, verbs: '*', resources: '*' },
  ...nodeRules,
  {
    group: groups.gateways,
    verbs: read,
    resources: ['services', 'endpointslices', 'namespaces', 'nodes', 'pods'],
  },
  // Members see what runs, and its logs; what is secret only its publisher and the nodes that run it.
  { group: groups.people, verbs: read, resources: '*', except: ['secrets', ...reachingIn] },
];
