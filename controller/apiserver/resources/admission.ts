import { givesOnlyOwnRights } from '../auth/escalation.ts';
import type { Admission, AdmissionRequest } from './admission-request.ts';
import type { Resource } from './metadata.ts';
import { definitionStays } from '../custom/ending.ts';
import { definitionStoresVersions } from '../custom/stored-versions.ts';
import { podHasDefaultAmounts, withinLimitRanges } from './limit-ranges.ts';
import { namespaceExists, namespaceIsHeld } from './namespaces.ts';
import { nodeSaysOnlyItself } from './node-restriction.ts';
import { podBegins, podHasServiceAccount, podToleratesLostHosts } from './pods.ts';
import { oneDefaultPriority, podHasPriority } from './priorities.ts';
import { podHasRuntime } from './runtime-classes.ts';
import { servicePorts } from './service-ports.ts';
import { serviceAddress } from './services.ts';
import { signingRequestIsTheCallers } from './signing-requests.ts';
import {
  claimHasBothSources,
  claimHasClass,
  ingressHasClass,
  storageIsProtected,
} from './storage-classes.ts';
import { daemonSetCountsTemplates } from './workloads.ts';

/** Everything that a write passes, in order, after its defaults are in and before it is validated. To add one, add a line. */
export const admissions: readonly Admission[] = [
  namespaceExists,
  definitionStays,
  namespaceIsHeld,
  givesOnlyOwnRights,
  nodeSaysOnlyItself,
  podHasDefaultAmounts,
  podHasServiceAccount,
  podHasPriority,
  podToleratesLostHosts,
  podHasRuntime,
  claimHasClass,
  claimHasBothSources,
  ingressHasClass,
  storageIsProtected,
  signingRequestIsTheCallers,
  servicePorts,
  serviceAddress,
  definitionStoresVersions,
  daemonSetCountsTemplates,
  podBegins,
];

/** What a write passes once it is validated: they change nothing. The quotas come last, since they count what passes. */
const guards: readonly Admission[] = [oneDefaultPriority, withinLimitRanges];

/** @throws ApiError (forbidden) */
export function guard(request: AdmissionRequest): void {
  for (const each of guards) each(request);
  request.quotas.admit(request);
}

export function admit(request: AdmissionRequest): Resource {
  const passing = { ...request };
  for (const admission of admissions) passing.object = admission(passing);
  return passing.object;
}
