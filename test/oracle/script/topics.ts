import { answers, discovery, paths } from './answers.ts';
import { auth, impersonation } from './auth.ts';
import { events, eventsV1, leases, namespaces, nodes, secrets, serviceAccounts } from './cluster.ts';
import { configMaps } from './config-maps.ts';
import { customRules } from './custom-rules.ts';
import { customResources, definitions, definitionVerbs } from './custom.ts';
import {
  apply,
  bodies,
  deletions,
  dryRuns,
  metadata,
  pages,
  patches,
  selectors,
  watches,
} from './machinery.ts';
import {
  endpoints,
  endpointSlices,
  ingressClasses,
  ingresses,
  networkPolicies,
  services,
  servicesNotGranted,
} from './network.ts';
import { migration } from './migration.ts';
import { pods, podsNotGranted, podsRefused } from './pods.ts';
import {
  clusterRoleBindings,
  clusterRoles,
  evictions,
  limitRanges,
  priorityClasses,
  quotas,
  quotaScopes,
  roleBindings,
  roles,
  runtimeClasses,
} from './policy.ts';
import { protobuf } from './protobuf.ts';
import { ruleBudgets } from './rule-budgets.ts';
import { signingRequests } from './signing.ts';
import type { Topic } from './step.ts';
import { claims, persistentVolumes, storageClasses } from './storage.ts';
import {
  autoscalers,
  autoscalersV1,
  budgets,
  controllerRevisions,
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  podTemplates,
  replicaSets,
  replicationControllers,
  statefulSets,
} from './workloads.ts';

/** The whole script, in the order in which it is played. To widen it, add a line, then `npm run record:oracle`. */
export const topics: readonly Topic[] = [
  discovery,
  answers,
  paths,
  bodies,
  protobuf,
  metadata,
  patches,
  apply,
  migration,
  dryRuns,
  deletions,
  selectors,
  pages,
  watches,
  configMaps,
  secrets,
  namespaces,
  pods,
  podsRefused,
  podsNotGranted,
  deployments,
  replicaSets,
  services,
  servicesNotGranted,
  endpointSlices,
  nodes,
  leases,
  events,
  eventsV1,
  serviceAccounts,
  statefulSets,
  daemonSets,
  replicationControllers,
  podTemplates,
  controllerRevisions,
  jobs,
  cronJobs,
  autoscalers,
  autoscalersV1,
  budgets,
  evictions,
  persistentVolumes,
  claims,
  storageClasses,
  quotas,
  quotaScopes,
  limitRanges,
  priorityClasses,
  runtimeClasses,
  endpoints,
  ingresses,
  ingressClasses,
  networkPolicies,
  roles,
  clusterRoles,
  roleBindings,
  clusterRoleBindings,
  signingRequests,
  auth,
  impersonation,
  definitions,
  definitionVerbs,
  ruleBudgets,
  customResources,
  customRules,
];
