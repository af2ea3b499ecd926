import assert from 'node:assert/strict';
import fc from 'fast-check';
import { frame, type Link, type Screen, type Size } from '../../cli/ui/frame.ts';
import { lineText, lineWidth } from '../../cli/ui/line.ts';
import { byKey, eventRow, hostRow, newestFirst, podRow, type Row } from '../../cli/ui/rows.ts';
import { panes, startView, type View } from '../../cli/ui/view.ts';
import { happened, host, runningPod } from './swarm-objects.ts';

const live: Link = { state: 'live', silentMs: 0, nextTryMs: undefined, problem: undefined };
const small: Size = { columns: 80, rows: 24 };

const hosts = byKey([
  hostRow(host('attic'), new Map([['attic', 2]])),
  hostRow(
    host('garden', { status: 'Unknown', reason: 'NodeSuspect', message: 'The host is not heard.' }),
    new Map(),
  ),
]);
const pods = byKey([
  podRow(runningPod('hello-1', 'attic')),
  podRow(runningPod('hello-2', 'garden', { reason: 'CrashLoopBackOff', message: 'back-off 20s' })),
]);
const events = newestFirst([
  eventRow(happened('hello-1', 'Pulled', 'Image pulled from cellar', 'Normal', 60)),
  eventRow(happened('hello-2', 'BackOff', 'Back-off restarting', 'Warning', 3)),
]);

const screenOf = (changes: Partial<Screen> = {}): Screen => ({
  cluster: 'home',
  now: new Date(),
  rows: { hosts, pods, events },
  logs: { first: 0, lines: [] },
  link: live,
  ...changes,
});
const text = (screen: Screen, view: Partial<View> = {}, size = small) =>
  frame(screen, { ...startView, ...view }, size)
    .map(lineText)
    .join('\n');

