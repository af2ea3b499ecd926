import fc from 'fast-check';
import { isPlainObject, sameJson, type PlainObject } from '../../api/plain-objects.ts';
import { objectCases } from './support/cases.ts';
import { hold, propertyMsMax } from './support/counted.ts';
import { hostileValues } from './support/hostile.ts';
import { labelPatches, patchIsReplacement, patchStories, survivesPatch } from './support/patching.ts';
import { PropertyServer } from './support/server.ts';

const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** The operations that make the one into the other, each after a test of what it takes the place of. */
function operationsBetween(before: PlainObject, after: PlainObject, at = ''): object[] {
  const gone = Object.keys(before)
    .filter((key) => !Object.hasOwn(after, key))
    .map((key) => ({ op: 'remove', path: `${at}/${escaped(key)}` }));
  const changes = Object.entries(after).flatMap(([key, value]) => {
    const path = `${at}/${escaped(key)}`;
    if (!Object.hasOwn(before, key)) return [{ op: 'add', path, value }];
    const old = before[key];
    if (sameJson(old, value)) return [];
    if (isPlainObject(old) && isPlainObject(value)) return operationsBetween(old, value, path);
    return [
      { op: 'test', path, value: old },
      { op: 'replace', path, value },
    ];
  });
  return [...gone, ...changes];
}

const path = fc.constantFrom(
  '/metadata/labels',
  '/metadata/labels/a',
  '/metadata/annotations/constructor',
  '/metadata/__proto__/polluted',
  '/__proto__/polluted',
  '/constructor/prototype/polluted',
  '/spec',
  '/spec/containers/0/name',
  '/spec/containers/-',
  '/spec/containers/99999999999',
  '/metadata',
  '/metadata/name',
  '/data/__proto__',
  '',
  'x',
  '/~2',
);
const operation = fc.oneof(
  fc.record({ op: fc.constantFrom('add', 'replace', 'test'), path, value: hostileValues }),
  fc.record({ op: fc.constantFrom('remove', 'copy', 'move', 'explode'), path, from: path }),
  hostileValues,
);

describe('a JSON patch', function () {
  this.timeout(propertyMsMax);
  const server = new PropertyServer();
  after(() => server.close());

  it('does what replacing the object does, for every kind', async () => {
    await hold(patchStories, (story) => patchIsReplacement(server, 'json', story, operationsBetween));
  });

  it('is taken or refused, whatever it says', async () => {
    const right = labelPatches.map(({ metadata }) => [
      { op: 'add', path: '/metadata/labels', value: (metadata as { labels: object }).labels },
    ]);
    const hostile = fc.oneof(fc.array(operation, { minLength: 1, maxLength: 3 }), hostileValues);
    await hold(
      fc.tuple(objectCases, fc.oneof({ weight: 3, arbitrary: right }, { weight: 1, arbitrary: hostile })),
      ([sample, patch]) => survivesPatch(server, 'json', sample, patch),
    );
  });
});
