import assert from 'node:assert/strict';
import { until } from '../support/wait.ts';
import { widget, widgetDefinition } from '../controller/apiserver/custom/widgets.ts';
import { CliCluster } from './cluster.ts';

describe('kith get, of kinds that the cluster has definitions of', function () {
  this.timeout(60_000);
  let cluster: CliCluster;
  before(async () => {
    cluster = await CliCluster.start();
    const version = { additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }] };
    const schema = {
      type: 'object',
      properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
    };
    await cluster.put(widgetDefinition({ version, schema }) as never);
    await until('the definition is established', async () =>
      (await cluster.kith(['get', 'crd', '-o', 'json'])).out.includes('"InitialNamesAccepted"'),
    );
    const one = widget({ size: 3 });
    await cluster.put({ ...one, metadata: { ...one.metadata, namespace: 'default' } } as never);
  });
  after(() => cluster?.stop());

  it('shows them by all their words, as tables and as objects', async () => {
    for (const word of ['widgets', 'widget', 'wd', 'widgets.example.com', 'widget/one'])
      assert.match((await cluster.kith(['get', word])).out, /^NAME +SIZE\none +3\n$/, word);
    assert.match((await cluster.kith(['get', 'wd', 'one', '-o', 'yaml'])).out, /kind: Widget\n/);
    assert.equal((await cluster.kith(['get', 'wd', '-o', 'name'])).out, 'widget.example.com/one\n');
  });

  it('says so where there is no such kind there either', async () => {
    const { code, err } = await cluster.kith(['get', 'gadgets']);
    assert.equal(code, 2);
    assert.match(err, /the cluster has no resource type "gadgets"/);
  });
});
