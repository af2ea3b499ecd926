import type { Kind } from '../../../api/kinds.ts';
import { isPlainObject } from '../../../api/plain-objects.ts';
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
      .filter((field) => !(spec as Service['spec'])?.[field]?.length)
      .map((field) => ['spec', field]),
  Job: lateInJob,
};

/**
 * The object as Kubernetes compares it with what was there: without what is filled in later, with what always is there. `input` is what was
 * sent; through a subresource nothing is filled in.
 */
export function asCompared(
  kind: Kind,
  object: Resource,
  input: Resource,
  subresource?: string | undefined,
): Resource {
  const paths = subresource === undefined ? (late[kind.type ?? '']?.(input) ?? []) : [];
  const bare = paths.reduce<unknown>((rest, path) => withoutPath(rest, path), object) as Resource;
  return kind.type === 'DaemonSet' ? withTemplateGeneration(bare, input) : bare;
}

function withoutPath(value: unknown, [name, ...within]: Path): unknown {
  if (name === undefined || !isPlainObject(value) || !Object.hasOwn(value, name)) return value;
  const { [name]: inner, ...rest } = value;
  return within.length === 0 ? rest : { ...value, [name]: withoutPath(inner, within) };
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

/** What counts a DaemonSet's templates. */
export const templateGeneration = 'deprecated.daemonset.template.generation';

/** A DaemonSet always has the annotation that counts its templates: who leaves it out says that there was none. */
function withTemplateGeneration(object: Resource, input: Resource): Resource {
  if (input.metadata?.annotations?.[templateGeneration] !== undefined) return object;
  const annotations = { ...object.metadata?.annotations, [templateGeneration]: '0' };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
