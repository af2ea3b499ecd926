import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decidePod, type Action } from '../../../agent/pods/decide.ts';
import { newLocalPod, type LocalEvent, type LocalPod, type Moment } from '../../../agent/pods/local-pod.ts';
import { begin, reduce } from '../../../agent/pods/reduce.ts';
import { restore } from '../../../agent/pods/restore.ts';
import type { Pod } from '../../../api/types.ts';
import { pod } from './support.ts';

/** A pod on a host that does nothing by itself: the test says what happens. */
class Scene {
  desired: Pod | undefined;
  actual: LocalPod;
  now = 0;
  constructor(desired: Pod) {
    this.desired = desired;
    this.actual = newLocalPod(desired, this.moment);
  }
  get moment(): Moment {
    return { now: this.now, date: new Date(Date.UTC(2026, 0, 1) + this.now).toISOString() };
  }
  /** Decides and marks as begun; returns what is to be done, in short, without reports. */
  decide(): string[] {
    const actions = decidePod(this.desired, this.actual, this.moment);
    for (const action of actions) this.actual = begin(this.actual, action);
    return actions.filter((action) => action.do !== 'report').map(short);
  }
  tell(event: LocalEvent): void {
    this.actual = reduce(this.actual, event, this.moment);
  }
  pulled(container: string): void {
    this.tell({ type: 'pulled', container, image: { reference: 'hello:1', digest: 'sha256:1' } });
  }
  /** Up to a running container. */
  run(container = 'app'): void {
    this.decide();
    this.pulled(container);
    if (this.decide().includes(`create-sandbox ${container}`)) {
      this.tell({ type: 'sandbox-created' });
      this.decide();
    }
    this.tell({ type: 'started', container, id: `fake://${container}/${this.now}` });
  }
  exit(code: number, container = 'app'): void {
    this.tell({ type: 'exited', container, code, reason: code === 0 ? 'Completed' : 'Error' });
  }
  delete(seconds = 30): void {
    this.desired = structuredClone(this.desired!);
    Object.assign(this.desired.metadata!, {
      deletionTimestamp: '2026-01-01T00:00:00Z',
      deletionGracePeriodSeconds: seconds,
    });
  }
}

function short(action: Action): string {
  switch (action.do) {
    case 'wait':
      return `wait ${action.until}`;
    case 'stop':
      return `stop ${action.container} ${action.graceMs}`;
    case 'fail':
      return `fail ${action.reason}`;
    default:
      return 'container' in action ? `${action.do} ${action.container}` : action.do;
  }
}

