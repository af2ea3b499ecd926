import { givesOnlyOwnRights } from '../auth/escalation.ts';
import type { Admission, AdmissionRequest } from './admission-request.ts';
import type { Resource } from './metadata.ts';
import { definitionStoresVersions } from '../custom/stored-versions.ts';
import { namespaceExists, namespaceIsHeld } from './namespaces.ts';
import { nodeSaysOnlyItself } from './node-restriction.ts';
import { podHasServiceAccount } from './pods.ts';
import { serviceAddress } from './services.ts';
import { daemonSetCountsTemplates } from './workloads.ts';

/** Everything that a write passes, in order, after its defaults are in and before it is validated. To add one, add a line. */
export const admissions: readonly Admission[] = [
  namespaceExists,
  namespaceIsHeld,
  givesOnlyOwnRights,
  nodeSaysOnlyItself,
  podHasServiceAccount,
  serviceAddress,
  definitionStoresVersions,
  daemonSetCountsTemplates,
];

export function admit(request: AdmissionRequest): Resource {
  let { object } = request;
  for (const admission of admissions) object = admission({ ...request, object });
  return object;
}
