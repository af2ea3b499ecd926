import {
  get,
  partial,
  partialList,
  patch,
  post,
  put,
  remove,
  step,
  table,
  tables,
  watch,
  type Step,
} from './step.ts';

type Json = Record<string, unknown>;

/** `base` with `change` merged in, as a JSON merge patch would: null takes away, lists are replaced. */
export function merged(base: object, change: object): Json {
  const result: Json = { ...(base as Json) };
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete result[key];
    else if (isObject(value)) result[key] = merged(isObject(result[key]) ? result[key] : {}, value);
    else result[key] = value;
  }
  return result;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const named = (base: object, name: string) => merged(base, { metadata: { name } });

/**
 * What holds of every kind, asked with one object that is in order: made, made again, read, shown as a table, replaced by what was
 * read, labelled, made anew, deleted.
 */
export function lifecycle(collection: string, object: object, name = 'a'): Step[] {
  const one = `${collection}/${name}`;
  return [
    post('create', collection, named(object, name)),
    post('create what is there', collection, named(object, name)),
    get('get', one),
    get('get what is not there', `${collection}/none`),
    get('list', `${collection}?fieldSelector=metadata.name%3D${name}`),
    ...tables(`${collection}?fieldSelector=metadata.name%3D${name}`, name).slice(0, 1),
    ...tables(collection, name).slice(1),
    get('metadata of one', one, { accept: partial }),
    put('replace with what it was made of', one, named(object, name)),
    patch('label', one, 'merge', { metadata: { labels: { tier: 'home' }, annotations: { note: 'n' } } }),
    patch('nothing new', one, 'merge', { metadata: { labels: { tier: 'home' } } }),
    patch('a label that is none', one, 'merge', { metadata: { labels: { 'a b': 'c d' } } }),
    put('replace what is not there', `${collection}/none`, named(object, 'none')),
    put(
      'replace a state that is past',
      one,
      merged(named(object, name), { metadata: { resourceVersion: '1' } }),
    ),
    patch('an unknown field', `${one}?fieldValidation=Strict`, 'merge', { spez: { a: 1 } }),
    patch('apply', `${one}?fieldManager=applier`, 'apply', {
      ...pick(object, 'apiVersion', 'kind'),
      metadata: { name, labels: { applied: 'yes' } },
    }),
    post('create in a dry run', `${collection}?dryRun=All`, named(object, 'dry')),
    ...forms(collection, object, name),
    remove('delete in a dry run', `${one}?dryRun=All`),
    remove('delete', one),
    remove('delete what is not there', `${collection}/none`),
  ];
}

/** What is told the same way of every kind, so that a part of each answer is kept. */
function forms(collection: string, object: object, name: string): Step[] {
  const one = `${collection}/${name}`;
  const unknown = merged(named(object, 'unknown'), { spez: { a: 1 }, metadata: { nom: 'x' } });
  const only = `fieldSelector=metadata.name%3D${name}`;
  const labels = { keep: 'metadata.labels' };
  const namespace = /namespaces\/([^/]+)\//.exec(collection)?.[1];
  return [
    patch('patch as JSON', one, 'json', [{ op: 'add', path: '/metadata/labels/json', value: '1' }], labels),
    patch('patch strategically', one, 'strategic', { metadata: { labels: { strategic: '1' } } }, labels),
    patch('patch in a dry run', `${one}?dryRun=All`, 'merge', { metadata: { labels: { dry: '1' } } }, labels),
    get('read again', one, { keep: 'kind' }),
    put('replace by what was read', one, '{{read again:*}}', labels),
    post('unknown fields, ignored', `${collection}?dryRun=All&fieldValidation=Ignore`, unknown, {
      keep: 'metadata.name',
    }),
    post('unknown fields, warned of', `${collection}?dryRun=All&fieldValidation=Warn`, unknown, {
      keep: 'metadata.name',
    }),
    post('unknown fields, strictly', `${collection}?dryRun=All&fieldValidation=Strict`, unknown),
    post(
      'a field that stands twice',
      `${collection}?dryRun=All&fieldValidation=Strict`,
      JSON.stringify(named(object, 'twice')).replace('{', '{"kind":"Twice",'),
    ),
    post(
      'create by a generated name',
      `${collection}?dryRun=All`,
      merged(object, { metadata: { generateName: `${name}-` } }),
      { keep: 'metadata.name' },
    ),
    get('list by labels', `${collection}?labelSelector=tier%3Dhome,json,tier!%3Daway`, {
      accept: partialList,
      keep: 'items.0.metadata.name',
    }),
    ...(namespace
      ? [
          get(
            'list by namespace',
            `${collection}?fieldSelector=metadata.namespace%3D${namespace}&labelSelector=json`,
            {
              keep: 'items.0.metadata.name',
            },
          ),
        ]
      : []),
    watch('watch it', `${collection}?${only}`, 1, { keep: '0.object.metadata.name' }),
    watch('watch it as a table', `${collection}?${only}&includeObject=None`, 1, {
      accept: table,
      keep: '0.object.rows.0',
    }),
  ];
}

