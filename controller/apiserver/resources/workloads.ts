import { storedForm } from '../../../api/stored-form.ts';
import { sameJson } from '../../../api/plain-objects.ts';
import type { DaemonSet, Job, JobSpec } from '../../../api/types.ts';
import { jobLabels } from '../../../api/validation/job.ts';
import type { Admission } from './admission-request.ts';
import type { Resource } from './metadata.ts';

/**
 * A new Job with the selector and the labels by which its pods are found: its own uid, which no other has. Before its defaults, for a Job
 * without labels of its own has its template's, these too. Not so where its creator chose a selector by `manualSelector`.
 */
export function withGeneratedSelector(object: Resource): Resource {
  const { metadata, spec = {} as JobSpec } = object as Job;
  if (spec.manualSelector) return object;
  const { uid = '', name = '' } = metadata ?? {};
  const generated = Object.fromEntries([
    ...jobLabels.uid.map((key) => [key, uid]),
    ...jobLabels.name.map((key) => [key, name]),
  ]) as Record<string, string>;
  const { template, selector } = spec;
  return {
    ...object,
    spec: {
      ...spec,
      // What the creator said stays, for validation to refuse where it is not what would be made.
      selector: { ...selector, matchLabels: { [jobLabels.uid[1]]: uid, ...selector?.matchLabels } },
      template: {
        ...template,
        metadata: { ...template?.metadata, labels: { ...generated, ...template?.metadata?.labels } },
      },
    },
  };
}

const templateGeneration = 'deprecated.daemonset.template.generation';

/** The count is the server's own, also where a writer of the status leaves it out. */
export function withTemplateCount(object: Resource, old: Resource): Resource {
  const count = (old as DaemonSet).metadata?.annotations?.[templateGeneration];
  if (count === undefined || old.kind !== 'DaemonSet') return object;
  const annotations = { ...object.metadata?.annotations, [templateGeneration]: count };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** Counts the templates that a DaemonSet has had, as Kubernetes does in an annotation: no one else may. */
export const daemonSetCountsTemplates: Admission = ({ kind, object, old }) => {
  if (kind.type !== 'DaemonSet') return object;
  // As it will be stored: an empty map in place of none is no other template.
  const [{ spec }, before] = [storedForm(kind, object) as DaemonSet, old as DaemonSet | undefined];
  const said = Number((before ?? object).metadata?.annotations?.[templateGeneration] ?? 0);
  const isNewTemplate = before !== undefined && !sameJson(spec?.template, before.spec?.template);
  const count = before ? said + (isNewTemplate ? 1 : 0) : Math.max(1, Math.trunc(said) || 1);
  return {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...object.metadata?.annotations, [templateGeneration]: String(count) },
    },
  };
};
