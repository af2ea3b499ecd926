import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseFields, union, type FieldSet } from '../../api/apply/field-set.ts';
import { difference } from '../../api/apply/field-set.ts';
import { fieldsOf } from '../../api/apply/fields-of.ts';
import { mergeSchemaOf } from '../../api/apply/object-schema.ts';
import { withoutNeverOwned } from '../../api/apply/update.ts';
import type { ManagedFieldsEntry } from '../../api/types.ts';
import type { Answer } from '../controller/apiserver/cluster.ts';
import { objectCases } from './support/cases.ts';
import { hold, propertyMsMax } from './support/counted.ts';
import { hostileValues } from './support/hostile.ts';
import { hostilePatches } from './support/patching.ts';
import type { Fields, KubeObject, Sample } from './support/samples.ts';
import { PropertyServer } from './support/server.ts';

const type = 'application/apply-patch+yaml';

/** A name to apply to: an apply draws none. */
const nameIn = ({ object }: Sample): string | undefined => {
  const name = object.metadata?.['name'];
  return typeof name === 'string' && /^[a-z0-9][-a-z0-9.:]*$/.test(name) ? name : undefined;
};

/** What a configuration may say: not what the server keeps of an object. */
const sayable = ['name', 'namespace', 'labels', 'annotations', 'finalizers', 'ownerReferences'];
function configurationOf({ object }: Sample): KubeObject {
  // An empty map would be owned itself, and what another puts into it a conflict.
  const said = Object.entries(object.metadata ?? {}).filter(
    ([name, value]) => sayable.includes(name) && value !== null && JSON.stringify(value) !== '{}',
  );
  return { ...object, metadata: Object.fromEntries(said) };
}

const entriesOf = ({ json }: Answer): ManagedFieldsEntry[] =>
  (json['metadata'] as { managedFields?: ManagedFieldsEntry[] }).managedFields ?? [];

const ownedIn = (answer: Answer): FieldSet =>
  entriesOf(answer)
    .map(({ fieldsV1 }) => parseFields(fieldsV1 ?? {}))
    .reduce(union);

