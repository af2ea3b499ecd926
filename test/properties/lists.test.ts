import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  configMap,
  pod,
  type Answer,
  type TestCluster,
  testCluster,
} from '../controller/apiserver/cluster.ts';
import { hold, propertyMsMax } from './support/counted.ts';
import { fieldSelectorTexts, selectorTexts } from './support/selector-texts.ts';
import { soundAnswer } from './support/server.ts';
import { tokens } from './support/tokens.ts';

interface Item {
  metadata: { name: string; namespace: string; labels?: Record<string, string> };
}

const itemsOf = ({ json }: Answer) => json['items'] as Item[];
const continueOf = ({ json }: Answer) => (json['metadata'] as { continue?: string }).continue;

/** Label sets of the objects that are listed. */
const labelSets: Record<string, string>[] = [
  {},
  { a: '1' },
  { a: '2', b: '' },
  { a: '7', 'example.com/b': 'x' },
  { constructor: '1', toString: 'x' },
  { in: 'notin', b: 'in' },
];

describe('lists, whatever is asked of them', function () {
  this.timeout(propertyMsMax);
  let cluster: TestCluster;
  const collection = '/api/v1/namespaces/default/configmaps';
  const ask = async (path: string, method = 'GET') => {
    const answer = await cluster.ask(method, path);
    soundAnswer(answer);
    return answer;
  };
  before(async () => {
    cluster = await testCluster();
    for (const namespace of ['other', 'defaulu'])
      await cluster.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    for (const [index, labels] of labelSets.entries())
      for (const namespace of ['default', 'other', 'defaulu']) {
        const object = configMap(`c${index}`, {}, labels);
        await cluster.client.create({ ...object, metadata: { ...object.metadata, namespace } });
      }
    await cluster.client.create(pod('web'));
    await cluster.client.create(pod('db', { nodeName: 'attic' }));
  });
  after(() => cluster.close());

  it('a label selector picks what a reading of its own picks, and no other', async () => {
    await hold(selectorTexts, async (text) => {
      const answer = await ask(`${collection}?labelSelector=${encodeURIComponent(text)}`);
      if (answer.status !== 200) return false;
      const whole = text.replace(/\s/g, '');
      // Sets and orders are held to Kubernetes' own reading in reference/reference.test.ts.
      const isPlain =
        /^(?:!?[\w./-]+(?:(?:==?|!=)[\w.-]*)?(?:,|$))*$/.test(whole) && !/ (?:not)?in\b/.test(text);
      if (isPlain)
        assert.deepEqual(
          namesOf(answer),
          labelSets.flatMap((labels, index) => (picks(whole, labels) ? [`c${index}`] : [])),
        );
      return true;
    });
  });

  it('a field selector picks by equality, or is refused', async () => {
    const value = fc.constantFrom('web', 'db', 'default', 'attic', '', 'constructor', 'a\\,b');
    const field = fc.constantFrom(
      'metadata.name',
      'metadata.namespace',
      'spec.nodeName',
      'status.phase',
      'spec.restartPolicy',
    );
    const term = fc.tuple(field, fc.constantFrom('=', '==', '!='), value);
    const cases = fc.oneof(
      fc.array(term, { maxLength: 3 }),
      fc.array(term, { maxLength: 2 }),
      fieldSelectorTexts,
    );
    await hold(cases, async (terms) => {
      const text = typeof terms === 'string' ? terms : terms.map((parts) => parts.join('')).join(',');
      const answer = await ask(`/api/v1/namespaces/default/pods?fieldSelector=${encodeURIComponent(text)}`);
      if (answer.status !== 200) return false;
      if (typeof terms === 'string') return true;
      const fields = (name: string): Record<string, string> => ({
        'metadata.name': name,
        'metadata.namespace': 'default',
        'spec.nodeName': name === 'db' ? 'attic' : '',
        'status.phase': 'Pending',
        'spec.restartPolicy': 'Always',
      });
      const wanted = ['db', 'web'].filter((name) =>
        terms.every(
          ([path, operator, its]) =>
            (fields(name)[path] === its.replaceAll('\\', '')) === (operator !== '!='),
        ),
      );
      assert.deepEqual(namesOf(answer), wanted);
      return true;
    });
  });

  it('pages hold what the list held at its first page, each once, while others write', async () => {
    const cases = fc.record({
      limit: fc.integer({ min: 1, max: 7 }),
      isEverywhere: fc.boolean(),
      write: fc.constantFrom('create', 'delete', 'none'),
    });
    let made = 0;
    await hold(cases, async ({ limit, isEverywhere, write }) => {
      const path = isEverywhere ? '/api/v1/configmaps' : collection;
      const wanted = itemsOf(await ask(path)).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
      const found: string[] = [];
      let page = await ask(`${path}?limit=${limit}`);
      const name = `x${made++}`;
      if (write !== 'none') await cluster.client.create(configMap(name));
      if (write === 'delete') await ask(`${collection}/${name}`, 'DELETE');
      for (;;) {
        found.push(...itemsOf(page).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
        const token = continueOf(page);
        if (!token) break;
        assert.ok(itemsOf(page).length === limit);
        page = await ask(`${path}?limit=${limit}&continue=${encodeURIComponent(token)}`);
        assert.equal(page.status, 200);
      }
      assert.deepEqual(found, wanted);
      if (write === 'create') await ask(`${collection}/${name}`, 'DELETE');
      return true;
    });
  });

  it('no continue token, given out or made up, shows an object of another namespace', async () => {
    const elsewhere = fc
      .tuple(
        fc.constantFrom(
          '../other/',
          '/core/configmaps/other/',
          '../../configmaps/other/',
          'default/',
          'other/',
          '\0',
          '',
          'c',
          'c3\0',
          '~',
        ),
        fc.constantFrom(-1, 1, 7),
        fc.constantFrom('c0\0', '', '..'),
      )
      .map(([start, rv, end]) =>
        Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start: start + end })).toString('base64url'),
      );
    const own = fc
      .tuple(
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom('', 'all'),
        fc.option(fc.nat(200), { nil: undefined, freq: 2 }),
      )
      .map(([limit, where, damage]) => ({ limit, where, damage }));
    await hold(
      fc.oneof({ weight: 4, arbitrary: own }, { weight: 1, arbitrary: fc.oneof(elsewhere, tokens) }),
      async (source) => {
        let token = typeof source === 'string' ? source : '';
        if (typeof source !== 'string') {
          const path = source.where === 'all' ? '/api/v1/configmaps' : collection;
          token = continueOf(await ask(`${path}?limit=${source.limit}`))!;
          if (source.damage !== undefined) {
            const at = source.damage % token.length;
            token = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
          }
        }
        if (token === '') return false;
        const answer = await ask(`${collection}?limit=3&continue=${encodeURIComponent(token)}`);
        if (answer.status === 200)
          for (const { metadata } of itemsOf(answer)) assert.equal(metadata.namespace, 'default');
        else assert.ok([400, 410].includes(answer.status), `${answer.status}: ${answer.json.message}`);
        return answer.status === 200;
      },
    );
  });
});

const namesOf = (answer: Answer) => itemsOf(answer).map(({ metadata }) => metadata.name);

/** A reading of its own of the plain terms: `a`, `!a`, `a=1`, `a!=1`. */
function picks(text: string, labels: Record<string, string>): boolean {
  const valueOf = (key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  return text
    .split(',')
    .filter(Boolean)
    .every((term) => {
      const [, not, key, operator, value] = /^(!?)([^=!]*)(==?|!=)?(.*)$/.exec(term)!;
      if (!operator) return (valueOf(key!) !== undefined) === (not === '');
      return (valueOf(key!) === value) === (operator !== '!=');
    });
}
