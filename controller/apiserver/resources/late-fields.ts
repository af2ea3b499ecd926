import { fieldSet, noFields } from '../../../api/apply/field-set.ts';
import type { FieldSet } from '../../../api/apply/field-set.ts';
import { fieldElement } from '../../../api/apply/path-element.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { Job, Service } from '../../../api/types.ts';
import { jobLabels } from '../../../api/validation/job.ts';
import type { Resource } from './metadata.ts';

type Path = readonly string[];

/**
 * What kith has filled in by the time that owners are told, and Kubernetes fills in only later: it is nobody's unless the writer has said
 * it. By the kind's type, from what was sent.
 */
const late: Record<string, (input: Resource) => readonly Path[]> = {
  Service: ({ spec }) =>
    (['ipFamilies', 'ipFamilyPolicy'] as const)
      .filter((field) => (spec as Service['spec'])?.[field] === undefined)
      .map((field) => ['spec', field]),
  Job: lateInJob,
};

export function lateFields(kind: Kind, input: Resource): FieldSet {
  const paths = late[kind.type ?? '']?.(input) ?? [];
  return paths.length === 0 ? noFields : fieldSet(...paths.map((path) => path.map(fieldElement)));
}

/** A Job's own selector, and the labels by which it finds its pods. */
function lateInJob(input: Resource): Path[] {
  const { metadata, spec } = input as Partial<Job>;
  if (spec?.manualSelector) return [];
  const said = spec?.template?.metadata?.labels;
  const generated = (path: Path): Path[] => {
    // Without labels of its own the template has the generated ones alone, and the Job has its template's.
    if (!said || Object.keys(said).length === 0) return [path];
    return [...jobLabels.uid, ...jobLabels.name]
      .filter((key) => !Object.hasOwn(said, key))
      .map((key) => [...path, key]);
  };
  return [
    ...(spec?.selector ? [] : [['spec', 'selector']]),
    ...generated(['spec', 'template', 'metadata', 'labels']),
    ...(metadata?.labels && Object.keys(metadata.labels).length > 0 ? [] : generated(['metadata', 'labels'])),
  ];
}

const templateGeneration = 'deprecated.daemonset.template.generation';

/** The object as Kubernetes compares it: a DaemonSet always has the annotation that counts its templates. */
export function asCompared(kind: Kind, object: Resource): Resource {
  if (kind.type !== 'DaemonSet' || object.metadata?.annotations?.[templateGeneration] !== undefined)
    return object;
  const annotations = { ...object.metadata?.annotations, [templateGeneration]: '0' };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
