import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isBadRequest } from '../../api/errors.ts';
import { kindNamed } from '../../api/kinds.ts';
import {
  formatFieldSelector,
  formatLabelSelector,
  parseFieldSelector,
  parseLabelSelector,
  selects,
  selectsFields,
} from '../../api/selectors.ts';
import type { Requirement } from '../../api/selectors.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,4}$/).filter((text) => text !== 'in' && text !== 'notin');
const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc
    .tuple(
      word,
      fc.constantFrom('In' as const, 'NotIn' as const),
      fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
    )
    .map(([key, operator, values]) => ({ key, operator, values: values.toSorted() })),
  fc
    .tuple(word, fc.constantFrom('Exists' as const, 'DoesNotExist' as const))
    .map(([key, operator]) => ({ key, operator, values: [] })),
  fc
    .tuple(word, fc.constantFrom('Gt' as const, 'Lt' as const), fc.integer({ min: 0 }))
    .map(([key, operator, value]) => ({ key, operator, values: [String(value)] })),
);

describe('label selectors', () => {
  const picks = (text: string, labels: Record<string, string>) => selects(parseLabelSelector(text), labels);

  it('pick by equality, sets, presence and comparison', () => {
    const labels = { app: 'hello', 'example.com/tier': 'web', cores: '4' };
    for (const text of [
      '',
      'app',
      'app=hello',
      'app==hello',
      'app!=other',
      'missing!=x',
      '!missing',
      'app in (hello, bye)',
      'app notin (bye)',
      'example.com/tier=web,app',
      ' app = hello , cores>3 ',
      'cores<5',
    ])
      assert.equal(picks(text, labels), true, text);
    for (const text of [
      'app=bye',
      '!app',
      'missing',
      'app notin (hello)',
      'cores>4',
      'app>1',
      'missing in (a)',
    ])
      assert.equal(picks(text, labels), false, text);
  });

  it('pick nothing where absent and everything where empty, as in Kubernetes', () => {
    assert.equal(selects(undefined, { app: 'x' }), false);
    assert.equal(selects({}, { app: 'x' }), true);
    assert.equal(
      selects(
        { matchLabels: { app: 'x' }, matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] },
        { app: 'x' },
      ),
      true,
    );
  });

  it('do not mistake what every JavaScript object has for a label', () => {
    assert.equal(picks('constructor', {}), false);
  });

  it('are refused where they cannot be read', () => {
    for (const text of ['a b', 'a in', 'a in (', 'a in b', ',', 'a,', '=a', 'a=b=c', 'a>x', '/a', 'a=-'])
      assert.throws(() => parseLabelSelector(text), isBadRequest, text);
    assert.throws(() => parseLabelSelector('a,'.repeat(10_000)), /may have/);
  });

  it('come back the same from their text', () => {
    fc.assert(
      fc.property(fc.array(requirement, { maxLength: 4 }), (requirements) => {
        assert.deepEqual(parseLabelSelector(formatLabelSelector(requirements)), requirements);
      }),
    );
  });
});

describe('field selectors', () => {
  const pod = { metadata: { name: 'web' }, spec: { nodeName: 'attic' }, status: {} };

  it('pick by the value at a path, an absent one being empty', () => {
    const picks = (text: string) => selectsFields(parseFieldSelector(text), pod);
    assert.equal(picks('spec.nodeName=attic,metadata.name!=db'), true);
    assert.equal(picks('spec.nodeName==cellar'), false);
    assert.equal(picks('status.phase='), true);
    assert.equal(picks(''), true);
  });

  it('read an absent flag as false', () => {
    const node = kindNamed('Node');
    assert.equal(selectsFields(parseFieldSelector('spec.unschedulable=false', node), {}, node), true);
  });

  it('are refused where a kind has no such field, in the words of Kubernetes', () => {
    assert.throws(
      () => parseFieldSelector('spec.foo=1', kindNamed('Pod')),
      /field label not supported: spec.foo$/,
    );
    assert.throws(
      () => parseFieldSelector('data.x=1', kindNamed('ConfigMap')),
      /"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"$/,
    );
    assert.throws(() => parseFieldSelector('spec.nodeName', kindNamed('Pod')), isBadRequest);
  });

  it('come back the same from their text, whatever the value', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const terms = [{ field: 'a.b', operator: '=' as const, value }];
        fc.pre(value.trim() === value);
        assert.deepEqual(parseFieldSelector(formatFieldSelector(terms)), terms);
      }),
    );
  });
});
