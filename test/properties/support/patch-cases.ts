import fc from 'fast-check';

export interface PatchCase {
  type: 'json' | 'merge' | 'strategic';
  kind: 'Deployment' | 'Pod' | 'Service';
  document: object;
  patch: unknown;
}

const key = fc.constantFrom('a', 'b', 'c', '', '/', '~', '__proto__', 'constructor', '0');
const leaf = fc.constantFrom<unknown>('x', 'y', '', 0, 1, true, false, {}, []);
const withNull = fc.oneof(leaf, fc.constant(null));
const tree = (end: fc.Arbitrary<unknown>) =>
  fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      end,
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(key, tie('any'), { maxKeys: 3, noNullPrototype: true }),
    ),
    map: fc.dictionary(key, tie('any'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
  })).map as fc.Arbitrary<Record<string, unknown>>;
const document = tree(leaf);

/** The pointers to all that is in a document, and to the ends of its lists. */
function pointers(value: unknown, here = ''): string[] {
  if (typeof value !== 'object' || value === null) return [here];
  const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');
  const inner = Object.entries(value).flatMap(([name, each]) => pointers(each, `${here}/${escaped(name)}`));
  return [
    here,
    ...inner,
    ...(Array.isArray(value) ? [`${here}/-`, `${here}/${value.length}`] : [`${here}/new`]),
  ];
}
const someOf = (list: readonly string[]) => fc.constantFrom(...list);
const stray = fc.constantFrom('/none/a', 'a', '/a/-1', '/a/01', '/a/99', '/a/1e0', '/~2', '');

const jsonPatches: fc.Arbitrary<PatchCase> = document.chain((target) => {
  const own = pointers(target).filter((pointer) => pointer !== '');
  const path = fc.oneof({ weight: 9, arbitrary: someOf(own) }, { weight: 1, arbitrary: stray });
  const operation = fc.oneof(
    fc.record({ op: fc.constantFrom('add', 'add', 'replace'), path, value: withNull }),
    fc.record({ op: fc.constant('remove'), path }),
    fc.record({ op: fc.constantFrom('copy', 'move'), from: path, path }),
    fc.record({ op: fc.constant('test'), path, value: leaf }),
    fc.constantFrom<object>({ op: 'none', path: '/a' }, { path: '/a' }, { op: 'add', path: '/a' }),
  );
  return fc
    .array(operation, { minLength: 1, maxLength: 3 })
    .map((patch) => ({ type: 'json' as const, kind: 'Pod' as const, document: target, patch }));
});

const mergePatches: fc.Arbitrary<PatchCase> = fc
  .tuple(document, tree(withNull))
  .map(([target, patch]) => ({ type: 'merge', kind: 'Pod', document: target, patch }));

const word = fc.constantFrom('a', 'b', 'c');
const maybe = <T extends object>(
  model: { [K in keyof T]: fc.Arbitrary<T[K]> },
  requiredKeys: (keyof T)[] = [],
) => fc.record(model, { requiredKeys, noNullPrototype: true }) as fc.Arbitrary<Record<string, unknown>>;
const keyed = (item: fc.Arbitrary<Record<string, unknown>>, by: string) =>
  fc.uniqueArray(item, { selector: (each) => String(each[by]), maxLength: 3 });
const words = fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), word, {
  maxKeys: 3,
  noNullPrototype: true,
});
const container = maybe(
  {
    name: word,
    image: word,
    args: fc.array(word, { maxLength: 2 }),
    env: keyed(maybe({ name: word, value: word }, ['name']), 'name'),
    ports: keyed(
      maybe({ containerPort: fc.integer({ min: 1, max: 3 }), name: word }, ['containerPort']),
      'containerPort',
    ),
    resources: maybe({ limits: words }),
  },
  ['name'],
);
const metadata = maybe({
  name: word,
  labels: words,
  annotations: words,
  finalizers: fc.uniqueArray(word, { maxLength: 3 }),
});
const podSpec = maybe({
  containers: keyed(container, 'name'),
  nodeSelector: words,
  volumes: keyed(
    fc.oneof(
      maybe({ name: word, emptyDir: fc.constant({}) }, ['name', 'emptyDir']),
      maybe({ name: word, configMap: maybe({ name: word }) }, ['name', 'configMap']),
    ),
    'name',
  ),
  tolerations: fc.array(maybe({ key: word }), { maxLength: 2 }),
  hostname: word,
});
const objects = {
  Pod: maybe({ metadata, spec: podSpec }),
  Deployment: maybe({
    metadata,
    spec: maybe({
      replicas: fc.nat(3),
      strategy: maybe({ type: word, rollingUpdate: maybe({ maxSurge: word }) }),
      template: maybe({ metadata, spec: podSpec }),
    }),
  }),
  Service: maybe({
    metadata,
    spec: maybe({
      selector: words,
      ports: keyed(maybe({ port: fc.integer({ min: 1, max: 3 }), name: word }, ['port']), 'port'),
    }),
  }),
};

const keys = new Set(['name', 'port', 'containerPort']);

/** A patch of the object's own form, with a directive or a `null` put somewhere. */
const directed = (patch: Record<string, unknown>) =>
  fc
    .tuple(
      fc.nat(),
      fc.constantFrom(
        'none',
        'none',
        'null',
        'replace',
        'delete',
        'merge',
        'odd',
        'keep',
        'order',
        'primitive',
      ),
    )
    .map(([at, directive]) => {
      const copy = structuredClone(patch);
      const all = objectsIn(copy);
      const chosen = all[at % all.length]!;
      // What a list is found by is no field to take away.
      const fields = Object.keys(chosen).filter((name) => !keys.has(name));
      const field = fields[at % Math.max(fields.length, 1)];
      if (directive === 'null' && field !== undefined)
        Object.defineProperty(chosen, field, {
          value: null,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      if (['replace', 'delete', 'merge', 'odd'].includes(directive)) chosen['$patch'] = directive;
      if (directive === 'keep') chosen['$retainKeys'] = fields;
      if (directive === 'order' && Array.isArray(chosen['containers']))
        chosen['$setElementOrder/containers'] = (chosen['containers'] as { name: string }[])
          .map(({ name }) => ({ name }))
          .toReversed();
      if (directive === 'primitive') chosen['$deleteFromPrimitiveList/finalizers'] = ['a'];
      return copy;
    });

function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner];
}

const strategicPatches: fc.Arbitrary<PatchCase> = fc
  .constantFrom('Pod' as const, 'Deployment' as const, 'Service' as const)
  .chain((kind) =>
    fc
      .tuple(objects[kind], objects[kind].chain(directed))
      .map(([target, patch]) => ({ type: 'strategic' as const, kind, document: target, patch })),
  );

/** Documents and patches of all three types, most of which fit. */
export const patches = fc.oneof(jsonPatches, mergePatches, strategicPatches);
