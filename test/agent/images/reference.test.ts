import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ImageError } from '../../../agent/images/errors.ts';
import { formatReference, parseReference, taggedName } from '../../../agent/images/reference.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('image references', () => {
  for (const [text, host, path, tag, withDigest] of [
    ['hello', undefined, 'hello', 'latest', false],
    ['hello:v1', undefined, 'hello', 'v1', false],
    ['team/hello', undefined, 'team/hello', 'latest', false],
    [`hello@${digest}`, undefined, 'hello', undefined, true],
    [`hello:v1@${digest}`, undefined, 'hello', 'v1', true],
    ['ghcr.io/team/hello:v1.2-rc_3', 'ghcr.io', 'team/hello', 'v1.2-rc_3', false],
    ['localhost/hello', 'localhost', 'hello', 'latest', false],
    ['localhost:5486/hello', 'localhost:5486', 'hello', 'latest', false],
    ['[::1]:5486/hello:v1', '[::1]:5486', 'hello', 'v1', false],
    ['a__b/c--d.e:_', undefined, 'a__b/c--d.e', '_', false],
  ] as const)
    it(`reads ${text}`, () => {
      const reference = parseReference(text);
      assert.deepEqual(reference, { host, path, tag, digest: withDigest ? digest : undefined });
    });

  for (const [text, why] of [
    ['', /name is missing/],
    [':v1', /name is missing/],
    ['Hello', /lower-case/],
    ['hello:', /a tag is/],
    ['hello:a/b', /lower-case|registry/],
    [`hello:${'a'.repeat(129)}`, /a tag is/],
    ['hello@sha256:abc', /64 hex digits/],
    [`hello@${digest.toUpperCase()}`, /64 hex digits/],
    ['hello@', /64 hex digits/],
    ['../hello', /lower-case|registry/],
    ['/hello', /lower-case/],
    ['hello//world', /lower-case/],
    ['hel lo', /lower-case/],
    ['a/'.repeat(200) + 'a', /longer than 255/],
    ['http://host/hello', /lower-case|registry/],
    ['-host.example/hello', /registry's host/],
  ] as const)
    it(`refuses ${JSON.stringify(text.slice(0, 40))} and says why`, () => {
      assert.throws(
        () => parseReference(text),
        (error) =>
          error instanceof ImageError && error.reason === 'InvalidImageName' && why.test(error.message),
      );
    });

  const part = fc.stringMatching(/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/, { maxLength: 20 });
  const host = fc.stringMatching(/^[a-z0-9]+(?:\.[a-z0-9]+)+(?::\d{1,5})?$/, { maxLength: 40 });
  const tag = fc.stringMatching(/^\w[\w.-]{0,30}$/);
  const hex = fc.stringMatching(/^[0-9a-f]{64}$/);

  it('comes back from its own text', () => {
    fc.assert(
      fc.property(
        fc.option(host),
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.option(tag),
        fc.option(hex),
        (h, parts, t, d) => {
          const path = parts.join('/');
          fc.pre(h !== null || parts.length === 1 || !/^localhost$|\./.test(parts[0]!));
          const text = `${h === null ? '' : `${h}/`}${path}${t === null ? '' : `:${t}`}${d === null ? '' : `@sha256:${d}`}`;
          const reference = parseReference(text);
          assert.equal(reference.path, path);
          assert.equal(reference.host, h ?? undefined);
          assert.equal(reference.tag, t ?? (d === null ? 'latest' : undefined));
          assert.deepEqual(parseReference(formatReference(reference)), reference);
        },
      ),
    );
  });

  it('either reads any text or refuses it as InvalidImageName, and what it reads is safe in a path', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'ab:/@.-_[]A%\n') })),
        (text) => {
          try {
            const name = taggedName(parseReference(text));
            assert.doesNotMatch(name ?? '', /\.\.\/|^\/|\s|%|\\/);
          } catch (error) {
            assert.ok(error instanceof ImageError && error.reason === 'InvalidImageName', String(error));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