describe('server-side apply', function () {
  this.timeout(propertyMsMax);
  const server = new PropertyServer();
  after(() => server.close());

  const apply = (path: string, manager: string, body: unknown, more = '') =>
    server.ask('PATCH', `${path}?fieldManager=${manager}${more}`, { body, type });

  it('says the same twice without a change, owns all it says, and takes its own away again, for every kind', async () => {
    await hold(objectCases, async (sample) => {
      const name = nameIn(sample);
      if (name === undefined) return false;
      await server.begin();
      const path = `${sample.collection}/${name}`;
      await server.ask('DELETE', `${path}?gracePeriodSeconds=0`);
      const configuration = configurationOf(sample);
      const first = await apply(path, 'one', configuration);
      // Who owns nothing is not known to have applied.
      if (first.status !== 201 || entriesOf(first).length === 0) return false;

      const again = await apply(path, 'one', configuration);
      assert.equal(again.status, 200);
      const isTended = sample.kind.type === 'CustomResourceDefinition' || 'aggregationRule' in sample.object;
      if (!isTended) assert.deepEqual(again.json, first.json);

      // Whatever the configuration says is owned by who applied it, of what an object keeps.
      const schema = mergeSchemaOf(sample.kind);
      const stored = withoutNeverOwned(fieldsOf(schema, first.json));
      const { status: _status, ...ours } = configuration;
      const said = withoutNeverOwned(fieldsOf(schema, ours as Fields));
      const own = parseFields(entriesOf(first).find(({ manager }) => manager === 'one')?.fieldsV1 ?? {});
      const kept = difference(said, difference(said, stored));
      const unowned = difference(kept, own);
      // A status, and all of what signing requests ask for, is nobody's by an apply.
      if (!['CustomResourceDefinition', 'CertificateSigningRequest'].includes(sample.kind.type!))
        assert.equal(unowned.size, 0, `nobody owns ${JSON.stringify([...unowned.keys()])}`);

      // Another says one label more; what the first no longer says goes, and the other's stays.
      const other = {
        ...identityOf(configuration),
        metadata: { ...identityOf(configuration).metadata, labels: { theirs: 'x' } },
      };
      const joined = await apply(path, 'two', other);
      assert.equal(joined.status, 200, joined.json.message);
      const labelled = {
        ...configuration,
        metadata: {
          ...configuration.metadata,
          labels: { ...(configuration.metadata?.['labels'] as Fields), mine: '1' },
        },
      };
      assert.equal((await apply(path, 'one', labelled)).status, 200);
      const back = await apply(path, 'one', configuration);
      assert.equal(back.status, 200);
      const labels = (back.json['metadata'] as { labels: Fields }).labels;
      assert.equal(labels['theirs'], 'x');
      assert.equal(Object.hasOwn(labels, 'mine'), false);
      assert.ok(ownedIn(back).size > 0);
      await server.soundlyStored(sample, back);
      await server.remove(sample, back);
      return true;
    });
  });

  it('is taken or refused, whatever is applied, and managedFields that somebody made up are refused or made right', async () => {
    const made = fc.record(
      {
        manager: fc.constantFrom<unknown>('x', '', '__proto__', 1),
        operation: fc.constantFrom<unknown>('Apply', 'Update', 'Odd'),
        apiVersion: fc.constantFrom<unknown>('v1', 'apps/v1', 'none/v1', ''),
        fieldsType: fc.constantFrom<unknown>('FieldsV1', 'FieldsV2'),
        fieldsV1: fc.oneof(
          hostileValues,
          fc.dictionary(
            fc.constantFrom(
              'f:metadata',
              'f:__proto__',
              'k:{"name":"a"}',
              'v:1',
              'i:0',
              '.',
              'k:{',
              'f:',
              'x',
            ),
            fc.constantFrom<unknown>({}, { 'f:constructor': {} }, null),
            { noNullPrototype: true },
          ),
        ),
        time: fc.constantFrom<unknown>('2026-11-20T12:00:00Z', 'never', undefined),
      },
      { requiredKeys: [] },
    );
    const cases = fc.record({
      sample: objectCases,
      configuration: fc.oneof(
        { weight: 5, arbitrary: fc.constant('right') },
        { weight: 1, arbitrary: hostilePatches },
      ),
      managedFields: fc.oneof(
        { weight: 3, arbitrary: fc.constant(undefined) },
        { weight: 2, arbitrary: fc.array(made, { maxLength: 2 }) },
        { weight: 1, arbitrary: hostileValues },
      ),
    });
    await hold(cases, async ({ sample, configuration, managedFields }) => {
      await server.begin();
      const body = {
        ...sample.object,
        metadata: { ...sample.object.metadata, ...(managedFields !== undefined && { managedFields }) },
      };
      const created = await server.create({ ...sample, object: body as KubeObject });
      if (created.status !== 201) return false;
      await server.soundlyStored(sample, created);
      const path = `${sample.collection}/${encodeURIComponent((created.json['metadata'] as { name: string }).name)}`;
      const right = {
        ...identityOf(sample.object),
        metadata: {
          ...identityOf(sample.object).metadata,
          name: (created.json['metadata'] as { name: string }).name,
          labels: { mine: 'x' },
        },
      };
      const answer = await apply(
        path,
        'late',
        configuration === 'right' ? right : configuration,
        '&force=true',
      );
      if (answer.status === 200) await server.soundlyStored(sample, answer);
      await server.remove(sample, created);
      return answer.status === 200;
    });
  });
});

function identityOf({ apiVersion, kind, metadata = {} }: KubeObject): Fields & { metadata: Fields } {
  const { name, namespace } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { ...(name !== undefined && { name }), ...(namespace !== undefined && { namespace }) },
  };
}
