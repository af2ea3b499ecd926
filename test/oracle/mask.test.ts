import assert from 'node:assert/strict';
import type { Answer } from './answer.ts';
import { differencesOf } from './differences.ts';
import { covers } from './exception.ts';
import { mask } from './mask.ts';

const answer = (body: unknown): Answer => ({ step: 's', code: 200, type: 'application/json', body });
const object = (uid: string, resourceVersion: string, name = 'a') => ({
  metadata: { name, uid, resourceVersion, creationTimestamp: '2026-11-20T17:00:00Z' },
});
const [one, other] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
const masked = (...bodies: unknown[]) => mask(bodies.map(answer)).map(({ body }) => body);

describe('What no two servers have in common', () => {
  it('is put into words that still tell one object, and one state of it, from another', () => {
    const seen = masked(object(one, '5'), object(one, '7'), object(one, '5'), object(other, '9')) as {
      metadata: object;
    }[];
    assert.deepEqual(
      seen.map(({ metadata }) => Object.values(metadata)),
      [
        ['a', '<uid a#1>', '<version 1>', '<time>'],
        ['a', '<uid a#1>', '<version 2>', '<time>'],
        ['a', '<uid a#1>', '<version 1>', '<time>'],
        ['a', '<uid a#2>', '<version 1>', '<time>'],
      ],
    );
  });

  it('is put into words within messages too, and what the script says itself is left', () => {
    const [, words] = masked(
      object(one, '5'),
      `${one} at 2026-01-01T00:00:00Z, 2001-01-01T00:00:00Z, 10.96.3.4, 192.0.2.1, resource version: 7`,
    );
    assert.equal(
      words,
      '<uid a#1> at <time>, 2001-01-01T00:00:00Z, <address>, 192.0.2.1, resource version: <version>',
    );
  });

  it('counts names that a server drew', () => {
    const [{ body }] = mask([answer(object(one, '1', 'made-x2z9q'))], ['made-']) as [Answer];
    assert.equal((body as ReturnType<typeof object>).metadata.name, 'made-<generated>');
  });

  it('leaves out objects that a message shows in the syntax of Go', () => {
    assert.deepEqual(
      masked('spec: Invalid value: core.PodSpec{A:(*int)(0xc0), B:"}"}: why, x: Invalid value: "y": no'),
      ['spec: Invalid value: <object>: why, x: Invalid value: "y": no'],
    );
  });
});

describe('A difference', () => {
  it('is found in each leaf, and where a list has names by them', () => {
    const theirs = { code: 200, list: [{ name: 'a', x: 1 }, { name: 'b' }], same: [1] };
    const ours = { code: 201, list: [{ name: 'b' }, { name: 'a', x: 2 }], same: [1] };
    assert.deepEqual(
      differencesOf('t/s', theirs, ours).map(({ at, original, kith }) => [at, original, kith]),
      [
        ['code', 200, 201],
        ['list[a].x', 1, 2],
        ['list[order]', ['a', 'b'], ['b', 'a']],
      ],
    );
  });

  it('is excused only by an entry that names its step, its place and what stands there', () => {
    const difference = { step: 't/s', at: 'body.a', original: null, kith: undefined };
    assert.ok(covers({ step: 't/*', at: 'body*', original: null, kith: undefined }, difference));
    assert.ok(!covers({ step: 'u/*', at: 'body*' }, difference));
    assert.ok(!covers({ at: 'code' }, difference));
    assert.ok(!covers({ at: 'body*', original: 1 }, difference));
  });
});
