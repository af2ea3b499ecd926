import { forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { child } from '../field-path.ts';
import { goQuantity } from '../go-value.ts';
import { compareQuantities } from '../quantity.ts';
import type { MetricIdentifier, MetricSpec, MetricTarget } from '../types.ts';
import { dnsLabel } from './names.ts';
import { pathProblems, validateReference } from './object-reference.ts';
import { validateContainerResourceName } from './resource-requirements.ts';
import { named } from './rules.ts';

/** In the order in which Kubernetes looks at them: of several sources only the first is looked at closely. */
const sources = ['object', 'external', 'pods', 'resource', 'containerResource'] as const;
type Source = (typeof sources)[number];

const sourceOfType: Readonly<Record<string, Source>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};

export function validateMetric(field: string, metric: MetricSpec): FieldError[] {
  const { type = '' } = metric;
  const expected = Object.hasOwn(sourceOfType, type) ? sourceOfType[type] : undefined;
  const given = sources.filter((source) => metric[source] !== undefined);
  const unknown = notSupported(child(field, 'type'), type, Object.keys(sourceOfType));
  return [
    ...(type ? [] : [required(child(field, 'type'), 'must specify a metric source type')]),
    ...(expected ? [] : [unknown]),
    ...(given[0] ? validateSource[given[0]](child(field, given[0]), metric) : []),
    ...(expected && !metric[expected]
      ? [required(child(field, expected), 'must populate information for the given metric source')]
      : []),
    ...(expected ? [] : [unknown]),
    ...(given.length === 1
      ? []
      : given
          .filter((source) => source !== expected)
          .map((source) =>
            forbiddenField(child(field, source), 'must populate the given metric source only'),
          )),
  ];
}

const average = (field: string) => child(field, 'target.averageValue');
const utilization = (field: string) => child(field, 'target.averageUtilization');

const validateSource: Readonly<Record<Source, (field: string, metric: MetricSpec) => FieldError[]>> = {
  object: (field, { object }) => [
    ...validateReference(child(field, 'describedObject'), object?.describedObject),
    ...validateIdentifier(child(field, 'metric'), object?.metric),
    ...validateTarget(child(field, 'target'), object?.target),
    ...(object?.target?.value === undefined && object?.target?.averageValue === undefined
      ? [required(average(field), 'must set either a target value or averageValue')]
      : []),
  ],
  external: (field, { external }) => {
    const { value, averageValue } = external?.target ?? {};
    return [
      ...validateIdentifier(child(field, 'metric'), external?.metric),
      ...validateTarget(child(field, 'target'), external?.target),
      ...(value === undefined && averageValue === undefined
        ? [required(average(field), 'must set either a target value for metric or a per-pod target')]
        : []),
      ...(value !== undefined && averageValue !== undefined
        ? [
            forbiddenField(
              child(field, 'target.value'),
              'may not set both a target value for metric and a per-pod target',
            ),
          ]
        : []),
    ];
  },
  pods: (field, { pods }) => [
    ...validateIdentifier(child(field, 'metric'), pods?.metric),
    ...validateTarget(child(field, 'target'), pods?.target),
    ...(pods?.target?.averageValue === undefined
      ? [required(average(field), 'must specify a positive target averageValue')]
      : []),
  ],
  resource: (field, { resource }) => [
    ...(resource?.name ? [] : [required(child(field, 'name'), 'must specify a resource name')]),
    ...validateTarget(child(field, 'target'), resource?.target),
    ...validateResourceTarget(field, resource?.target),
  ],
  containerResource: (field, { containerResource: of }) => [
    ...(of?.name
      ? validateContainerResourceName(child(field, 'name'), of.name)
      : [required(child(field, 'name'), 'must specify a resource name')]),
    ...(of?.container
      ? named(child(field, 'container'), of.container, dnsLabel)
      : [required(child(field, 'container'), 'must specify a container')]),
    ...validateTarget(child(field, 'target'), of?.target),
    ...validateResourceTarget(field, of?.target),
  ],
};

function validateResourceTarget(field: string, target: Partial<MetricTarget> = {}): FieldError[] {
  const { averageUtilization: share, averageValue: value } = target;
  if (share === undefined && value === undefined)
    return [required(utilization(field), 'must set either a target raw value or a target utilization')];
  return share !== undefined && value !== undefined
    ? [forbiddenField(average(field), 'may not set both a target raw value and a target utilization')]
    : [];
}

const targetTypes = ['Utilization', 'Value', 'AverageValue'];

function validateTarget(field: string, target: Partial<MetricTarget> = {}): FieldError[] {
  const { type = '', averageUtilization: share } = target;
  return [
    ...(type ? [] : [required(child(field, 'type'), 'must specify a metric target type')]),
    ...(targetTypes.includes(type)
      ? []
      : [invalidValue(child(field, 'type'), type, 'must be either Utilization, Value, or AverageValue')]),
    ...(['value', 'averageValue'] as const).flatMap((name) => {
      const quantity = target[name];
      return quantity !== undefined && compareQuantities(quantity, 0) <= 0
        ? [invalidValue(child(field, name), goQuantity(quantity), 'must be positive')]
        : [];
    }),
    ...(share !== undefined && share < 1
      ? [invalidValue(child(field, 'averageUtilization'), share, 'must be greater than 0')]
      : []),
  ];
}

function validateIdentifier(field: string, { name }: Partial<MetricIdentifier> = {}): FieldError[] {
  if (!name) return [required(child(field, 'name'), 'must specify a metric name')];
  return pathProblems(name).map((problem) => invalidValue(child(field, 'name'), name, problem));
}
