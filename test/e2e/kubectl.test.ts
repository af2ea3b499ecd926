import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment, Pod, Secret } from '../../api/types.ts';
import { until } from '../support/wait.ts';
import { askOnce } from './support/flow.ts';
import { Kubectl, missingKubectl } from './support/kubectl.ts';
import { helloManifest, helloSource, TestSwarm } from './support/swarm.ts';

const selector = 'app.kubernetes.io/name=hello';

describe('stock kubectl over a real cluster', function () {
  this.timeout(60_000);
  let swarm: TestSwarm | undefined;
  let kubectl: Kubectl;

  before(async function () {
    const missing = missingKubectl();
    if (missing && process.env['CI'] === 'true') throw new Error(missing);
    if (missing) {
      console.log(`      skipped: ${missing}`);
      return this.skip();
    }
    swarm = new TestSwarm();
    await swarm.hub();
    await swarm.up();
    await swarm.founder.run(['image', 'build', talkativeHello(swarm.folder), '--tag', 'hello:v1']);
    kubectl = new Kubectl(join(swarm.folder, 'attic'));
  });
  after(async () => {
    await kubectl?.stop();
    await swarm?.stop();
  });

  const pods = async (): Promise<Pod[]> =>
    (JSON.parse(await kubectl.must(`get pods -l ${selector} -o json`)) as { items: Pod[] }).items;
  const names = (items: Pod[]) => items.map(({ metadata }) => metadata!.name!).toSorted();
  const version = async (object: string) =>
    (await kubectl.must(`get ${object} -o jsonpath={.metadata.resourceVersion}`)).trim();
  const ask = async () => {
    const answered = async () => (await askOnce(swarm!.gatewayPort)).pod;
    return until('an answer through the gateway', answered, 5_000);
  };

  it('apply brings the app up while get -w shows every step live', async () => {
    const watch = kubectl.start('get pods -o wide -w');
    const events = kubectl.start('get events -w');
    assert.equal(
      await kubectl.must(`apply -f ${helloManifest}`),
      'configmap/hello created\nsecret/hello created\ndeployment.apps/hello created\nservice/hello created\n',
    );
    const [, name] = await watch.line(/^(hello-\S+) +0\/1 +Pending +0 +\S+ +<none> +<none>/);
    await watch.line(new RegExp(`^${name} +0/1 +ContainerCreating +0 .* attic `));
    await watch.line(new RegExp(`^${name} +1/1 +Running +0 +\\S+ +10\\.244\\.\\d+\\.\\d+ +attic `));
    await events.line(
      new RegExp(`Normal +Scheduled +pod/${name} +Successfully assigned default/${name} to attic`),
    );
    await events.line(new RegExp(`Normal +Started +pod/${name} `));
    // The steps came in their order, not as one list at the end.
    const steps = watch.lines.filter((line) => line.startsWith(name!)).map((line) => line.split(/ +/)[2]);
    assert.deepEqual([...new Set(steps)], ['Pending', 'ContainerCreating', 'Running']);
    await watch.kill();
    await events.kill();
  });

  it('rollout status waits until all replicas are there, and get shows them with their hosts and images', async () => {
    assert.match(
      await kubectl.must('rollout status deployment/hello --timeout 20s'),
      /deployment "hello" successfully rolled out/,
    );
    const table = await kubectl.must('get pods -o wide');
    assert.match(table, /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\n/);
    assert.equal(table.match(/^hello-\S+ +1\/1 +Running +0 +\S+ +10\.244\.\d+\.\d+ +attic /gm)?.length, 3);
    assert.match(
      await kubectl.must('get nodes -o wide'),
      /^attic +Ready +<none> +\S+ +v[\d.]+ +10\.244\.\d+\.1 /m,
    );
    assert.match(
      await kubectl.must('get deployments,services -o wide'),
      /^deployment\.apps\/hello +3\/3 +3 +3 +\S+ +hello +hello:v1 [^]*^service\/hello +ClusterIP +10\.\S+ +<none> +80\/TCP/m,
    );
    assert.ok(names(await pods()).includes(await ask()), 'a browser is answered by one of them');
  });

  it('describe tells the story of a pod and of a host', async () => {
    const [pod] = await pods();
    const story = await kubectl.must(`describe pod ${pod!.metadata!.name}`);
    assert.match(story, /^Node: +attic\/10\.244\./m);
    assert.match(story, /^Controlled By: +ReplicaSet\/hello-/m);
    assert.match(story, /^ {4}Image ID: +sha256:[0-9a-f]{64}$/m);
    assert.match(story, /^ {2}Ready +True/m);
    for (const reason of ['Scheduled', 'Pulled', 'Created', 'Started'])
      assert.match(story, new RegExp(`^ {2}Normal +${reason} `, 'm'));

    const host = await kubectl.must('describe node attic');
    assert.match(host, /^Annotations: +kith\.home\.arpa\/isolation: /m);
    assert.match(host, /^ {2}Ready +True .* KubeletReady /m);
    assert.match(host, /^Non-terminated Pods: +\(3 in total\)/m);
    assert.match(host, new RegExp(`${pod!.metadata!.name} +50m .* 64Mi `));
    assert.match(host, /^ProviderID: +kith:\/\/[0-9a-f]{64}$/m);
  });

  it('apply again leaves what is the same alone, and changes what is not', async () => {
    const objects = ['deployment/hello', 'service/hello', 'configmap/hello', 'secret/hello'];
    const before = await Promise.all(objects.map(version));
    const again = await kubectl.must(`apply -f ${helloManifest}`);
    assert.match(again, /deployment\.apps\/hello unchanged/);
    assert.match(again, /service\/hello unchanged/);
    assert.match(again, /configmap\/hello unchanged/);
    // kubectl cannot see that stringData is what data says already and calls that "configured", over any Kubernetes; nothing was
    // written all the same.
    assert.deepEqual(await Promise.all(objects.map(version)), before);
    const secret = JSON.parse(await kubectl.must('get secret hello -o json')) as Secret & {
      stringData?: unknown;
    };
    assert.equal(Buffer.from(secret.data!['API_TOKEN']!, 'base64').toString(), 'only-an-example');
    assert.equal(secret.stringData, undefined);

    const louder = readFileSync(helloManifest, 'utf8').replace('GREETING: Hello', 'GREETING: HELLO');
    const changed = await kubectl.must('apply -f -', louder);
    assert.match(changed, /configmap\/hello configured/);
    assert.match(changed, /deployment\.apps\/hello unchanged/);
    assert.match(await kubectl.must('get configmap hello -o jsonpath={.data.GREETING}'), /^HELLO/);
  });

  it('scale up and down: pods follow, and the ones that stay are the same', async () => {
    const three = names(await pods());
    await kubectl.must('scale deployment/hello --replicas=4');
    await kubectl.must('rollout status deployment/hello --timeout 20s');
    const four = names(await swarm!.readyPods(4));
    assert.deepEqual(
      three.filter((name) => four.includes(name)),
      three,
    );
    const watch = kubectl.start('get pods -w');
    await watch.line(/^hello-/);
    await kubectl.must('scale deployment/hello --replicas=2');
    await watch.line(/^hello-\S+ +\S+ +Terminating/);
    const two = names(await swarm!.readyPods(2));
    assert.ok(two.every((name) => four.includes(name)));
    assert.match(await kubectl.must('get deployment hello'), /^hello +2\/2 +2 +2 /m);
    await watch.kill();
  });

  it('after a change of the template rollout status waits for the last pod and ends with 0; the new one answers', async () => {
    const old = names(await pods());
    assert.match(
      await kubectl.must('set env deployment/hello GREETING=Bonjour'),
      /deployment\.apps\/hello env updated/,
    );
    const status = kubectl.start('rollout status deployment/hello');
    assert.equal(await status.ended, 0, status.text);
    assert.match(status.lines[0]!, /^Waiting for deployment/);
    assert.match(status.lines.at(-1)!, /successfully rolled out/);
    const now = names(await swarm!.readyPods(2));
    assert.deepEqual(
      now.filter((name) => old.includes(name)),
      [],
    );
    const { body } = await askOnce(swarm!.gatewayPort);
    assert.equal(body?.['greeting'], 'Bonjour');
    const { status: seen } = JSON.parse(await kubectl.must('get deployment hello -o json')) as Deployment;
    assert.equal(seen?.updatedReplicas, 2);
    assert.match(await kubectl.must('get replicasets'), /^hello-\S+ +0 +0 +0 /m);
  });

  it('a change that cannot come up keeps rollout status waiting until its own time is over, and the app answers on', async () => {
    await kubectl.must('set image deployment/hello hello=nowhere:v9');
    const { code, err } = await kubectl.run(['rollout', 'status', 'deployment/hello', '--timeout', '2s']);
    assert.notEqual(code, 0);
    assert.match(err, /timed out waiting for the condition/);
    assert.equal((await askOnce(swarm!.gatewayPort)).failure, undefined);
    const pulls = await until('the pod says why', async () => {
      const table = await kubectl.must('get pods');
      return /(ErrImagePull|ImagePullBackOff)/.test(table) && table;
    });
    assert.match(pulls, /^hello-\S+ +1\/1 +Running/m);
    await kubectl.must('set image deployment/hello hello=hello:v1');
    await kubectl.must('rollout status deployment/hello --timeout 20s');
    await swarm!.readyPods(2);
  });

  it('logs shows what a pod wrote, and logs -f what it writes, while it writes it', async () => {
    const pod = await ask();
    await until('the line is in the logs', async () =>
      /asked for \/ \(\d+\)/.test(await kubectl.must(`logs ${pod}`)),
    );
    assert.match(
      await kubectl.must(`logs ${pod} --timestamps --tail=1`),
      /^\d{4}-\d\d-\d\dT\S+Z (asked for \/ |1 served)/,
    );

    const follow = kubectl.start(`logs -f ${pod}`);
    await follow.line(/asked for/);
    const seen = follow.lines.length;
    await until('another line comes while we look', async () => {
      await ask();
      return follow.lines.length > seen;
    });
    assert.equal(follow.child.exitCode, null, 'it follows on');
    await kubectl.must(`delete pod ${pod} --wait=false`);
    assert.equal(await follow.ended, 0, 'the log ends with its pod');
    await swarm!.readyPods(2);
  });

  it('delete takes the app away: pods end, and nothing is left', async () => {
    const watch = kubectl.start('get pods -w');
    await watch.line(/^hello-/);
    const said = await kubectl.must(`delete -f ${helloManifest}`);
    for (const object of ['configmap', 'secret', 'deployment.apps', 'service'])
      assert.ok(said.includes(`${object} "hello" deleted`), said);
    await watch.line(/^hello-\S+ +\S+ +Terminating/);
    await until('no pod is left', async () => (await pods()).length === 0);
    const { code, err } = await kubectl.run(['get', 'deployment', 'hello']);
    assert.equal(code, 1);
    assert.match(err, /Error from server \(NotFound\): deployments\.apps "hello" not found/);
    assert.equal(await kubectl.must('get deployments,replicasets,services,endpointslices -o name'), '');
    await until('no sandbox is left', () =>
      swarm!.processes().every(({ command }) => !/bwrap/.test(command)),
    );
    await watch.kill();
  });
});

/** The hello app as its author would make it talk: one line for each visit. */
function talkativeHello(folder: string): string {
  const source = join(folder, 'source');
  mkdirSync(source);
  cpSync(helloSource, source, { recursive: true });
  const file = join(source, 'index.js');
  const text = readFileSync(file, 'utf8');
  const place = 'served += 1;';
  assert.ok(text.includes(place));
  writeFileSync(
    file,
    text.replace(place, `${place}\n    console.log(\`asked for \${pathname} (\${served})\`);`),
  );
  return source;
}
