import fc from 'fast-check';
import { fieldSelectorTexts, selectorTexts } from '../support/selector-texts.ts';
import { quantityTexts } from '../support/quantity-texts.ts';
import { patches, type PatchCase } from '../support/patch-cases.ts';
import { ruleObject, ruleSchema, rules } from '../support/rules.ts';
import { tokens } from '../support/tokens.ts';
import { yamlTexts } from '../support/yaml-texts.ts';

/** What Kubernetes' own libraries are asked, and kith after them. */
export interface Inputs {
  quantities: string[];
  selectors: string[];
  labelSets: Record<string, string>[];
  fieldSelectors: string[];
  tokens: string[];
  yaml: string[];
  patches: PatchCase[];
  rules: string[];
  schema: object;
  object: object;
}

/** Of each sort; a seed of its own draws the same ones again. */
const casesOfEach = 1_000;

const some = <T>(arbitrary: fc.Arbitrary<T>, seed: number): T[] =>
  fc.sample(arbitrary, { numRuns: casesOfEach, seed });

export const labelSets: Record<string, string>[] = [
  {},
  { a: '1' },
  { a: '2', b: '' },
  { a: '-7', 'example.com/b': 'x' },
  { in: 'notin', b: 'in' },
  { ['__proto__']: '1', constructor: '1' },
];

export function inputs(): Inputs {
  return {
    quantities: some(quantityTexts, 1),
    selectors: some(selectorTexts, 2),
    labelSets,
    fieldSelectors: some(fieldSelectorTexts, 3),
    tokens: some(tokens, 4),
    yaml: some(yamlTexts, 5),
    patches: some(patches, 6),
    rules: some(rules, 7),
    schema: ruleSchema,
    object: ruleObject,
  };
}
