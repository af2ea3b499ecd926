import assert from 'node:assert/strict';
import type { EphemeralContainer, Pod } from '../../../api/types.ts';
import { until } from '../../support/wait.ts';
import { Host, pod } from './support.ts';

/** What `kubectl debug` adds to a pod that runs. */
describe('an ephemeral container', () => {
  let host: Host;
  beforeEach(async () => {
    host = new Host();
    host.sandbox.capabilities = { ...host.sandbox.capabilities, exec: true };
    await host.ready();
  });
  afterEach(() => host.close());

  const runs = async (made: Pod) => {
    host.api.put(made);
    await until('it is ready', () => host.condition(made.metadata!.name!, 'Ready') === 'True');
  };
  const add = (name: string, ...containers: EphemeralContainer[]) => {
    const now = host.api.find<Pod>('Pod', name, 'default')!;
    host.api.put({ ...now, spec: { ...now.spec, ephemeralContainers: containers } } as Pod);
  };
  const statusOf = (name: string) => host.statusOf(name)?.ephemeralContainerStatuses?.[0];

  it('starts beside what runs, and looks into it', async () => {
    await runs(pod('web'));
    add('web', { name: 'look', image: 'hello:1', targetContainerName: 'app' });
    await until('it runs', () => statusOf('web')?.state?.running);
    assert.deepEqual(host.sandbox.container('web', 'look').spec.joins, { container: 'app', processes: true });
    const { ready, restartCount, started } = statusOf('web')!;
    assert.deepEqual({ ready, restartCount, started }, { ready: false, restartCount: 0, started: undefined });
    assert.equal(host.condition('web', 'Ready'), 'True');
    assert.deepEqual(host.sandbox.container('web').stops, [], 'the app goes on');
  });

  it('shares the network without a target, and not the processes', async () => {
    await runs(pod('web'));
    add('web', { name: 'look', image: 'hello:1' });
    await until('it runs', () => statusOf('web')?.state?.running);
    assert.deepEqual(host.sandbox.container('web', 'look').spec.joins, {
      container: 'app',
      processes: false,
    });
  });

  it('is never started again, whatever its end and the pod’s policy', async () => {
    await runs(pod('web', { spec: { restartPolicy: 'Always' } }));
    add('web', { name: 'look', image: 'hello:1' });
    await until('it runs', () => statusOf('web')?.state?.running);
    host.sandbox.container('web', 'look').exit(3);
    await until('it has ended', () => statusOf('web')?.state?.terminated?.exitCode === 3);
    // The control: what is of the pod itself comes back.
    host.sandbox.container('web').exit(3);
    await until('the app is back', () => host.statusOf('web')?.containerStatuses?.[0]?.restartCount === 1);
    assert.equal(host.sandbox.calls.filter((call) => call === 'start web/look').length, 1);
    assert.equal(host.condition('web', 'Ready'), 'True');
  });

  it('holds back no pod that is done, and ends with it', async () => {
    await runs(pod('job', { spec: { restartPolicy: 'Never' } }));
    add('job', { name: 'look', image: 'hello:1' });
    await until('it runs', () => statusOf('job')?.state?.running);
    host.sandbox.container('job').exit(0);
    await until('the pod is done', () => host.statusOf('job')?.phase === 'Succeeded');
    await until('it has ended too', () => statusOf('job')?.state?.terminated);
    assert.ok(host.sandbox.calls.includes('stop job/look'));
  });

  it('comes back with its agent, and is not lost with the agent’s memory', async () => {
    await runs(pod('web'));
    add('web', { name: 'look', image: 'hello:1' });
    await until('it runs', () => statusOf('web')?.state?.running);
    const before = host.sandbox.container('web', 'look');
    await host.agent.stop({ keep: true });
    await host.start();
    await until('the pod is there', () => host.agent.pods().length === 1);
    assert.equal(host.sandbox.container('web', 'look'), before);
    host.sandbox.container('web', 'look').exit(0);
    await until('its end is told', () => statusOf('web')?.state?.terminated?.reason === 'Completed');
  });

  it('waits, and says for what, where its target does not run, asks for too much or can see nothing', async () => {
    const told = async (name: string, container: Partial<EphemeralContainer>, reason: RegExp) => {
      await runs(pod(name));
      add(name, { name: 'look', image: 'hello:1', ...container });
      await until(`it says ${String(reason)}`, () =>
        reason.test(statusOf(name)?.state?.waiting?.message ?? ''),
      );
      assert.ok(!host.sandbox.calls.includes(`start ${name}/look`));
    };
    await told('one', { targetContainerName: 'none' }, /target container "none" is not running/);
    const securityContext = { privileged: true };
    await told('two', { securityContext }, /spec\.ephemeralContainers\[0\]\.securityContext\.privileged/);
    host.sandbox.capabilities = { ...host.sandbox.capabilities, exec: false };
    await told('three', {}, /runs one program, and nothing can look into it/);
  });
});
