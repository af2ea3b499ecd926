import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { objectCases } from './support/cases.ts';
import { hold, propertyMsMax } from './support/counted.ts';
import { PropertyServer, withoutIdentity } from './support/server.ts';
import { yamlTexts } from './support/yaml-texts.ts';

/** Ways to write the same down. An alias stands for what was said before, also a merge key's. */
const styles = fc.constantFrom<(value: unknown) => string>(
  (value) => stringify(value, { version: '1.1' }),
  (value) => stringify(value, { version: '1.1', collectionStyle: 'flow' }),
  (value) => stringify(value, { version: '1.1', defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 }),
  (value) => `%YAML 1.1\n---\n${stringify(value, { version: '1.1', indent: 4 })}`,
  (value) => `# said in JSON\n${JSON.stringify(value, null, 2)}\n`,
);

describe('whatever is sent as YAML', function () {
  this.timeout(propertyMsMax);
  const server = new PropertyServer();
  after(() => server.close());

  it('is the same object that it is as JSON', async () => {
    await hold(fc.tuple(objectCases, styles), async ([sample, style]) => {
      await server.begin();
      const [json, yaml] = [
        await server.create(sample, {}, '?dryRun=All'),
        await server.create(sample, { body: style(sample.object), type: 'application/yaml' }, '?dryRun=All'),
      ];
      assert.deepEqual([yaml.status, yaml.json.reason], [json.status, json.json.reason]);
      if (json.status === 201) assert.deepEqual(withoutIdentity(yaml), withoutIdentity(json));
      return json.status === 201;
    });
  });

  it('is refused with a Status where it is no object, however it is written, and data where it is', async () => {
    const collection = '/api/v1/namespaces/default/configmaps';
    const indented = (text: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${text.replace(/^/gm, '  ')}\n`;
    const words = fc
      .dictionary(
        fc.constantFrom('__proto__', 'constructor', 'toString', 'a', 'b.c'),
        fc.string({ maxLength: 12 }),
        {
          noNullPrototype: true,
          minKeys: 1,
          maxKeys: 4,
        },
      )
      .map((data) => stringify(data, { version: '1.1' }));
    await hold(fc.oneof(words, words, yamlTexts), async (text) => {
      await server.begin();
      const { status } = await server.ask('POST', `${collection}?dryRun=All`, {
        body: indented(text),
        type: 'application/yaml',
      });
      return status === 201;
    });
  });
});
