import assert from 'node:assert/strict';
import type { Event, EventsEvent } from '../../../api/types.ts';
import { testCluster, type TestCluster } from './cluster.ts';

const core = '/api/v1/namespaces/default/events';
const newer = '/apis/events.k8s.io/v1/namespaces/default/events';
const said: EventsEvent = {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'a', namespace: 'default' },
  eventTime: '2026-01-01T00:00:00.000000Z',
  regarding: { kind: 'Pod', namespace: 'default', name: 'web' },
  reason: 'Started',
  action: 'Starting',
  note: 'it runs',
  type: 'Normal',
  reportingController: 'example.com/a',
  reportingInstance: 'a-1',
};

describe('Events in their two forms', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await testCluster();
  });
  afterEach(() => cluster.close());

  it('are the same objects: what is written in one is read in the other', async () => {
    const made = await cluster.ask('POST', newer, { body: said });
    assert.equal(made.status, 201, made.text);
    assert.equal(made.json['apiVersion'], 'events.k8s.io/v1');
    assert.equal(made.json['note'], 'it runs');
    const old = (await cluster.ask('GET', `${core}/a`)).json as unknown as Event;
    assert.equal(old.apiVersion, 'v1');
    assert.equal(old.message, 'it runs');
    assert.equal(old.reportingComponent, 'example.com/a');
    assert.deepEqual(old.involvedObject, said.regarding);
    assert.equal(old.metadata.uid, (made.json['metadata'] as { uid: string }).uid);

    await cluster.client.create<Event>({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'b', namespace: 'default' },
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'web' },
      message: 'it ends',
      count: 3,
      source: { component: 'kubelet' },
    });
    const { json } = await cluster.ask('GET', newer);
    const items = json['items'] as EventsEvent[];
    assert.equal(json['kind'], 'EventList');
    assert.deepEqual(
      items.map(({ note, deprecatedCount, deprecatedSource }) => [note, deprecatedCount, deprecatedSource]),
      [
        ['it runs', undefined, {}],
        ['it ends', 3, { component: 'kubelet' }],
      ],
    );
  });

  it('are selected, patched, watched and deleted in either', async () => {
    await cluster.ask('POST', newer, { body: said });
    const chosen = await cluster.ask('GET', `${newer}?fieldSelector=regarding.name%3Dweb,reason%3DStarted`);
    assert.equal((chosen.json['items'] as unknown[]).length, 1);
    const none = await cluster.ask('GET', `${newer}?fieldSelector=regarding.name%3Dother`);
    assert.equal((none.json['items'] as unknown[]).length, 0);

    const series = { count: 2, lastObservedTime: '2026-01-01T00:01:00.000000Z' };
    const patched = await cluster.ask('PATCH', `${newer}/a`, {
      body: { series },
      type: 'application/strategic-merge-patch+json',
    });
    assert.equal(patched.status, 200, patched.text);
    const old = (await cluster.ask('GET', `${core}/a`)).json as unknown as Event;
    assert.deepEqual(old.series, series);
    assert.equal(old.message, 'it runs');

    const watch = await cluster.ask('GET', `${newer}?watch=true&timeoutSeconds=1`, {
      signal: AbortSignal.timeout(300),
    });
    assert.match(watch.text, /"type":"ADDED".*"note":"it runs"/);
    assert.equal((await cluster.ask('DELETE', `${newer}/a`)).status, 200);
    assert.equal((await cluster.ask('GET', `${core}/a`)).status, 404);
  });

  it('are held to more in the newer one', async () => {
    const wrong = async (change: Partial<Record<keyof EventsEvent, unknown>>) => {
      const { status, json } = await cluster.ask('POST', newer, { body: { ...said, ...change } });
      assert.equal(status, 422, JSON.stringify(json));
      return json.message!.replace('Event "a" is invalid: ', '');
    };
    assert.equal(await wrong({ reportingInstance: '' }), 'reportingInstance: Required value');
    assert.equal(
      await wrong({ reportingController: undefined }),
      "[reportingController: Required value, reportingController: Invalid value: \"\": name part must be non-empty, reportingController: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')]",
    );
    assert.equal(await wrong({ type: 'Odd' }), 'type: Invalid value: "": has invalid value: Odd');
    assert.equal(await wrong({ deprecatedCount: 1 }), 'count: Invalid value: "": needs to be unset');
    assert.equal(
      await wrong({ note: 'x'.repeat(1025) }),
      'message: Invalid value: "": can have at most 1024 characters',
    );
    assert.equal(
      await wrong({ series: { count: 1, lastObservedTime: said.eventTime } }),
      'series.count: Invalid value: "": should be at least 2',
    );
    assert.equal(
      await wrong({
        regarding: { kind: 'Node', name: 'n' },
        metadata: { name: 'a', namespace: 'default' },
        action: '',
      }),
      'action: Required value',
    );
    await cluster.ask('POST', newer, { body: said });
    const stored = (await cluster.ask('GET', `${newer}/a`)).json;
    const { json } = await cluster.ask('PUT', `${newer}/a`, { body: { ...stored, note: 'other' } });
    assert.match(json.message!, /message: Invalid value: "other": field is immutable/);
  });
});
