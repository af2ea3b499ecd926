import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '../../api/types.ts';
import { CliCluster, type Ran } from './cluster.ts';

const deployment = (replicas: unknown = 1, more = '', podSpec = '') => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: hello
spec:
  replicas: ${replicas as string}
  selector:
    matchLabels: {app: hello}
${more}  template:
    metadata:
      labels: {app: hello}
    spec:
${podSpec}      containers:
      - name: web
        image: hello:v1
`;
const config = (name: string, value = '1') => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
data: {key: "${value}"}
`;
const service = (name: string, clusterIP: string) => `apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:
  clusterIP: ${clusterIP}
  selector: {app: hello}
  ports:
    - port: 80
`;

describe('kith apply', function () {
  this.timeout(60_000);
  let cluster: CliCluster;
  before(async () => (cluster = await CliCluster.start()));
  after(() => cluster?.stop());

  const apply = (text: string, ...args: string[]) =>
    cluster.kith(['apply', '-f', '-', ...args], { input: text });
  const names = async (type: string) =>
    (await cluster.kith(['get', type, '-o', 'name'])).out.trim().split('\n');
  function assertRefused({ code, out, err }: Ran, place: RegExp, reason: RegExp) {
    assert.equal(code, 2, err);
    assert.equal(out, '');
    assert.match(err, /^Error \(KITH_BAD_MANIFEST\): nothing was applied/);
    assert.match(err, place);
    assert.match(err, reason);
    assert.match(err, /^Try: /m);
  }

  describe('refuses, with file, line, field and reason,', () => {
    const cases: [string, string, RegExp, RegExp][] = [
      [
        'an unknown field',
        deployment(1, '  replcas: 2\n'),
        /standard input:9: spec\.replcas: /,
        /unknown field/,
      ],
      ['a wrong type', deployment('three'), /standard input:6: spec\.replicas: /, /whole number/],
      [
        'a bad quantity',
        `${deployment()}        resources: {requests: {memory: 64Megs}}\n`,
        /standard input:16: spec\.template\.spec\.containers\[0\]\.resources\.requests\[memory\]: /,
        /64Megs/,
      ],
      [
        'a missing selector',
        deployment().replace(/ {2}selector:\n.*\n/, ''),
        /standard input:\d+: spec\.selector: /,
        /Required/,
      ],
      [
        'tabs in YAML',
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: tabs\n',
        /standard input:4: /,
        /tabs are not allowed/,
      ],
      [
        'a privileged pod',
        `${deployment()}        securityContext: {privileged: true}\n`,
        /standard input:16: spec\.template\.spec\.containers\[0\]\.securityContext\.privileged: /,
        /privileged/,
      ],
      [
        'a host-networked pod',
        deployment(1, '', '      hostNetwork: true\n'),
        /standard input:13: spec\.template\.spec\.hostNetwork: /,
        /host/,
      ],
      [
        'an object without a name',
        config('x').replace('name: x', 'labels: {a: b}'),
        /metadata\.name/,
        /Required/,
      ],
      [
        'a kind that nobody serves',
        config('x').replace('ConfigMap', 'Widget'),
        /:2: kind: /,
        /no matches for kind "Widget"/,
      ],
    ];
    for (const [what, text, place, reason] of cases)
      it(what, async () => {
        assertRefused(await apply(text), place, reason);
        assert.deepEqual(await names('deploy'), ['']);
      });

    it('and takes the same manifest without the mistake', async () => {
      const { code, out, err } = await apply(deployment());
      assert.equal(code, 0, err);
      assert.equal(out, 'deployment.apps/hello created\n');
      await cluster.kith(['delete', 'deploy', 'hello']);
    });
  });

  it('applies nothing of several documents where one is broken, however it is', async () => {
    assertRefused(
      await apply(`${config('first')}---\n${deployment('three')}`),
      /:12: spec\.replicas/,
      /whole number/,
    );
    assertRefused(await apply(`${config('first')}---\nkind: [\n`), /:\d+: /, /no YAML/);
    assert.deepEqual(await names('cm'), ['']);
  });

  it('applies nothing of a whole folder where one file is broken', async () => {
    const folder = join(cluster.home, 'app');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.yaml'), config('in-a'));
    writeFileSync(join(folder, 'b.yaml'), config('in-b').replace('\ndata:', '\ndate:'));
    assertRefused(await cluster.kith(['apply', '-f', folder]), /app\/b\.yaml:5: date: /, /unknown field/);
    assert.deepEqual(await names('cm'), ['']);
    writeFileSync(join(folder, 'b.yaml'), config('in-b'));
    assert.equal((await cluster.kith(['apply', '-f', folder])).code, 0);
    assert.deepEqual(await names('cm'), ['configmap/in-a', 'configmap/in-b']);
    assert.equal((await cluster.kith(['delete', '-f', folder])).code, 0);
  });

  it('applies nothing where the server alone can see what is wrong, and says on which line', async () => {
    assert.equal((await apply(deployment())).code, 0);
    const changed = deployment().replaceAll('app: hello', 'app: other');
    assertRefused(
      await apply(`${config('first')}---\n${changed}`),
      /standard input:13: spec\.selector: /,
      /immutable/,
    );
    assert.deepEqual(await names('cm'), ['']);
    assertRefused(
      await apply(config('lost').replace('name: lost', 'name: lost\n  namespace: nowhere')),
      /standard input:1: /,
      /namespaces "nowhere" not found/,
    );
    await cluster.kith(['delete', 'deploy', 'hello']);
  });

  it('applies nothing where one document for a namespace of the same input is refused by the server alone', async () => {
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: fresh}\n';
    const inFresh = (text: string) => text.replace(/name: (\S+)/, 'name: $1\n  namespace: fresh');
    const text = (address: string) =>
      `${namespace}---\n${inFresh(config('inside'))}---\n${inFresh(service('web', address))}`;
    assertRefused(
      await apply(text('1.2.3.4')),
      /standard input:17: spec\.clusterIPs: /,
      /the provided network does not match the current range/,
    );
    assert.equal((await cluster.kith(['get', 'namespace', 'fresh'])).code, 1);
    const { code, out, err } = await apply(text('10.96.7.7'));
    assert.equal(code, 0, err);
    assert.equal(out, 'namespace/fresh created\nconfigmap/inside created\nservice/web created\n');
    await cluster.kith(['delete', 'namespace', 'fresh', '--wait=false']);
  });

  it('applies nothing where one object is written twice, and names both places', async () => {
    const frozen = (value: string) => `${config('frozen', value)}immutable: true\n`;
    const other = config('frozen').replace('name: frozen', 'name: frozen\n  namespace: kube-public');
    assertRefused(
      await apply(`${frozen('1')}---\n${frozen('2')}`),
      /standard input:11: metadata\.name: /,
      /configmap\/frozen is in the input twice: standard input:1 has it too/,
    );
    assert.equal((await cluster.kith(['get', 'cm/frozen'])).code, 1);
    assert.equal((await apply(`${frozen('1')}---\n${other}`)).code, 0);
    await cluster.kith(['delete', 'cm', 'frozen']);
    await cluster.kith(['delete', 'cm', 'frozen', '-n', 'kube-public']);
  });

  it('applies nothing where two Services ask for one address', async () => {
    const pair = (second: string) => `${service('one', '10.96.7.8')}---\n${service('two', second)}`;
    assertRefused(
      await apply(pair('10.96.7.8')),
      /standard input:16: spec\.clusterIP: /,
      /10\.96\.7\.8 is asked for twice: standard input:1, service\/one, wants it too/,
    );
    assert.equal((await cluster.kith(['get', 'service', 'one'])).code, 1);
    assert.equal((await apply(pair('10.96.7.9'))).code, 0);
    await cluster.kith(['delete', 'service', 'one', 'two']);
  });

  it('makes the namespaces of its input first, wherever they stand', async () => {
    const text = `${config('inside').replace('name: inside', 'name: inside\n  namespace: new')}---
apiVersion: v1
kind: Namespace
metadata: {name: new}
`;
    const { code, out, err } = await apply(text);
    assert.equal(code, 0, err);
    assert.equal(out, 'namespace/new created\nconfigmap/inside created\n');
  });

  it('says unchanged where nothing is, also for other spellings of one value', async () => {
    const text = `${deployment()}        resources: {requests: {cpu: 0.5}}\n`;
    assert.match((await apply(text)).out, /created/);
    assert.equal((await apply(text)).out, 'deployment.apps/hello unchanged\n');
    assert.equal((await apply(text.replace('0.5', '500m'))).out, 'deployment.apps/hello unchanged\n');
    assert.equal((await apply(text.replace('0.5', '600m'))).out, 'deployment.apps/hello configured\n');
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {token: abc}\n';
    await apply(secret);
    assert.equal((await apply(secret)).out, 'secret/s unchanged\n');
    await cluster.kith(['delete', 'deploy', 'hello']);
  });

  it('takes out what the file no longer says, and leaves what others have set', async () => {
    await apply(`${config('shared')}`.replace('{key: "1"}', '{mine: "1", also: "2"}'));
    await cluster.patch(
      { kind: 'ConfigMap', namespace: 'default', name: 'shared' },
      { data: { theirs: 'x' } },
    );
    await apply(config('shared').replace('{key: "1"}', '{mine: "3"}'));
    const { out } = await cluster.kith(['get', 'cm/shared', '-o', 'json']);
    assert.deepEqual((JSON.parse(out) as { data: object }).data, { mine: '3', theirs: 'x' });
  });

  it('pins an image that was built on this machine to its digest, so that a new build rolls out', async () => {
    const images = join(cluster.home, 'images');
    const built = (digit: string) => {
      mkdirSync(images, { recursive: true });
      const manifest = {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: `sha256:${digit.repeat(64)}`,
        size: 2,
        annotations: { 'org.opencontainers.image.ref.name': 'hello:v1' },
      };
      writeFileSync(join(images, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
    };
    const image = async () => {
      const { out } = await cluster.kith(['get', 'deploy/hello', '-o', 'json']);
      return (JSON.parse(out) as Deployment).spec!.template.spec!.containers[0]!.image;
    };
    await apply(deployment());
    assert.equal(await image(), 'hello:v1');
    built('a');
    assert.match(
      (await apply(deployment())).out,
      /configured\n {2}hello:v1 is sha256:a+…, built on this machine/,
    );
    assert.equal(await image(), `hello:v1@sha256:${'a'.repeat(64)}`);
    assert.match((await apply(deployment())).out, /unchanged/);
    built('b');
    assert.match((await apply(deployment())).out, /configured/);
    assert.equal(await image(), `hello:v1@sha256:${'b'.repeat(64)}`);
    rmSync(images, { recursive: true });
    await cluster.kith(['delete', 'deploy', 'hello']);
  });

  it('shows with --dry-run what it would do, and does not', async () => {
    const { out } = await apply(config('trial'), '--dry-run');
    assert.equal(out, 'configmap/trial created (dry run)\n');
    assert.equal((await cluster.kith(['get', 'cm/trial'])).code, 1);
  });

  it('refuses an object of another namespace than the one that was asked for', async () => {
    const text = config('x').replace('name: x', 'name: x\n  namespace: default');
    assertRefused(await apply(text, '-n', 'new'), /metadata\.namespace/, /"default".*"new"/);
    assert.equal((await apply(text, '-n', 'default')).code, 0);
  });

  it('says what is missing where there is no file, or nothing in it', async () => {
    assert.match((await cluster.kith(['apply', '-f', 'nope.yaml'])).err, /KITH_NO_FILE.*nope\.yaml/);
    assert.match((await apply('# nothing\n')).err, /KITH_NO_INPUT/);
    assert.match((await cluster.kith(['apply'])).err, /KITH_NO_INPUT.*\nTry: kith apply -f FILE/);
  });

  it('names a link in a folder that leads to nothing', async () => {
    const folder = join(cluster.home, 'linked');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.yaml'), config('linked'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'b.yaml'));
    symlinkSync('c.yaml', join(folder, 'c.yaml'));
    const refused = async (name: string) => {
      const { code, err } = await cluster.kith(['apply', '-f', folder]);
      assert.equal(code, 2);
      assert.match(
        err,
        new RegExp(`^Error \\(KITH_NO_FILE\\): .*linked/${name} is a link that leads to nothing\nTry: `),
      );
      rmSync(join(folder, name));
    };
    await refused('b.yaml');
    await refused('c.yaml');
    assert.equal((await cluster.kith(['apply', '-f', folder])).out, 'configmap/linked created\n');
  });

  it('prints nothing of its input that a terminal would obey, and no line that its input made up', async () => {
    const file = join(cluster.home, 'odd\u001b[2J.yaml');
    writeFileSync(
      file,
      `apiVersion: v1\nkind: "Foo\\e[31m\\nTry: a stranger's advice"\nmetadata: {name: x}\n`,
    );
    const { code, err } = await cluster.kith(['apply', '-f', file]);
    assert.equal(code, 2);
    assert.match(err, /odd\.yaml:2: .*Foo.*a stranger's advice/);
    assert.doesNotMatch(err, /[^\P{Cc}\n]/u);
    assert.equal(err.match(/^Try: /gm)?.length, 1);
  });

  it('finishes what it began where nobody reads what it says', async () => {
    const child = cluster.spawn(['apply', '-f', '-']);
    child.stdout!.destroy();
    child.stdin!.end(`${config('pipe-a')}---\n${config('pipe-b')}`);
    const code = await new Promise((resolve) => child.once('close', resolve));
    assert.equal(code, 0);
    assert.equal((await cluster.kith(['get', 'cm/pipe-b'])).code, 0);
  });
});