/** Of what a kind can be selected by, fields by their values: which of two objects are found. */
export function selections(collection: string, fields: Record<string, string>): Step[] {
  return Object.entries(fields).map(([field, value]) =>
    get(`list by ${field}`, `${collection}?fieldSelector=${field}%3D${encodeURIComponent(value)}`, {
      accept: partialList,
      keep: 'items.0.metadata.name',
    }),
  );
}

/** One more that is made and is deleted with all that have its label. */
export function collected(collection: string, object: object, name = 'collected'): Step[] {
  return [
    post(
      'create one to be collected',
      collection,
      merged(named(object, name), { metadata: { labels: { of: 'many' } } }),
      {
        keep: 'metadata.name',
      },
    ),
    remove('delete all of a label', `${collection}?labelSelector=of%3Dmany`, undefined, {
      keep: 'items.0.metadata.name',
    }),
    get('it is gone', `${collection}/${name}`, { keep: 'code' }),
  ];
}

/** Reads and writes of `status`, with one object whose status it is. */
export function statusOf(collection: string, object: object, status: object, name = 'with-status'): Step[] {
  const one = `${collection}/${name}`;
  return [
    post('create one that has a status', collection, merged(named(object, name), { status })),
    get('get the status', `${one}/status`),
    patch('patch the status', `${one}/status`, 'merge', { status }),
    put(
      'replace the status',
      `${one}/status`,
      merged(named(object, name), { status, metadata: { labels: { a: 'b' } } }),
    ),
    patch('the status by the main resource', one, 'merge', { status }),
    ...tables(`${collection}?fieldSelector=metadata.name%3D${name}`, name)
      .slice(0, 1)
      .map((each) => ({ ...each, name: 'table with the status' })),
    step('POST', 'post to the status', `${one}/status`, named(object, name)),
    remove('delete the status', `${one}/status`),
  ];
}

/** Objects that differ from one that is in order in one thing each, called by what that is. */
export function variants(collection: string, base: object, cases: Record<string, object>): Step[] {
  return Object.entries(cases).map(([why, change], index) =>
    post(why, collection, merged(named(base, `variant-${index}`), change)),
  );
}

/** Changes of an object that is in order, each after the other. */
export function changes(
  collection: string,
  base: object,
  cases: Record<string, object>,
  name = 'changing',
): Step[] {
  return [
    post(`create ${name}`, collection, named(base, name)),
    ...Object.entries(cases).map(([why, change]) => patch(why, `${collection}/${name}`, 'merge', change)),
  ];
}

/** Variants with names of their own, which are not those of the script's other kinds of the whole cluster. */
export const withNames = (prefix: string, cases: Record<string, object>) =>
  Object.fromEntries(
    Object.entries(cases).map(([why, change], index) => [
      why,
      merged(change, { metadata: { name: `${prefix}-${index}` } }),
    ]),
  );

function pick(object: object, ...keys: string[]): Json {
  return Object.fromEntries(keys.map((key) => [key, (object as Json)[key]]));
}
