import { readFileSync } from 'node:fs';
import { kinds, type Kind } from '../../../api/kinds.ts';
import { certificates } from '../../api/validation/cluster/certificates.ts';
import { topics } from '../../oracle/script/topics.ts';

export type Fields = Record<string, unknown>;
export type KubeObject = Fields & { metadata?: Fields };

/** An object that kube-apiserver took. */
export interface Sample {
  kind: Kind;
  /** In the namespace `default`. */
  collection: string;
  object: KubeObject;
}

interface Recorded {
  answers?: { step: string; code: number }[];
}

/** What the script of the recordings creates, and the original took. */
const recorded: readonly Sample[] = topics.flatMap(({ name, steps }) => {
  const file = JSON.parse(
    readFileSync(new URL(`../../oracle/recordings/${name}.json`, import.meta.url), 'utf8'),
  ) as Recorded | { step: string; code: number }[];
  const answers = Array.isArray(file) ? file : (file.answers ?? []);
  const codes = new Map(answers.map(({ step, code }) => [step, code]));
  return steps.flatMap((step) => {
    const isCreation = step.method === 'POST' && codes.get(step.name) === 201 && !step.path.includes('?');
    const body = step.body as KubeObject | undefined;
    if (!isCreation || typeof body !== 'object' || JSON.stringify(body).includes('{{')) return [];
    const kind = kinds.find((each) => each.kind === body['kind'] && each.apiVersion === body['apiVersion']);
    const path = step.path.replace(`/namespaces/${name}/`, '/namespaces/default/');
    if (!kind || !path.endsWith(`/${kind.plural}`)) return [];
    const text = JSON.stringify(body).replaceAll(`"namespace":"${name}"`, '"namespace":"default"');
    return [{ kind, collection: path, object: JSON.parse(text) as KubeObject }];
  });
});

const made = (type: string, collection: string, object: KubeObject): Sample => ({
  kind: kinds.find((each) => each.type === type)!,
  collection,
  object,
});

/** At least one of every kind that is served. */
export const samples: readonly Sample[] = [
  ...recorded,
  ...certificates.map(({ object }) =>
    made('CertificateSigningRequest', '/apis/certificates.k8s.io/v1/certificatesigningrequests', object),
  ),
  made('HorizontalPodAutoscalerV1', '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers', {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      maxReplicas: 3,
      targetCPUUtilizationPercentage: 50,
    },
  }),
];
