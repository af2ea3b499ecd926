import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { checkThrough, unsupportedProbe } from '../../../agent/pods/probes/check.ts';
import { startProber } from '../../../agent/pods/probes/prober.ts';
import type { Container } from '../../../api/types.ts';
import { systemClock } from '../../../process/clock.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';
import { FakeSandbox, tcpPort } from '../../support/fake-sandbox.ts';

/** Probes a container in virtual time; `answers` is what every try finds at its instant. */
function probing(container: Partial<Container>, answers: (kind: string, seconds: number) => boolean) {
  const clock = new VirtualClock();
  const said: string[] = [];
  const tries: string[] = [];
  const prober = startProber(
    { name: 'app', ...container },
    async (probe) => {
      const kind = probe.exec!.command![0]!;
      tries.push(`${kind} ${clock.now() / 1000}`);
      return { passed: answers(kind, clock.now() / 1000), message: 'no' };
    },
    clock,
    {
      passed: (kind, passed) => said.push(`${clock.now() / 1000} ${kind} ${passed ? 'passed' : 'lost'}`),
      unhealthy: (kind, _message, graceMs) =>
        said.push(`${clock.now() / 1000} ${kind} gave up${graceMs ? ` ${graceMs}` : ''}`),
      failedOnce: (kind) => said.push(`${clock.now() / 1000} ${kind} failed`),
    },
  );
  return { clock, said, tries, prober };
}
const probe = (kind: string, rest: object = {}) => ({ exec: { command: [kind] }, ...rest });

