import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeContext } from '../../../client/kubeconfig.ts';
import { Tokens } from '../../../controller/apiserver/auth/tokens.ts';
import type { ApiServerRequest } from '../../../controller/apiserver/http/exchange.ts';
import { tlsListener, type TlsListener } from '../../../controller/apiserver/tls-listener.ts';
import { servingCertificate } from '../../../controller/apiserver/tls/serving-certificate.ts';
import { adminUser } from '../../../controller/apiserver/users.ts';
import { systemClock } from '../../../process/clock.ts';
import { testCluster, type TestCluster } from './cluster.ts';

const isInstalled = spawnSync('kubectl', ['version', '--client']).status === 0;
const protobuf = 'application/vnd.kubernetes.protobuf';
/** What kubectl makes by itself, and sends in protobuf from 1.32 on. */
const generators = [
  'configmap settings --from-literal=a=b --from-file=FOLDER/binary',
  'secret generic keys --from-literal=a=b --from-file=FOLDER/binary',
  'secret docker-registry pull --docker-server=a.example --docker-username=u --docker-password=p',
  'deployment web --image=hello:1 --replicas=2 --port=80',
  'job once --image=hello:1 -- echo hello',
  'cronjob often --image=hello:1 --schedule=@daily',
  'quota few --hard=pods=10 --scopes=BestEffort',
  'quota more --hard=configmaps=10,requests.cpu=1500m',
  'role reader --verb=get,list --resource=pods,deployments.apps --resource-name=a',
  'clusterrole prober --verb=get --non-resource-url=/healthz',
  'clusterrole whole --aggregation-rule=a=b',
  'rolebinding readers --role=reader --user=ann --serviceaccount=default:default',
  'clusterrolebinding probers --clusterrole=prober --group=people',
  'ingress web --class=nginx --rule=a.example/x*=web:80,tls=secret --annotation=a=b',
  'namespace other',
  'serviceaccount robot',
  'poddisruptionbudget web --selector=app=web --min-available=50%',
  'poddisruptionbudget few --selector=app=web --max-unavailable=1',
  'priorityclass high --value=1000 --description=high --preemption-policy=Never',
  'priorityclass none --value=0 --global-default=true',
  'service clusterip web --tcp=80:8080',
];

/** The stock kubectl, and what it sends where it is not asked for a manifest. */
describe('kubectl, of what it makes by itself', function () {
  this.timeout(60_000);
  let folder: string;
  let cluster: TestCluster;
  let listener: TlsListener;
  let environment: NodeJS.ProcessEnv;
  /** The media types of the bodies that came. */
  const types = new Set<string>();
  before(async function () {
    if (!isInstalled) {
      if (process.env['CI'] === 'true')
        throw new Error('kubectl is not on the PATH: install it (https://kubernetes.io/docs/tasks/tools)');
      console.log('      skipped: install kubectl (https://kubernetes.io/docs/tasks/tools) to run these');
      return this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), 'kith-kubectl-'));
    cluster = await testCluster(systemClock);
    const certificate = await servingCertificate(folder, systemClock);
    const tokens = new Tokens().add('token', adminUser);
    const { apiServer } = cluster;
    const { authenticator } = apiServer;
    const handle = (request: ApiServerRequest) => {
      if (request.method === 'POST') types.add(request.headers['content-type'] ?? '');
      return apiServer.handle(request);
    };
    const seen = { authenticator, handle };
    listener = await tlsListener({ apiServer: seen, certificate, tokens, port: 0, clock: systemClock });
    const kubeconfig = join(folder, 'kubeconfig');
    const { server } = listener;
    await writeContext(kubeconfig, { name: 'kith', server, ca: certificate.ca, token: 'token' });
    environment = { ...process.env, KUBECONFIG: kubeconfig, HOME: folder };
    await writeFile(join(folder, 'binary'), Buffer.from([0, 0xff, 1, 0x80]));
  });
  after(async () => {
    if (!cluster) return;
    await cluster.close();
    await listener.close(500);
    await rm(folder, { recursive: true, force: true });
  });

  const kubectl = (args: string[], input?: string) =>
    new Promise<string>((resolve, reject) => {
      const child = execFile('kubectl', args, { env: environment, timeout: 30_000 }, (error, out, err) =>
        error ? reject(new Error(`kubectl ${args.join(' ')}: ${err}`)) : resolve(out),
      );
      child.stdin!.end(input ?? '');
    });
  /** What the server makes of it, without what is new each time, and what kubectl adds to what it decodes: fields that are null. */
  const made = async (args: string[], rest: string[], input?: string): Promise<unknown> => {
    const text = await kubectl([...args, '--dry-run=server', '-o', 'json', ...rest], input);
    return JSON.parse(text, (key, value: unknown) =>
      value === null ||
      ['uid', 'creationTimestamp', 'clusterIP', 'clusterIPs', 'controller-uid'].includes(key) ||
      key.startsWith('batch.kubernetes.io/')
        ? undefined
        : value,
    ) as unknown;
  };

  it('becomes the same object as by its manifest', async () => {
    for (const generator of generators) {
      const [args = '', command] = `create ${generator.replace('FOLDER', folder)}`.split(' -- ');
      const words = args.split(' ');
      const rest = command ? ['--', ...command.split(' ')] : [];
      const manifest = await kubectl([...words, '--dry-run=client', '-o', 'yaml', ...rest]);
      const byManifest = await made(['create', '-f', '-'], [], manifest);
      types.clear();
      assert.deepEqual(await made(words, rest), byManifest, generator);
      assert.deepEqual([...types], [protobuf], generator);
    }
  });

  it('deletes what it made, with options in protobuf or JSON', async () => {
    await kubectl(['create', 'configmap', 'gone']);
    await kubectl(['delete', 'configmap', 'gone', '--wait=false']);
    await assert.rejects(kubectl(['get', 'configmap', 'gone']), /NotFound/);
  });
});