describe('deciding for a pod', () => {
  it('pulls, makes the sandbox, starts, and then has nothing to do', () => {
    const scene = new Scene(pod('web'));
    assert.deepEqual(scene.decide(), ['pull app']);
    assert.deepEqual(scene.decide(), [], 'nothing twice');
    scene.pulled('app');
    assert.deepEqual(scene.decide(), ['create-sandbox app']);
    scene.tell({ type: 'sandbox-created' });
    assert.deepEqual(scene.decide(), ['start app']);
    scene.tell({ type: 'started', container: 'app', id: 'x' });
    assert.deepEqual(scene.decide(), []);
    assert.equal(scene.actual.status?.phase, 'Running');
  });

  it('runs init containers one after another before the others', () => {
    const scene = new Scene(
      pod('web', {
        spec: {
          initContainers: [
            { name: 'one', image: 'i' },
            { name: 'two', image: 'i' },
          ],
        },
      }),
    );
    assert.deepEqual(scene.decide(), ['pull one']);
    scene.pulled('one');
    scene.decide();
    scene.tell({ type: 'sandbox-created' });
    assert.deepEqual(scene.decide(), ['start one']);
    scene.tell({ type: 'started', container: 'one', id: '1' });
    assert.deepEqual(scene.decide(), []);
    assert.equal(scene.actual.status?.containerStatuses?.[0]?.state?.waiting?.reason, 'PodInitializing');
    scene.exit(0, 'one');
    assert.deepEqual(scene.decide(), ['pull two']);
    scene.pulled('two');
    scene.decide();
    scene.tell({ type: 'started', container: 'two', id: '2' });
    scene.exit(0, 'two');
    assert.deepEqual(scene.decide(), ['pull app']);
  });

  it('keeps a sidecar beside the others, restarts it, and stops it last', () => {
    const scene = new Scene(
      pod('web', { spec: { initContainers: [{ name: 'side', image: 'i', restartPolicy: 'Always' }] } }),
    );
    scene.run('side');
    assert.deepEqual(scene.decide(), ['pull app']);
    scene.pulled('app');
    scene.decide();
    scene.tell({ type: 'started', container: 'app', id: 'x' });
    scene.exit(1, 'side');
    assert.deepEqual(scene.decide(), ['pull side'], 'the sidecar alone, the app runs on');
    scene.pulled('side');
    scene.decide();
    scene.tell({ type: 'started', container: 'side', id: 'y' });
    scene.delete(5);
    assert.deepEqual(scene.decide(), ['stop app 5000']);
    scene.exit(0);
    assert.deepEqual(scene.decide(), ['stop side 5000']);
  });

  it('restarts a crashing container at once, then after 10 s, 20 s … 5 min, and forgives after 10 min', () => {
    const scene = new Scene(pod('web'));
    const waits: number[] = [];
    scene.run();
    for (let crash = 0; crash < 8; crash++) {
      scene.exit(1);
      const [first] = scene.decide();
      const until = first?.startsWith('wait') ? Number(first.slice(5)) : scene.now;
      waits.push((until - scene.now) / 1000);
      if (until > scene.now) {
        assert.equal(scene.actual.status?.containerStatuses?.[0]?.state?.waiting?.reason, 'CrashLoopBackOff');
        scene.now = until;
        scene.decide();
      }
      scene.pulled('app');
      scene.decide();
      scene.tell({ type: 'started', container: 'app', id: `${crash}` });
    }
    assert.deepEqual(waits, [0, 10, 20, 40, 80, 160, 300, 300]);
    scene.now += 600_000;
    scene.exit(1);
    assert.deepEqual(scene.decide(), ['pull app']);
    assert.equal(scene.actual.status?.containerStatuses?.[0]?.restartCount, 8);
  });

  it('follows the restart policy', () => {
    const after = (restartPolicy: string, code: number) => {
      const scene = new Scene(pod('job', { spec: { restartPolicy } }));
      scene.run();
      scene.exit(code);
      return [...scene.decide(), scene.actual.status?.phase];
    };
    assert.deepEqual(after('Never', 0), ['remove-sandbox', 'Succeeded']);
    assert.deepEqual(after('Never', 3), ['remove-sandbox', 'Failed']);
    assert.deepEqual(after('OnFailure', 0), ['remove-sandbox', 'Succeeded']);
    assert.deepEqual(after('OnFailure', 3), ['pull app', 'Running']);
    assert.deepEqual(after('Always', 0), ['pull app', 'Running']);
  });

  it('asks again with less patience when a running stop is given a shorter grace', () => {
    const scene = new Scene(pod('web'));
    scene.run();
    scene.delete(30);
    assert.deepEqual(scene.decide(), ['stop app 30000']);
    scene.delete(1);
    assert.deepEqual(scene.decide(), ['stop app 1000']);
    assert.deepEqual(scene.decide(), []);
  });

  it('cancels a pull of a pod that is deleted', () => {
    const scene = new Scene(pod('web'));
    scene.decide();
    scene.delete();
    assert.deepEqual(scene.decide(), ['cancel-pull app']);
    scene.tell({ type: 'pull-cancelled', container: 'app' });
    assert.deepEqual(scene.decide(), ['delete']);
  });

  it('ends a pod whose name now belongs to another uid', () => {
    const scene = new Scene(pod('web'));
    scene.run();
    scene.desired = pod('web');
    assert.deepEqual(scene.decide(), ['stop app 30000']);
    scene.exit(0);
    assert.deepEqual(scene.decide(), ['remove-sandbox']);
    scene.tell({ type: 'sandbox-removed' });
    assert.deepEqual(scene.decide(), ['forget']);
  });

  it('fails a pod that is active past its deadline', () => {
    const scene = new Scene(pod('web', { spec: { activeDeadlineSeconds: 60 } }));
    scene.run();
    assert.deepEqual(scene.decide(), ['wait 60000']);
    scene.now = 60_000;
    assert.deepEqual(scene.decide(), ['fail DeadlineExceeded']);
    assert.deepEqual(scene.decide(), ['stop app 30000']);
    assert.deepEqual(
      [scene.actual.status?.phase, scene.actual.status?.reason],
      ['Failed', 'DeadlineExceeded'],
    );
  });

  it('names a missing ConfigMap and tries again', () => {
    const scene = new Scene(pod('web'));
    scene.decide();
    scene.pulled('app');
    scene.decide();
    scene.tell({ type: 'sandbox-created' });
    scene.decide();
    const message = 'configmap "c" not found';
    scene.tell({ type: 'start-held', container: 'app', reason: 'CreateContainerConfigError', message });
    assert.deepEqual(scene.decide(), ['wait 1000']);
    assert.deepEqual(scene.actual.status?.containerStatuses?.[0]?.state?.waiting, {
      reason: 'CreateContainerConfigError',
      message,
    });
    scene.now = 1000;
    assert.deepEqual(scene.decide(), ['pull app']);
  });

  it('keeps the time of a condition that stays', () => {
    const scene = new Scene(pod('web'));
    scene.run();
    scene.decide();
    const ready = () => scene.actual.status!.conditions!.find(({ type }) => type === 'Ready')!;
    const since = ready().lastTransitionTime;
    scene.now = 50_000;
    scene.desired = { ...scene.desired!, metadata: { ...scene.desired!.metadata, generation: 2 } };
    scene.decide();
    assert.equal(ready().lastTransitionTime, since);
    scene.exit(1);
    scene.now = 51_000;
    scene.decide();
    assert.notEqual(ready().lastTransitionTime, since);
  });

  it('starts a pod again whose sandbox was lost, init containers first and without a pause', () => {
    const scene = new Scene(pod('web', { spec: { initContainers: [{ name: 'init', image: 'i' }] } }));
    scene.run('init');
    scene.exit(0, 'init');
    scene.run();
    scene.actual = restore(scene.actual, undefined, scene.moment);
    assert.deepEqual(scene.decide(), ['pull init']);
    scene.pulled('init');
    assert.deepEqual(scene.decide(), ['create-sandbox init']);
    scene.tell({ type: 'sandbox-created' });
    scene.decide();
    scene.tell({ type: 'started', container: 'init', id: '2' });
    scene.exit(0, 'init');
    assert.deepEqual(scene.decide(), ['pull app']);
  });

  it('starts it without a pause after each reboot, while one that crashes by itself waits longer each time', () => {
    const rebooted = new Scene(pod('web'));
    rebooted.run();
    for (let reboot = 1; reboot <= 4; reboot++) {
      rebooted.now += 1000;
      rebooted.actual = restore(rebooted.actual, undefined, rebooted.moment);
      assert.deepEqual(rebooted.decide(), ['pull app'], `reboot ${reboot}`);
      rebooted.run();
    }
    const crashing = new Scene(pod('web'));
    crashing.run();
    crashing.exit(1);
    crashing.decide();
    crashing.run();
    crashing.exit(1);
    assert.ok(!crashing.decide().includes('pull app'));
  });

  describe('whatever happens', () => {
    const event = fc.constantFrom(
      'pulled',
      'pull-failed',
      'started',
      'start-held',
      'exit 0',
      'exit 1',
      'sandbox-created',
      'sandbox-failed',
      'sandbox-removed',
      'sandbox-lost',
      'unhealthy',
      'ready',
      'unready',
      'delete',
      'evict',
      'time',
      'restart',
    );
    const container = fc.constantFrom('init', 'app', 'two');
    const policy = fc.constantFrom('Always', 'OnFailure', 'Never');
    const history = fc.array(fc.tuple(event, container), { maxLength: 60 });

    /** Plays a history; `see` looks at every batch of actions beside the state before them. */
    function play(
      restartPolicy: string,
      events: [string, string][],
      see: (actions: Action[], before: LocalPod, scene: Scene) => void,
    ): Scene {
      const scene = new Scene(
        pod('web', {
          spec: {
            restartPolicy,
            initContainers: [{ name: 'init', image: 'i' }],
            containers: [
              { name: 'app', image: 'i' },
              { name: 'two', image: 'i', readinessProbe: { tcpSocket: { port: 1 } } },
            ],
          },
        }),
      );
      const decide = () => {
        for (let round = 0; round < 20; round++) {
          const before = scene.actual;
          const actions = decidePod(scene.desired, before, scene.moment);
          see(actions, before, scene);
          for (const action of actions) scene.actual = begin(scene.actual, action);
          if (scene.actual === before) return;
        }
        assert.fail('it keeps deciding without an end');
      };
      decide();
      for (const [what, name] of events) {
        happen(scene, what, name);
        decide();
      }
      return scene;
    }

    it('never starts a container that may be running, nor makes a second sandbox', () => {
      fc.assert(
        fc.property(policy, history, (restartPolicy, events) => {
          play(restartPolicy, events, (actions, before) => {
            const started = actions.flatMap((action) => (action.do === 'start' ? [action.container] : []));
            assert.equal(new Set(started).size, started.length);
            for (const name of started) assert.equal(before.containers[name]!.state, 'pulled');
            const made = actions.filter((action) => action.do === 'create-sandbox');
            assert.ok(made.length <= 1 && (made.length === 0 || before.sandbox === 'none'));
          });
        }),
      );
    });

    it('never lets a restart count go down', () => {
      fc.assert(
        fc.property(policy, history, (restartPolicy, events) => {
          const seen: Record<string, number> = {};
          play(restartPolicy, events, (actions) => {
            for (const action of actions)
              if (action.do === 'report')
                for (const { name, restartCount } of action.status.containerStatuses ?? []) {
                  assert.ok(restartCount >= (seen[name] ?? 0));
                  seen[name] = restartCount;
                }
          });
        }),
      );
    });

    it('says the same when asked twice', () => {
      fc.assert(
        fc.property(policy, history, (restartPolicy, events) => {
          play(restartPolicy, events, (actions, before, scene) => {
            assert.deepEqual(decidePod(scene.desired, before, scene.moment), actions);
          });
        }),
      );
    });

    it('removes a deleted pod in the end, and starts nothing more of it', () => {
      fc.assert(
        fc.property(policy, history, fc.boolean(), (restartPolicy, events, evicted) => {
          const scene = play(restartPolicy, events, () => {});
          if (evicted || !scene.desired) scene.desired = undefined;
          else scene.delete(1);
          // From here on everything that was asked for comes true.
          for (let round = 0; round < 40; round++) {
            const actions = decidePod(scene.desired, scene.actual, scene.moment);
            if (actions.some((action) => action.do === 'forget')) return;
            for (const action of actions) {
              assert.ok(
                !['start', 'pull', 'create-sandbox'].includes(action.do),
                `it still wants to ${action.do}`,
              );
              scene.actual = begin(scene.actual, action);
            }
            for (const [name, { state }] of Object.entries(scene.actual.containers)) {
              if (state === 'pulling') scene.tell({ type: 'pull-cancelled', container: name });
              if (state === 'starting') scene.tell({ type: 'started', container: name, id: name });
              if (state === 'stopping') scene.exit(143, name);
            }
            if (scene.actual.sandbox === 'creating') scene.tell({ type: 'sandbox-created' });
            if (scene.actual.sandbox === 'removing') scene.tell({ type: 'sandbox-removed' });
            if (scene.actual.deleting) scene.desired = undefined;
          }
          assert.fail(`the pod is still here: ${JSON.stringify(scene.actual)}`);
        }),
      );
    });
  });
});