describe('probes', () => {
  it('find an app that is up at once ready at once, then look each period', async () => {
    const { clock, said, tries } = probing({ readinessProbe: probe('r') }, () => true);
    await clock.advance(25_000);
    assert.deepEqual(said, ['0 readiness passed']);
    assert.deepEqual(tries, ['r 0', 'r 10', 'r 20']);
  });

  it('ask quickly right after the start, so that an app is ready within 100 ms of its first answer', async () => {
    const { clock, said } = probing({ readinessProbe: probe('r') }, (_, now) => now >= 0.34);
    await clock.advance(5_000);
    assert.deepEqual(said, ['0.4 readiness passed']);
  });

  it('stop asking quickly after ten seconds', async () => {
    const { clock, tries, said } = probing({ readinessProbe: probe('r') }, () => false);
    await clock.advance(60_000);
    assert.equal(tries.filter((text) => Number(text.slice(2)) >= 10).length, 6);
    assert.equal(said[0], '10 readiness failed');
  });

  it('lose readiness after three failures in a row and regain it with one success', async () => {
    const { clock, said } = probing({ readinessProbe: probe('r') }, (_, now) => now < 15 || now > 45);
    await clock.advance(60_000);
    assert.deepEqual(said, [
      '0 readiness passed',
      '20 readiness failed',
      '30 readiness failed',
      '40 readiness failed',
      '40 readiness lost',
      '50 readiness passed',
    ]);
  });

  it('wait for initialDelaySeconds and hold to thresholds and periods', async () => {
    const { clock, said, tries } = probing(
      {
        livenessProbe: probe('l', {
          initialDelaySeconds: 5,
          periodSeconds: 2,
          failureThreshold: 2,
          terminationGracePeriodSeconds: 3,
        }),
      },
      (_, now) => now < 8,
    );
    await clock.advance(30_000);
    assert.deepEqual(tries, ['l 5', 'l 7', 'l 9', 'l 11']);
    assert.deepEqual(said, ['9 liveness failed', '11 liveness failed', '11 liveness gave up 3000']);
  });

  it('hold the others back until the startup probe has passed', async () => {
    const { clock, tries, said } = probing(
      {
        startupProbe: probe('s', { periodSeconds: 5, failureThreshold: 10 }),
        livenessProbe: probe('l'),
        readinessProbe: probe('r'),
      },
      (_, now) => now >= 12,
    );
    await clock.advance(16_000);
    const first = (kind: string) => tries.find((text) => text.startsWith(kind));
    assert.deepEqual([first('r'), first('l')], ['r 15', 'l 15']);
    assert.ok(said.includes('15 startup passed'));
  });

  it('give up on an app that never starts, on the grid that Kubernetes has', async () => {
    const { clock, said } = probing(
      { startupProbe: probe('s', { periodSeconds: 10, failureThreshold: 3 }) },
      () => false,
    );
    await clock.advance(60_000);
    assert.equal(said.at(-1), '20 startup gave up');
  });

  it('need successThreshold successes in a row', async () => {
    const { clock, said } = probing(
      { readinessProbe: probe('r', { successThreshold: 3, periodSeconds: 1 }) },
      () => true,
    );
    await clock.advance(5_000);
    assert.deepEqual(said, ['2 readiness passed']);
  });

  it('end with their container', async () => {
    const { clock, tries, prober } = probing({ livenessProbe: probe('l') }, () => true);
    await clock.advance(5_000);
    prober.stop();
    await clock.advance(60_000);
    assert.equal(tries.length, 1);
  });

  describe('through a sandbox', () => {
    const container: Container = { name: 'app', ports: [{ name: 'web', containerPort: 8080 }] };
    const none = new AbortController().signal;
    async function check(answer: number, probeOf: object) {
      const seen: { url?: string; headers?: NodeJS.Dict<string | string[]> } = {};
      const server = createServer((request, response) => {
        Object.assign(seen, { url: request.url, headers: request.headers });
        if (answer === 0) return;
        response.writeHead(answer).end('why');
      });
      const port = await tcpPort(server);
      const sandbox = new FakeSandbox();
      sandbox.ports.set(8080, port.serve);
      const pod = await sandbox.create({ uid: 'u', namespace: 'd', name: 'p', directory: '/' });
      await pod.start({
        name: 'app',
        image: { reference: 'i', digest: 'd', kind: 'wasm', path: '/' },
        env: {},
        ports: [8080],
        output: () => {},
      });
      const outcome = await checkThrough(pod, container, systemClock)(probeOf, none);
      server.closeAllConnections();
      await port.close();
      return { outcome, seen };
    }

    it('ask over HTTP with the headers and the named port of the probe', async () => {
      const { outcome, seen } = await check(204, {
        httpGet: { path: '/health?x=1', port: 'web', httpHeaders: [{ name: 'Host', value: 'shop.example' }] },
      });
      assert.deepEqual(outcome, { passed: true, message: '' });
      assert.equal(seen.url, '/health?x=1');
      assert.equal(seen.headers?.['host'], 'shop.example');
      assert.match(String(seen.headers?.['user-agent']), /^kube-probe/);
    });

    it('take 399 for an answer and 400 for a failure', async () => {
      assert.equal((await check(399, { httpGet: { port: 8080 } })).outcome.passed, true);
      const { outcome } = await check(400, { httpGet: { port: 8080 } });
      assert.deepEqual(outcome, { passed: false, message: 'HTTP probe failed with statuscode: 400: why' });
    });

    it('give an app timeoutSeconds to answer', async () => {
      const { outcome } = await check(0, { httpGet: { port: 8080 }, timeoutSeconds: 0.05 });
      assert.deepEqual(outcome, { passed: false, message: 'no answer within 0.05 s' });
    });

    it('see whether a TCP port is open', async () => {
      assert.equal((await check(200, { tcpSocket: { port: 8080 } })).outcome.passed, true);
      assert.equal((await check(200, { tcpSocket: { port: 81 } })).outcome.passed, false);
    });
  });

  it('that cannot be done here are refused by name', () => {
    assert.match(unsupportedProbe('p', { grpc: { port: 1 } }, true)!, /^p\.grpc/);
    assert.match(unsupportedProbe('p', { exec: { command: ['x'] } }, false)!, /^p\.exec/);
    assert.match(
      unsupportedProbe('p', { httpGet: { port: 1, scheme: 'HTTPS' } }, true)!,
      /^p\.httpGet\.scheme/,
    );
    assert.match(unsupportedProbe('p', { httpGet: { port: 1, host: 'h' } }, true)!, /^p\.httpGet\.host/);
    assert.equal(unsupportedProbe('p', { exec: { command: ['x'] } }, true), undefined);
  });
});