describe('the screen of kith top', () => {
  it('shows hosts, pods and events together at 80×24, with hints for the keys', () => {
    const shown = text(screenOf());
    for (const part of ['1 HOSTS', '2 PODS', '3 EVENTS', 'attic', 'hello-2', 'Back-off restarting', '● live'])
      assert.ok(shown.includes(part), `${part} is missing in\n${shown}`);
    assert.match(shown, /q quit .*\/ filter .*\? keys/);
  });

  it('says every state by a glyph and a word, so that it reads without colours', () => {
    const shown = text(screenOf());
    assert.match(shown, /attic +● Ready/);
    assert.match(shown, /garden +◐ Suspect/);
    assert.match(shown, /hello-2 +✗ CrashLoopBackOff/);
    assert.match(shown, /! BackOff/);
  });

  it('says of a host that is gone since when, and that nothing is on its way', () => {
    const since = '2030-01-01T00:00:00Z';
    const gone = (reason = 'NodeStatusUnknown') =>
      hostRow(
        host('barn', {
          status: 'Unknown',
          reason,
          message: 'The host has been silent.',
          lastTransitionTime: since,
        }),
        new Map(),
      );
    const at = (minutes: number, row = gone()) =>
      text(
        screenOf({
          now: new Date(Date.parse(since) + minutes * 60_000),
          rows: { hosts: [row], pods, events },
        }),
        { focus: 'hosts' },
      );
    assert.match(at(5), /barn +✗ gone 5m /);
    assert.match(at(90), /barn +✗ gone 90m /);
    assert.match(at(5), /The host has been silent\./);
    assert.match(at(5, gone('NodeSuspect')), /barn +◐ Suspect /);
    assert.match(at(5), /0\/1 hosts ready/);
  });

  it('shows one pane at 44 columns, the one in focus', () => {
    const shown = text(screenOf(), { focus: 'hosts' }, { columns: 44, rows: 24 });
    assert.match(shown, /1 HOSTS/);
    assert.doesNotMatch(shown, /PODS 2|EVENTS/);
    assert.match(shown, /attic/);
  });

  it('keeps what it knows when the link is lost, and says how old it is and when it asks again', () => {
    const link: Link = { state: 'lost', silentMs: 12_300, nextTryMs: 1_200, problem: 'controller away' };
    const shown = text(screenOf({ link }));
    assert.match(shown, /✗ controller away · data 12s old · next try in 2s/);
    assert.match(shown, /hello-1/);
    const tiny = text(screenOf({ link }), {}, { columns: 44, rows: 12 });
    assert.match(tiny, /✗ 12s old, retry 2s/);
  });

  it('shows in its help, at 80×24, every key and how to reach the cluster from elsewhere, no path cut', () => {
    const home = `/home/ada/${'a long name/'.repeat(8)}attic`;
    const access = { apps: 'http://localhost:5485/', home, kubeconfig: '/home/ada/.kith/kubeconfig' };
    const shown = text(screenOf({ access }), { help: true });
    for (const part of [
      'q  Ctrl-C ',
      '◐ on its way',
      'http://localhost:5485/\n',
      '  export KUBECONFIG=/home/ada/.kith/kubeconfig\n',
      'kith open SERVICE',
    ])
      assert.ok(shown.includes(part), `${part} is missing in\n${shown}`);
    assert.ok(shown.replaceAll('\n', '').includes(`export KITH_HOME='${home}'`), shown);
  });

  it('tells why the selected pod is not well', () => {
    assert.match(text(screenOf(), { selected: { pods: 'default/hello-2' } }), /^ back-off 20s$/m);
  });

  it('shows the newest lines of a log, and those before after scrolling, however many come', () => {
    const logs = { first: 100, lines: Array.from({ length: 60 }, (_, index) => `line ${100 + index}`) };
    const view = { logs: 'default/hello-1' };
    assert.match(text(screenOf({ logs }), view), /line 159\n/);
    const scrolled = { ...view, logsEnd: 130 };
    const more = { first: 110, lines: [...logs.lines.slice(10), 'line 160', 'line 161'] };
    const rows = (shown: string) => shown.split('\n').filter((line) => line.startsWith('line'));
    assert.deepEqual(rows(text(screenOf({ logs: more }), scrolled)).at(-1), 'line 129');
    assert.match(text(screenOf({ logs: more }), scrolled), /32 newer below/);
  });

  it('filters inside logs, also by what does not match', () => {
    const logs = { first: 0, lines: ['GET /a 200', 'GET /b 500', 'GET /c 200'] };
    const filtered = (filter: string) =>
      text(screenOf({ logs }), { logs: 'default/hello-1', filters: { logs: filter } });
    assert.match(filtered(' 500$'), /1 of 3 match/);
    assert.doesNotMatch(filtered('! 500$'), /\/b/);
  });

  it('wraps a long line of a log only where asked', () => {
    const logs = { first: 0, lines: [`${'x'.repeat(100)}end`] };
    assert.doesNotMatch(text(screenOf({ logs }), { logs: 'default/hello-1' }), /end/);
    assert.match(text(screenOf({ logs }), { logs: 'default/hello-1', wrap: true }), /^x+end$/m);
  });

  it('columns stay where they are while the user scrolls', () => {
    const many = byKey([
      ...Array.from({ length: 50 }, (_, index) =>
        podRow(runningPod(`a-${String(index).padStart(2, '0')}`, 'attic')),
      ),
      podRow(runningPod('z-with-a-very-long-name-indeed', 'attic')),
    ]);
    const screen = screenOf({ rows: { hosts, pods: many, events } });
    const header = (selected: string) =>
      text(screen, { selected: { pods: selected } })
        .split('\n')
        .find((line) => line.includes('RESTARTS'));
    assert.equal(header('default/a-00'), header('default/z-with-a-very-long-name-indeed'));
  });

  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '日本語のログ',
      '👩‍👩‍👧‍👦',
      '\u001b[2J\u001b[31mred',
      'a\tb\r\nc',
      '\u202Ertl',
      'é',
      '',
      'x'.repeat(300),
    ),
  );
  const anyPod = fc.record({ name: anyText, node: anyText, message: anyText });
  const anyScreen = fc
    .record({
      pods: fc.array(anyPod, { maxLength: 40 }),
      messages: fc.array(anyText, { maxLength: 20 }),
      cluster: anyText,
      state: fc.constantFrom('live', 'lost', 'connecting'),
      problem: anyText,
    })
    .map(({ pods: some, messages, cluster, state, problem }): Screen => {
      const rows: Row[] = some.map(({ name, node, message }) =>
        podRow(runningPod(name, node, message ? { reason: message, message } : undefined)),
      );
      return screenOf({
        cluster,
        rows: {
          hosts: some.map(({ node }) => hostRow(host(node), new Map())),
          pods: byKey(rows),
          events: messages.map((message) => eventRow(happened(message, message, message))),
        },
        logs: { first: 0, lines: [] },
        link: { state: state as Link['state'], silentMs: 1e7, nextTryMs: 3000, problem },
      });
    });
  const anyView = fc.record({
    focus: fc.constantFrom(...panes),
    help: fc.boolean(),
    logs: fc.option(anyText, { nil: undefined }),
    wrap: fc.boolean(),
    typing: fc.constantFrom(undefined, 'pods' as const, 'logs' as const),
    filters: fc.record({
      pods: fc.option(anyText, { nil: undefined }),
      logs: fc.option(anyText, { nil: undefined }),
    }),
  });

  it('is never larger than the terminal, whatever names, messages and sizes there are', () => {
    fc.assert(
      fc.property(
        anyScreen,
        anyView,
        fc.integer({ min: 1, max: 130 }),
        fc.integer({ min: 1, max: 50 }),
        (screen, view, columns, rows) => {
          const lines = frame(screen, { ...startView, ...view }, { columns, rows });
          assert.equal(lines.length, rows);
          for (const line of lines) {
            assert.ok(lineWidth(line) <= columns, `${lineWidth(line)} > ${columns}: ${lineText(line)}`);
            // eslint-disable-next-line no-control-regex
            assert.doesNotMatch(lineText(line), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('draws 10,000 pods within 50 ms after a key', () => {
    const many = byKey(
      Array.from({ length: 10_000 }, (_, index) =>
        podRow(runningPod(`hello-${String(index).padStart(5, '0')}`, `host-${index % 40}`)),
      ),
    );
    const screen = screenOf({ rows: { hosts, pods: many, events } });
    frame(screen, startView, small);
    const took: number[] = [];
    for (let index = 0; index < 20; index++) {
      const startedAt = performance.now();
      frame(screen, { ...startView, filters: { pods: `9${index}` } }, small);
      took.push(performance.now() - startedAt);
    }
    const median = took.sort((a, b) => a - b)[10]!;
    assert.ok(median < 50, `${median.toFixed(1)} ms`);
  });
});
