import fc from 'fast-check';

const start = fc.oneof(
  fc.constantFrom(
    'web\0',
    'default/web\0',
    'web',
    '/web\0',
    '../kube-system/a\0',
    'a/../b\0',
    './a\0',
    'a//b\0',
    '',
    '..',
    '\0',
    'a/',
    '__proto__\0',
  ),
  fc.string({ maxLength: 12 }),
);
const version = fc.constantFrom<unknown>(
  'meta.k8s.io/v1',
  'meta.k8s.io/v1',
  'meta.k8s.io/v1',
  'meta.k8s.io/v2',
  '',
  undefined,
  1,
);
const revision = fc.constantFrom<unknown>(1, 5, -1, 0, 99999999999, undefined, '5', 1.5, -2, null);
const written = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const right = fc
  .tuple(fc.constantFrom('web\0', 'a\0', 'a.b\0', 'x'), fc.constantFrom(-1, 1, 7, 12_345))
  .map(([key, rv]) => written({ v: 'meta.k8s.io/v1', rv, start: key }));

/** Continue tokens: such as a list gives out, and what somebody makes of them. */
export const tokens = fc.oneof(
  { weight: 5, arbitrary: right },
  { weight: 4, arbitrary: fc.record({ v: version, rv: revision, start }).map(written) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(right, fc.constantFrom('=', '!', '+', '/', ' ', 'A', '%'))
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }).map(written) },
  { weight: 1, arbitrary: fc.base64String({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 20 }) },
);
