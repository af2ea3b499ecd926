import { isApiError } from '../../api/errors.ts';
import { kindAt, kinds, kindOf, resourceOf, reviewKinds, type Kind } from '../../api/kinds.ts';
import { requestInfo, type RequestInfo } from '../../controller/apiserver/http/request-info.ts';
import { subresourceVerbs, verbsOf } from '../../controller/apiserver/http/verbs.ts';
import { recordedAnswers } from './recordings.ts';
import type { Step, Topic } from './script/step.ts';

/** Stands for the kinds that definitions of the script bring. */
const custom: Kind = {
  ...kindAt('', 'v1', 'configmaps')!,
  kind: 'Custom',
  plural: 'custom resources',
  apiVersion: 'example.org/v1',
  group: '',
  version: 'v1',
  subresources: ['status', 'scale'],
};
const patches = ['patch json', 'patch merge', 'patch strategic', 'patch apply'];
/** Asked of every kind that is stored, beside its verbs: by the words of `askedBy`. */
const ofAll = [
  'create that is refused',
  'change that is refused',
  'create in a dry run',
  'change in a dry run',
  'delete in a dry run',
  'create by a generated name',
  'unknown fields: Ignore',
  'unknown fields: Warn',
  'unknown fields: Strict',
  'list by labels',
  'list as Table',
  'get as Table',
  'watch as Table',
  'get as PartialObjectMetadata',
  'list as PartialObjectMetadataList',
];
/** What the original itself refuses of a kind, whatever is sent. */
const refusedAnyway: Readonly<Record<string, readonly string[]>> = {
  // It loses their data on the way (test/oracle/accepted.ts).
  ControllerRevision: ['patch strategic', 'patch apply'],
  // They have but one name.
  CustomResourceDefinition: ['create by a generated name'],
};
/** What the script cannot ask where no node is. */
const ofNodes = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);

const nameOf = (kind: Kind) => (kind === custom ? kind.plural : `${resourceOf(kind)} ${kind.version}`);

/** Per kind, what the script must ask of it: verbs that succeed, of the object and of each subresource, and `ofAll`. */
export function needed(): Map<string, readonly string[]> {
  const stored = [...kinds, custom];
  return new Map<string, readonly string[]>([
    ...stored.map((kind) => [nameOf(kind), neededOf(kind)] as const),
    ...reviewKinds.map((kind) => [nameOf(kind), ['create', 'create that is refused']] as const),
  ]);
}

function neededOf(kind: Kind): string[] {
  const verbs = verbsOf(kind).flatMap((verb) => (verb === 'patch' ? patches : [verb]));
  const parts = kind.subresources
    .filter((each) => !ofNodes.has(each))
    .flatMap((part) => (subresourceVerbs[part] ?? []).map((verb) => `${verb} of ${part}`));
  const fields = ['metadata.name', ...Object.keys(kind.selectableFields)].map((field) => `list by ${field}`);
  const refused = kind === custom ? ['patch strategic'] : (refusedAnyway[kind.kind] ?? []);
  return [...verbs, ...parts, ...new Set(fields), ...ofAll].filter((each) => !refused.includes(each));
}

/** Per kind, what the script asks of it, going by what the original answered. */
export function asked(topics: readonly Topic[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const topic of topics) {
    const answers = recordedAnswers(topic.name);
    for (const [index, step] of topic.steps.entries()) {
      const info = infoOf(step);
      if (!info) continue;
      const name = nameOf(info.kind);
      const set = found.get(name) ?? new Set();
      for (const each of askedBy(step, info, answers[index]?.code ?? 0)) set.add(each);
      found.set(name, set);
    }
  }
  return found;
}

function infoOf({ method, path }: Step): RequestInfo | undefined {
  const [before = '', query] = path.split('?');
  try {
    return requestInfo(method, before, new URLSearchParams(query), {
      all: () => kinds,
      at: (group, version, plural) =>
        kindAt(group, version, plural) ?? (group.endsWith('example.org') ? custom : undefined),
      of: kindOf,
    });
  } catch (error) {
    // Paths that name nothing are asked too.
    if (isApiError(error)) return undefined;
    throw error;
  }
}

function askedBy(step: Step, { verb, subresource }: RequestInfo, code: number): string[] {
  const query = new URLSearchParams(step.path.split('?')[1]);
  const isChange = verb === 'update' || verb === 'patch';
  const what = isChange ? 'change' : verb;
  if (subresource !== undefined) return code < 300 ? [`${verb} of ${subresource}`] : [];
  if (code >= 400) {
    const isStrict = query.get('fieldValidation') === 'Strict';
    return [`${what} that is refused`, ...(isStrict ? ['unknown fields: Strict'] : [])];
  }
  const type = step.headers['content-type'] ?? '';
  const patch = /(json|merge|strategic|apply)-(?:merge-)?patch/.exec(type)?.[1];
  const as = /as=(\w+)/.exec(step.headers['accept'] ?? '')?.[1];
  const fields = (query.get('fieldSelector') ?? '').split(',').map((each) => each.split(/!?=/)[0]);
  return [
    ...(query.has('dryRun') ? [`${what} in a dry run`] : [verb === 'patch' ? `patch ${patch}` : verb]),
    ...(as ? [`${verb} as ${as}`] : []),
    ...(query.has('fieldValidation') ? [`unknown fields: ${query.get('fieldValidation')}`] : []),
    ...(JSON.stringify(step.body ?? '').includes('"generateName"') ? [`${verb} by a generated name`] : []),
    ...(query.has('labelSelector') ? [`${verb} by labels`] : []),
    ...fields.map((field) => `${verb} by ${field}`),
  ];
}
