import { bytesMin, requestBytesMax } from '../cel/declared-sizes.ts';
import { estimateCost } from '../cel/estimate.ts';
import { typeOfSchema } from '../cel/types.ts';
import { forbiddenField } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { rulesOf } from './cel-rules.ts';
import { isEmbedded, itemsOf, propertyOf, valuesOf } from './schema.ts';
import type { Schema } from './schema.ts';

/** As Kubernetes: what one rule may cost at most, by what its schema says of how large things get. */
const ruleCostMax = 10_000_000;
/** As Kubernetes: what all rules of a schema may cost together. */
const schemaCostMax = 100_000_000;
/** So many of the dearest rules are told, none of which is below a hundredth of the whole. */
const dearestShown = 4;
const dearShare = 0.01;

interface RuleCost {
  field: string;
  what: 'rule' | 'messageExpression';
  cost: number;
}

/**
 * The rules that may cost too much, each by itself and all together: an object that would be slow to judge is prevented by its definition.
 *
 * @param isKnown what was taken once is not asked again rule by rule
 * Source: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation
 */
export function checkBudgets(schema: Schema, path: string, isKnown: boolean): FieldError[] {
  const costs = costsWithin(schema, path, true, 1);
  const tooDear = isKnown ? [] : costs.filter(({ cost }) => cost > ruleCostMax);
  const total = costs.reduce((sum, { cost }) => sum + cost, 0);
  return [
    ...tooDear.map(({ field, what, cost }) =>
      forbiddenField(field, beyond(`estimated ${what} cost`, cost, ruleCostMax)),
    ),
    ...(total > schemaCostMax ? beyondTotal(costs, total, path) : []),
  ];
}

function beyondTotal(costs: readonly RuleCost[], total: number, path: string): FieldError[] {
  const dearest = costs
    .filter(({ cost }) => cost >= schemaCostMax * dearShare)
    .toSorted((a, b) => b.cost - a.cost)
    .slice(0, dearestShown);
  const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
  return [
    ...dearest.map(({ field }) =>
      forbiddenField(
        field,
        'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
      ),
    ),
    forbiddenField(path, beyond(what, total, schemaCostMax)),
  ];
}

/** @param count how often a value of the schema may be in an object; undefined where nothing bounds it */
function costsWithin(schema: Schema, path: string, isRoot: boolean, count: number | undefined): RuleCost[] {
  const items = itemsOf(schema);
  const values = valuesOf(schema);
  const times = (max: number | undefined) =>
    count === undefined || max === undefined ? undefined : count * Math.max(0, max);
  return [
    ...ownCosts(schema, path, isRoot, count),
    ...(items ? costsWithin(items, child(path, 'items'), isEmbedded(items), times(schema.maxItems)) : []),
    ...(values && values !== true
      ? costsWithin(
          values,
          child(path, 'additionalProperties'),
          isEmbedded(values),
          times(schema.maxProperties),
        )
      : []),
    ...Object.keys(schema.properties ?? {}).flatMap((key) => {
      const property = propertyOf(schema, key);
      return property
        ? costsWithin(property, at(child(path, 'properties'), key), isEmbedded(property), count)
        : [];
    }),
  ];
}

function ownCosts(schema: Schema, path: string, isRoot: boolean, count: number | undefined): RuleCost[] {
  const self = typeOfSchema(schema, isRoot);
  if (!self) return [];
  // Where nothing else bounds it, a request holds so many of them, each with a comma.
  const often = count ?? Math.floor(requestBytesMax / (bytesMin(schema) + 1));
  return rulesOf(schema, isRoot).flatMap(({ source, rule, message }, index) => {
    if (typeof rule === 'string') return [];
    const place = at(child(path, 'x-kubernetes-validations'), index);
    const costOf = (node: typeof rule.node) =>
      estimateCost(node, self, schema, source.optionalOldSelf === true);
    const cost = costOf(rule.node);
    return [
      { field: child(place, 'rule'), what: 'rule' as const, cost: cost === 0 ? 0 : cost * often },
      ...(message === undefined || typeof message === 'string'
        ? []
        : [
            {
              field: child(place, 'messageExpression'),
              what: 'messageExpression' as const,
              cost: costOf(message.node),
            },
          ]),
    ];
  });
}

function beyond(what: string, cost: number, max: number): string {
  const factor = cost / max;
  const shown = factor > 100 ? 'more than 100' : factor < 1.5 ? factor.toFixed(6) : factor.toFixed(1);
  return `${what} exceeds budget by factor of ${shown}x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}
