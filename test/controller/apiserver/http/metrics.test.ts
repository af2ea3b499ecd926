import assert from 'node:assert/strict';
import type { AuditRecord } from '../../../../controller/apiserver/auth/audit.ts';
import { VirtualClock } from '../../../../process/virtual-clock.ts';
import { configMap, testCluster, type TestCluster } from '../cluster.ts';

const maps = '/api/v1/namespaces/default/configmaps';

describe('what the API server tells of itself', () => {
  let cluster: TestCluster;
  const told: AuditRecord[] = [];
  before(async () => {
    cluster = await testCluster(new VirtualClock(), { audit: (record) => void told.push(record) });
  });
  after(() => cluster.close());

  const sample = async (name: string, ...labels: string[]): Promise<number | undefined> => {
    const { text } = await cluster.ask('GET', '/metrics');
    const line = text
      .split('\n')
      .find((each) => each.startsWith(name) && labels.every((label) => each.includes(label)));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  };

  it('counts answers and how long they took, by verb, kind and code', async () => {
    await cluster.ask('POST', maps, { body: configMap('a') });
    await cluster.ask('POST', maps, { body: configMap('a') });
    await cluster.ask('GET', `${maps}/a`);
    const of = ['resource="configmaps"', 'group=""', 'version="v1"'];
    assert.equal(await sample('apiserver_request_total', ...of, 'verb="POST"', 'code="201"'), 1);
    assert.equal(await sample('apiserver_request_total', ...of, 'verb="POST"', 'code="409"'), 1);
    assert.equal(await sample('apiserver_request_total', ...of, 'verb="GET"', 'scope="resource"'), 1);
    const histogram = 'apiserver_request_duration_seconds';
    assert.equal(await sample(`${histogram}_count`, ...of, 'verb="POST"'), 2);
    assert.equal(await sample(`${histogram}_bucket`, ...of, 'verb="POST"', 'le="+Inf"'), 2);
    assert.equal(await sample('apiserver_current_inflight_requests', 'readOnly'), 0);
    assert.ok((await sample('process_resident_memory_bytes'))! > 2 ** 20);
  });

  it('counts watches while they go on', async () => {
    const leaving = new AbortController();
    const watch = cluster.ask('GET', `${maps}?watch=true`, { signal: leaving.signal });
    const watched = ['verb="WATCH"', 'resource="configmaps"'];
    for (let tries = 0; (await sample('apiserver_longrunning_requests', ...watched)) !== 1; tries++)
      assert.ok(tries < 1000, 'no watch is told of');
    leaving.abort();
    await watch;
    assert.equal(await sample('apiserver_longrunning_requests', ...watched), undefined);
    assert.equal(await sample('apiserver_registered_watchers'), 0);
  });

  it('is text that Prometheus reads: every figure belongs to a family that says what it is', async () => {
    const { text, headers } = await cluster.ask('GET', '/metrics');
    assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/);
    const families = new Map(
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name!, type!]),
    );
    for (const line of text.split('\n').filter((each) => each && !each.startsWith('#'))) {
      const [, name = ''] = /^([a-z_]+)(?:\{(?:[a-z_]+="[^"]*",?)*\})? [\d.e+-]+$/.exec(line) ?? [];
      const whole = families.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
      assert.ok(families.has(whole), line);
    }
  });

  it('names each request by an id that the audit log has too, the caller’s own where it brings one', async () => {
    const first = await cluster.ask('GET', `${maps}/a`);
    const second = await cluster.ask('GET', `${maps}/nothing`);
    const ids = [first, second].map(({ headers }) => String(headers['audit-id']));
    assert.match(ids[0]!, /^[0-9a-f-]{36}$/);
    assert.notEqual(ids[0], ids[1]);
    for (const id of ids) assert.ok(told.some((record) => record.id === id));
    const brought = (id: string) => cluster.ask('GET', `${maps}/a`, { headers: { 'audit-id': id } });
    assert.equal((await brought('mine-7')).headers['audit-id'], 'mine-7');
    assert.notEqual((await brought('a b\nc')).headers['audit-id'], 'a b\nc');
  });
});