/** One thing that may happen, if it can happen now: answers come only to what was asked. */
function happen(scene: Scene, what: string, name: string): void {
  const { state } = scene.actual.containers[name]!;
  const lives = ['running', 'stopping'].includes(state);
  const { sandbox } = scene.actual;
  if (what === 'time') scene.now += 15_000;
  else if (what === 'pulled' && state === 'pulling') scene.pulled(name);
  else if (what === 'pull-failed')
    scene.tell({ type: 'pull-failed', container: name, reason: 'ErrImagePull', message: 'm' });
  else if (what === 'started' && state === 'starting')
    scene.tell({ type: 'started', container: name, id: name });
  else if (what === 'start-held')
    scene.tell({ type: 'start-held', container: name, reason: 'CreateContainerConfigError', message: 'm' });
  else if (what.startsWith('exit') && (lives || state === 'starting'))
    scene.exit(Number(what.slice(5)), name);
  else if (what === 'sandbox-created' && sandbox === 'creating') scene.tell({ type: 'sandbox-created' });
  else if (what === 'sandbox-failed' && sandbox === 'creating')
    scene.tell({ type: 'sandbox-failed', message: 'm' });
  else if (what === 'sandbox-removed' && sandbox === 'removing') scene.tell({ type: 'sandbox-removed' });
  else if (what === 'sandbox-lost' && sandbox === 'live') scene.tell({ type: 'sandbox-lost', message: 'm' });
  else if (what === 'unhealthy') scene.tell({ type: 'unhealthy', container: name, message: 'm' });
  else if (what === 'ready' || what === 'unready')
    scene.tell({ type: 'probed', container: name, probe: 'readiness', passed: what === 'ready' });
  else if (what === 'delete' && scene.desired) scene.delete();
  else if (what === 'evict') scene.desired = undefined;
  else if (what === 'restart') {
    const alive = Object.entries(scene.actual.containers).filter(([, each]) => each.state === 'running');
    const ids = new Map(alive.map(([each, { id = '' }]) => [each, id]));
    scene.actual = restore(scene.actual, sandbox === 'live' ? ids : undefined, scene.moment);
  }
}
