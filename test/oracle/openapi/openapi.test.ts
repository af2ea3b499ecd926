import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { startKith } from '../kith.ts';
import { acceptedDifferences } from './accepted.ts';
import { digestOf, type Digest } from './digest.ts';

const recording = JSON.parse(readFileSync(new URL('./recording.json', import.meta.url), 'utf8')) as Digest;

describe('the OpenAPI documents beside those of kube-apiserver', () => {
  let kith: Awaited<ReturnType<typeof startKith>>;
  let ours: Digest;
  const found: { at: string; is: 'missing' | 'other'; detail: string }[] = [];

  const hold = (at: string, expected: string | undefined, actual: string | undefined) => {
    if (expected === actual) return;
    const is = actual === undefined ? 'missing' : 'other';
    found.push({ at, is, detail: `\n  the original: ${expected}\n  kith:         ${actual}` });
  };

  before(async () => {
    kith = await startKith();
    const documents = new Set(Object.keys(recording.operations));
    ours = await digestOf(kith, (path) => documents.has(path));
    for (const [path, operations] of Object.entries(recording.operations))
      for (const name of new Set([...Object.keys(operations), ...Object.keys(ours.operations[path] ?? {})]))
        hold(`operation ${name}`, operations[name], ours.operations[path]?.[name]);
    for (const [name, hashes] of Object.entries(ours.parameters))
      for (const hash of hashes)
        hold(
          `parameter ${name}`,
          recording.parameters[name]?.find((each) => each === hash),
          hash,
        );
    for (const [name, component] of Object.entries(recording.components)) {
      const actual = ours.components[name];
      if (isUsed(name)) compareComponent(name, component, actual);
    }
    for (const name of Object.keys(ours.components))
      if (!recording.components[name]) hold(`component ${name}`, undefined, 'is there');
  });
  after(() => kith.stop());

  /** Whether anything of kith's refers to it, or ought to. */
  const isUsed = (name: string) => ours.components[name] !== undefined || name in recording.components;

  function compareComponent(
    name: string,
    expected: Digest['components'][string],
    actual: Digest['components'][string] | undefined,
  ): void {
    if (!actual) return hold(`component ${name}`, expected.itself, undefined);
    hold(`component ${name}`, expected.itself, actual.itself);
    for (const field of new Set([...Object.keys(expected.fields), ...Object.keys(actual.fields)]))
      hold(`component ${name}.${field}`, expected.fields[field], actual.fields[field]);
    hold(`swagger ${name}`, expected.swagger, actual.swagger);
  }

  const covers = (each: (typeof acceptedDifferences)[number], { at, is }: { at: string; is: string }) =>
    each.is === is &&
    new RegExp(`^${each.at.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(at);

  it('speak of every operation, parameter, schema and field as the original does, but for what is accepted', () => {
    const others = found.filter((each) => !acceptedDifferences.some((accepted) => covers(accepted, each)));
    assert.equal(
      others.length,
      0,
      others
        .slice(0, 20)
        .map(({ at, is, detail }) => `${at} is ${is}${detail}`)
        .join('\n'),
    );
    // A control: there is something to compare.
    assert.ok(Object.keys(ours.components).length > 400, 'few components were read');
  });

  it('accept no difference that is not there any more', () => {
    const stale = acceptedDifferences.filter((accepted) => !found.some((each) => covers(accepted, each)));
    assert.deepEqual(stale, []);
  });
});
