import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '../support/wait.ts';
import { CliCluster } from './cluster.ts';
import { happened, host, namespace, runningPod } from './swarm-objects.ts';

const config = (name: string, labels = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels },
});

describe('kith', function () {
  this.timeout(60_000);
  let cluster: CliCluster;
  before(async () => {
    cluster = await CliCluster.start();
    await cluster.put(
      host('attic'),
      runningPod('hello-1', 'attic'),
      runningPod('hello-2', 'attic', { reason: 'CrashLoopBackOff', message: 'back-off 20s' }),
      namespace('other'),
      runningPod('away-1', 'absent', undefined, 'other'),
      happened('hello-2', 'BackOff', 'Back-off restarting failed container', 'Warning'),
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'hello', namespace: 'default' },
        spec: {
          selector: { matchLabels: { app: 'hello' } },
          template: {
            metadata: { labels: { app: 'hello' } },
            spec: { containers: [{ name: 'web', image: 'hello:v1' }] },
          },
        },
      } as never,
    );
    for (const line of ['first', '', 'last']) await cluster.log('default/hello-1', line);
    await cluster.log('default/hello-2', 'crashed');
  });
  after(() => cluster?.stop());

  describe('get', () => {
    it('prints tables as kubectl does, with more columns for -o wide', async () => {
      const { out } = await cluster.kith(['get', 'pods']);
      assert.match(
        out,
        /^NAME +READY +STATUS +RESTARTS +AGE\nhello-1 +1\/1 +Running +0 +\d+s\nhello-2 +0\/1 +CrashLoop/,
      );
      const wide = await cluster.kith(['get', 'po', '-o', 'wide', '-l', 'app=hello']);
      assert.match(wide.out, /^NAME .* NODE/);
      assert.match(wide.out, /attic/);
    });

    it('looks into all namespaces with -A, and into one with -n', async () => {
      const all = await cluster.kith(['get', 'pods', '-A']);
      assert.match(all.out, /^NAMESPACE +NAME/);
      assert.match(all.out, /^other +away-1/m);
      const one = await cluster.kith(['get', 'pods', '-n', 'other', '--no-headers']);
      assert.match(one.out, /^away-1[^\n]*\n$/);
    });

    it('prints several types under each other, named by TYPE/NAME', async () => {
      const { out } = await cluster.kith(['get', 'deploy,pods']);
      assert.match(out, /^NAME .*\ndeployment\.apps\/hello .*\n\nNAME .*\npod\/hello-1 /);
      const all = await cluster.kith(['get', 'all', '-o', 'name']);
      assert.deepEqual(all.out.split('\n').slice(0, -1).sort(), [
        'deployment.apps/hello',
        'pod/hello-1',
        'pod/hello-2',
      ]);
    });

    it('prints one object as it is, and several as a list, in JSON and YAML', async () => {
      const one = await cluster.kith(['get', 'pod/hello-1', '-o', 'json']);
      assert.equal((JSON.parse(one.out) as { kind: string }).kind, 'Pod');
      const two = await cluster.kith(['get', 'pods', 'hello-1', 'hello-2', '-o', 'json']);
      assert.deepEqual((JSON.parse(two.out) as { kind: string; items: object[] }).items.length, 2);
      const yaml = await cluster.kith(['get', 'pod', 'hello-1', '-o', 'yaml']);
      assert.match(yaml.out, /^apiVersion: v1\nkind: Pod\nmetadata:\n {2}name: hello-1\n/m);
    });

    it('prints events in the order of time, the newest last, in each format', async () => {
      const about = (reason: string, seconds: number) => happened('hello-1', reason, 'so', 'Normal', seconds);
      await cluster.put(
        ...[about('Alpha', 1), about('Beta', 300), about('Gamma', 60)].map((event) => ({
          ...event,
          metadata: { ...event.metadata, namespace: 'other' },
          involvedObject: { ...event.involvedObject, namespace: 'other' },
        })),
      );
      // A name has the reason too.
      const order = (out: string) => [...new Set(out.toLowerCase().match(/alpha|beta|gamma/g))];
      for (const args of [[], ['-o', 'wide'], ['-o', 'name']]) {
        const { out } = await cluster.kith(['get', 'events', '-n', 'other', ...args]);
        assert.deepEqual(order(out), ['beta', 'gamma', 'alpha'], args.join(' '));
      }
    });

    it('says that there is nothing, on standard error and with success', async () => {
      const { code, out, err } = await cluster.kith(['get', 'secrets']);
      assert.deepEqual([code, out, err], [0, '', 'No resources found in default namespace.\n']);
    });

    it('goes on with changes after -w, and begins nothing anew', async () => {
      const child = cluster.spawn(['get', 'cm', '-w']);
      const lines: string[] = [];
      createInterface({ input: child.stdout! }).on('line', (line) => lines.push(line));
      await cluster.put(config('seen-1'));
      await until('the first line', () => lines.length >= 2);
      await cluster.put(config('seen-2'));
      await until('the next line', () => lines.length >= 3);
      child.kill('SIGINT');
      await once(child, 'close');
      assert.match(lines.join('\n'), /^NAME +DATA +AGE\nseen-1 .*\nseen-2 [^\n]*$/);
    });

    it('ends quietly where nobody reads on', async () => {
      const child = cluster.spawn(['get', 'pods', '-A', '-w']);
      let err = '';
      child.stderr!.on('data', (text) => (err += text));
      await once(child.stdout!, 'data');
      child.stdout!.destroy();
      await cluster.put(runningPod('late', 'attic', undefined, 'other'));
      const [code] = (await once(child, 'close')) as [number];
      assert.deepEqual([code, err], [0, '']);
    });
  });

  describe('describe', () => {
    it('tells why a pod does not run: its state, its last words and its events', async () => {
      const { out } = await cluster.kith(['describe', 'pod', 'hello-2']);
      assert.match(out, /State: +Waiting, CrashLoopBackOff, back-off 20s/);
      assert.match(out, /Warning +BackOff +\d+s +kith +Back-off restarting failed container/);
    });

    it('shows a host with what it lends and what runs there', async () => {
      const { out } = await cluster.kith(['describe', 'node/attic']);
      assert.match(out, /Lends: +cpu=1500m/);
      assert.match(out, /default +hello-1 +Running/);
    });

    it('says how many copies a Deployment wants and has', async () => {
      const { out } = await cluster.kith(['describe', 'deploy', 'hello']);
      assert.match(out, /Replicas: +1 wanted, 0 ready/);
      assert.match(out, /Image: +hello:v1/);
    });
  });

  describe('logs', () => {
    it('prints a pod’s lines as they are, empty ones too', async () => {
      assert.equal((await cluster.kith(['logs', 'hello-1'])).out, 'first\n\nlast\n');
      assert.equal((await cluster.kith(['logs', 'pod/hello-1', '--tail', '1'])).out, 'last\n');
    });

    it('names the pod in front where there are several', async () => {
      const { out } = await cluster.kith(['logs', 'deployment/hello', '--tail', '1']);
      assert.deepEqual(out.trim().split('\n').sort(), ['[hello-1] last', '[hello-2] crashed']);
    });

    it('goes on with -f until it is stopped', async () => {
      const child = cluster.spawn(['logs', '-f', 'hello-1', '--tail', '1']);
      const lines: string[] = [];
      createInterface({ input: child.stdout! }).on('line', (line) => lines.push(line));
      await until('what was there', () => lines.length === 1);
      await cluster.log('default/hello-1', 'more');
      await until('what came', () => lines.length === 2);
      child.kill('SIGTERM');
      await once(child, 'close');
      assert.deepEqual(lines, ['last', 'more']);
    });

    it('says what is wrong in its own words', async () => {
      assert.match((await cluster.kith(['logs', 'nope'])).err, /KITH_NOT_FOUND\): pods "nope" not found/);
      assert.match(
        (await cluster.kith(['logs', 'away-1', '-n', 'other'])).err,
        /KITH_UNAVAILABLE\): node absent/,
      );
      assert.match((await cluster.kith(['logs', 'svc/hello'])).err, /services "hello" not found/);
      assert.match(
        (await cluster.kith(['logs', 'hello-1', '--since', 'soon'])).err,
        /KITH_BAD_ARGUMENT\): --since "soon"/,
      );
    });
  });

  describe('delete', () => {
    it('takes the objects of a file away in reverse order, and finds it well if they are gone', async () => {
      const file = join(cluster.home, 'two.json');
      writeFileSync(
        file,
        JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [config('one'), config('two')] }),
      );
      assert.equal((await cluster.kith(['apply', '-f', file])).code, 0);
      const gone = await cluster.kith(['delete', '-f', file]);
      assert.equal(gone.out, 'configmap "two" deleted\nconfigmap "one" deleted\n');
      const again = await cluster.kith(['delete', '-f', file]);
      assert.deepEqual(
        [again.code, again.out],
        [0, 'configmap "two" was not there\nconfigmap "one" was not there\n'],
      );
    });

    it('waits until they are gone', async () => {
      await cluster.put({
        ...config('held'),
        metadata: { ...config('held').metadata, finalizers: ['example.org/hold'] },
      });
      const child = cluster.spawn(['delete', 'cm', 'held']);
      let ended = false;
      void once(child, 'close').then(() => (ended = true));
      await until('it is going', async () =>
        (await cluster.kith(['get', 'cm/held', '-o', 'yaml'])).out.includes('deletionTimestamp'),
      );
      assert.equal(ended, false);
      await cluster.patch(
        { kind: 'ConfigMap', namespace: 'default', name: 'held' },
        { metadata: { finalizers: null } },
      );
      await until('the command is done', () => ended);
    });

    it('takes what it can, and fails for what is missing', async () => {
      await cluster.put(config('here'));
      const { code, out, err } = await cluster.kith(['delete', 'cm', 'missing', 'here']);
      assert.deepEqual([code, out], [1, 'configmap "here" deleted\n']);
      assert.match(err, /KITH_NOT_FOUND\): configmaps "missing" not found/);
      assert.equal((await cluster.kith(['delete', 'cm', 'missing', '--ignore-not-found'])).code, 0);
    });

    it('asks which ones where neither names nor a selector are given', async () => {
      const { code, err } = await cluster.kith(['delete', 'pods']);
      assert.equal(code, 2);
      assert.match(err, /KITH_BAD_ARGUMENT\): which ones\?/);
    });
  });

  it('says which type, command or flag was meant, with exit code 2', async () => {
    const ask = async (...args: string[]) => {
      const { code, err } = await cluster.kith(args);
      assert.equal(code, 2);
      return err;
    };
    assert.match(await ask('get', 'podz'), /no resource type "podz"\nTry: pods/);
    assert.match(await ask('gte', 'pods'), /KITH_USAGE\): kith has no command "gte"\nTry: kith get/);
    assert.match(
      await ask('get', 'pods', '--bogus'),
      /KITH_USAGE\): Nonexistent flag: --bogus\nTry: kith get --help/,
    );
    assert.match(await ask('get', 'pods', 'a', '-A'), /KITH_BAD_ARGUMENT/);
  });

  it('prints a line for each state of the cluster where kith top has no terminal', async () => {
    const child = cluster.spawn(['top']);
    const lines: string[] = [];
    createInterface({ input: child.stdout! }).on('line', (line) => lines.push(line.slice(25)));
    await until('a first state', () => lines.some((line) => line.includes('hosts:')));
    assert.match(lines.at(-1)!, /^hosts: attic ● Ready · \d\/\d pods ready \(hello-2 ✗ CrashLoopBackOff\)$/);
    await cluster.put(host('cellar'));
    await until('the next', () => lines.at(-1)!.startsWith('hosts: attic ● Ready, cellar ● Ready'));
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0);
  });

  it('starts without importing what only the terminal UI needs', async () => {
    const child = cluster.spawn(['get', 'pods'], { NODE_DEBUG: 'esm,module' });
    let err = '';
    child.stderr!.on('data', (text) => (err += text));
    await once(child, 'close');
    assert.match(err, /commands\/get\.js/);
    assert.doesNotMatch(err, /node_modules\/(ink|react|yoga-layout|hyperdht|@kubernetes)\//);
  });

  describe('kubeconfig', () => {
    it('for a user makes them who they are to be, until they are revoked', async () => {
      const user = ['kubeconfig', '--user', 'ben', '--group', 'writers', '--group', 'b', '--expires', '1h'];
      const { out, err } = await cluster.kith(user);
      assert.match(out, /current-context: ben@kith-home\n/);
      assert.match(out, /client-certificate-data: \S+\n +client-key-data: \S+\n/);
      assert.match(err, /^For ben, until \d{4}-.*\. Whoever has it is ben\.\n$/);
      assert.doesNotMatch(out, /token/);
      assert.match(
        (await cluster.kith([...user, '--write'])).out,
        /^context ben@kith-home is in .*, until \d{4}-/,
      );
      assert.equal((await cluster.kith(['kubeconfig', '--revoke', 'ben'])).out, '2 of ben revoked\n');
      assert.equal((await cluster.kith(['kubeconfig', '--revoke', 'ben'])).out, 'ben has no certificate\n');
    });

    it('is refused for a machine, for too long, and a group without its user', async () => {
      const refused = async (...args: string[]) => {
        const { code, err } = await cluster.kith(['kubeconfig', ...args]);
        assert.equal(code, 2, err);
        return err;
      };
      assert.match(
        await refused('--user', 'system:node:attic'),
        /KITH_BAD_REQUEST\): .*those of machines and accounts/,
      );
      assert.match(
        await refused('--user', 'ben', '--expires', '2000d'),
        /KITH_BAD_ARGUMENT\): --expires "2000d" is not between/,
      );
      assert.match(await refused('--group', 'writers'), /KITH_USAGE/);
    });
  });

  // Last: mocha runs the groups in their order, after the tests that stand alone.
  describe('without its controller', () => {
    it('says that the controller is away, and what to do', async () => {
      await cluster.kill();
      const { code, err } = await cluster.kith(['get', 'pods']);
      assert.equal(code, 1);
      assert.match(
        err,
        /^Error \(KITH_API_AWAY\): nothing listens at https:\/\/127\.0\.0\.1:\d+.*\nTry: kith up\n$/,
      );
    });
  });
});
