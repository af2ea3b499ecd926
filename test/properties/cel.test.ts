import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileRule } from '../../api/cel/rule.ts';
import { CelError, Cost, CostExceeded } from '../../api/cel/run.ts';
import { typeOfSchema } from '../../api/cel/types.ts';
import { valueOf } from '../../api/cel/values.ts';
import type { Schema } from '../../api/structural/schema.ts';
import { hold, propertyMsMax } from './support/counted.ts';
import { oddNames } from './support/hostile.ts';
import { ruleObject, rules, ruleSchema } from './support/rules.ts';
import { PropertyServer } from './support/server.ts';

const schema = ruleSchema as unknown as Schema;
const type = typeOfSchema(schema, false)!;
const names = fc
  .tuple(
    oddNames,
    fc.constantFrom(
      "'%' in self.map",
      "self.map['%'] == '1'",
      "self.map.all(k, k != '%')",
      "has(self.map) && {'%': 1}.size() == 1",
      "self.map[?'%'].hasValue()",
      "self.map.%  == '1'",
      "{'%': 1}.% == 1",
      "'a'.%()",
      '%(1) == 1',
      'self.% == 1',
    ),
  )
  .map(([name, rule]) => rule.replaceAll('%', name));
const sources = fc.oneof({ weight: 5, arbitrary: rules }, { weight: 1, arbitrary: names });

describe('rules in CEL, whatever they say', function () {
  this.timeout(propertyMsMax);
  const server = new PropertyServer();
  after(() => server.close());

  it('come to true or false, or go wrong as a rule does', async () => {
    const objects = fc.record(
      {
        name: fc.string({ maxLength: 8 }),
        count: fc.integer(),
        map: fc.dictionary(oddNames, fc.constantFrom('1', ''), { noNullPrototype: true }),
        tags: fc.array(fc.constantFrom('a', 'b', '')),
        at: fc.constant('2026-11-20T12:00:00Z'),
      },
      { requiredKeys: [] },
    );
    await hold(fc.tuple(sources, objects), ([source, changes]) => {
      const rule = compileRule(source, type, { result: 'bool' });
      if (typeof rule === 'string') return false;
      try {
        const said = rule.run(valueOf({ ...ruleObject, ...changes }, schema), undefined, new Cost());
        assert.equal(typeof said, 'boolean');
      } catch (error) {
        assert.ok(error instanceof CelError || error instanceof CostExceeded, String(error));
      }
      return true;
    });
  });

  it('are taken with their definition, or refused with it', async () => {
    // What a text is formatted with may differ in type, also where costs are reckoned.
    const examples = fc.constantFrom("'%s-%d'.format(['a', 1]) == 'a-1'", "'%d'.format([self.count]) != ''");
    await hold(
      fc.oneof({ weight: 20, arbitrary: sources }, { weight: 1, arbitrary: examples }),
      async (rule) => {
        await server.begin();
        const body = {
          apiVersion: 'apiextensions.k8s.io/v1',
          kind: 'CustomResourceDefinition',
          metadata: { name: 'boxes.example.org' },
          spec: {
            group: 'example.org',
            scope: 'Namespaced',
            names: { plural: 'boxes', singular: 'box', kind: 'Box' },
            versions: [
              {
                name: 'v1',
                served: true,
                storage: true,
                schema: {
                  openAPIV3Schema: {
                    type: 'object',
                    properties: { spec: { ...bounded(ruleSchema), 'x-kubernetes-validations': [{ rule }] } },
                  },
                },
              },
            ],
          },
        };
        const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions?dryRun=All';
        const { status } = await server.ask('POST', path, { body });
        assert.ok(status === 201 || status === 422, String(status));
        return status === 201;
      },
    );
  });
});

/** With bounds on all that could be long, without which a rule may be found too costly. */
function bounded(value: unknown): object {
  return JSON.parse(JSON.stringify(value), (_key, part: unknown) => {
    const { type: its } = (part ?? {}) as { type?: string };
    if (its === 'string') return { ...(part as object), maxLength: 20 };
    if (its === 'array') return { ...(part as object), maxItems: 5 };
    return part;
  }) as object;
}
