import assert from 'node:assert/strict';
import fc from 'fast-check';
import { protobufObject } from '../../api/schema/protobuf.ts';
import type { Answer } from '../controller/apiserver/cluster.ts';
import { envelope, message } from '../controller/apiserver/http/protobuf/encode.ts';
import { typedCases } from './support/cases.ts';
import { hold, propertyMsMax } from './support/counted.ts';
import type { Sample } from './support/samples.ts';
import { PropertyServer, withoutIdentity } from './support/server.ts';

const type = 'application/vnd.kubernetes.protobuf';

function encoded({ kind, object }: Sample): Buffer {
  const name = protobufObject(kind.apiVersion, kind.kind)!;
  return envelope(kind.apiVersion, kind.kind, message(name, object));
}

/** What becomes of bytes on a bad line, or in bad hands. */
const damage = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('flip', 'cut', 'insert', 'repeat', 'zero'),
  byte: fc.nat(255),
});
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(bytes: Buffer, { at, how, byte }: Damage): Buffer {
  const place = at % bytes.length;
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  if (how === 'cut') return before;
  if (how === 'insert') return Buffer.concat([before, Buffer.from([byte]), after]);
  if (how === 'repeat') return Buffer.concat([before, after, after]);
  const copy = Buffer.from(bytes);
  copy[place] = how === 'zero' ? 0 : byte;
  return copy;
}

/** A list without anything is none in protobuf. */
const withoutEmpty = (answer: Answer): unknown =>
  JSON.parse(JSON.stringify(withoutIdentity(answer)), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? undefined : value,
  );

describe('whatever is sent as protobuf', function () {
  this.timeout(propertyMsMax);
  const server = new PropertyServer();
  after(() => server.close());

  it('is the same object that it is as JSON', async () => {
    await hold(typedCases, async (sample) => {
      await server.begin();
      const [json, protobuf] = [
        await server.create(sample, {}, '?dryRun=All'),
        await server.create(sample, { body: encoded(sample), type }, '?dryRun=All'),
      ];
      assert.deepEqual([protobuf.status, protobuf.json.reason], [json.status, json.json.reason]);
      if (json.status === 201) assert.deepEqual(withoutEmpty(protobuf), withoutEmpty(json));
      return json.status === 201;
    });
  });

  it('is taken or refused with a Status where bytes of it are wrong', async () => {
    const cases = fc.tuple(
      typedCases,
      fc.oneof(fc.constant([]), fc.array(damage, { minLength: 1, maxLength: 2 })),
    );
    await hold(cases, async ([sample, damages]) => {
      await server.begin();
      const body = damages.reduce(
        (bytes, each) => (bytes.length > 0 ? damaged(bytes, each) : bytes),
        encoded(sample),
      );
      const answer = await server.create(sample, { body, type });
      if (answer.status !== 201) return false;
      await server.soundlyStored(sample, answer);
      await server.remove(sample, answer);
      return true;
    });
  });
});
