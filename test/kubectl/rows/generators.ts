import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { KubeObject } from '../../../client/client.ts';
import type { CronJob, Job, Secret, ServiceAccount } from '../../../api/types.ts';
import { servingCertificate } from '../../../controller/apiserver/tls/serving-certificate.ts';
import { systemClock } from '../../../process/clock.ts';
import { row, type Row } from '../support/row.ts';
import type { Trial } from '../support/trial.ts';
import { helloImage } from '../support/ground.ts';

/** From this version on kubectl sends what it makes itself in protobuf. */
const protobufSince = 32;
const sentAsProtobuf = /Content-Type: application\/vnd\.kubernetes\.protobuf/;

interface Generator {
  /** As on the command line, after `kubectl create`. */
  kind: string;
  /** Which of its flags. */
  what: string;
  /** The words after it; `$NAME` is a name that no other trial has. */
  words: readonly string[];
  /** The API's name of the kind, and of the object where it is not `web`. */
  of: string;
  namespaced?: false;
  /** What the object must have. */
  has: object;
}

const split = (words: string) => words.split(' ');
const rule = (verbs: string[], more: object) => ({ rules: [{ verbs, ...more }] });
const service = (what: string, words: string, has: object): Generator => ({
  kind: `service ${split(what)[0]}`,
  what: split(what).slice(1).join(' '),
  words: split(words),
  of: 'Service',
  has,
});

const generators: readonly Generator[] = [
  {
    kind: 'configmap',
    what: '--from-literal, --from-file',
    words: split('web --from-literal=a=b --from-file=text --from-file=raw=bytes'),
    of: 'ConfigMap',
    has: {
      data: { a: 'b', text: 'some text\n' },
      binaryData: { raw: Buffer.from([0, 0xff, 1, 0x80]).toString('base64') },
    },
  },
  {
    kind: 'configmap',
    what: '--from-env-file',
    words: split('web --from-env-file=env'),
    of: 'ConfigMap',
    has: { data: { ONE: '1', TWO: 'two words' } },
  },
  {
    kind: 'secret generic',
    what: '--from-literal, --from-file, --type',
    words: split('web --from-literal=a=b --from-file=bytes --type=example.com/kind'),
    of: 'Secret',
    has: {
      type: 'example.com/kind',
      data: { a: 'Yg==', bytes: Buffer.from([0, 0xff, 1, 0x80]).toString('base64') },
    },
  },
  {
    kind: 'deployment',
    what: '--image, --replicas, --port',
    words: split(`web --image=${helloImage} --replicas=2 --port=8080`),
    of: 'Deployment',
    has: {
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: {
          spec: { containers: [{ image: helloImage, ports: [{ containerPort: 8080, protocol: 'TCP' }] }] },
        },
      },
    },
  },
  {
    kind: 'job',
    what: '--image, with a command',
    words: split(`web --image=${helloImage} -- echo hello`),
    of: 'Job',
    has: {
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ command: ['echo', 'hello'] }] } } },
    },
  },
  {
    kind: 'cronjob',
    what: '--schedule, --restart',
    words: ['web', `--image=${helloImage}`, '--schedule=*/5 * * * *', '--restart=OnFailure', '--', 'date'],
    of: 'CronJob',
    has: {
      spec: {
        schedule: '*/5 * * * *',
        jobTemplate: {
          spec: { template: { spec: { restartPolicy: 'OnFailure', containers: [{ command: ['date'] }] } } },
        },
      },
    },
  },
  {
    kind: 'quota',
    what: '--hard, --scopes',
    words: split('web --hard=pods=10 --scopes=BestEffort'),
    of: 'ResourceQuota',
    has: { spec: { hard: { pods: '10' }, scopes: ['BestEffort'] } },
  },
  {
    kind: 'role',
    what: '--verb, --resource, --resource-name',
    words: split('web --verb=get,list --resource=pods,pods/log --resource-name=a'),
    of: 'Role',
    has: rule(['get', 'list'], { apiGroups: [''], resources: ['pods', 'pods/log'], resourceNames: ['a'] }),
  },
  {
    kind: 'clusterrole',
    what: '--verb, --resource of a group',
    words: split('$NAME --verb=get --resource=deployments.apps/scale'),
    of: 'ClusterRole',
    namespaced: false,
    has: rule(['get'], { apiGroups: ['apps'], resources: ['deployments/scale'] }),
  },
  {
    kind: 'clusterrole',
    what: '--non-resource-url',
    words: split('$NAME --verb=get --non-resource-url=/healthz'),
    of: 'ClusterRole',
    namespaced: false,
    has: rule(['get'], { nonResourceURLs: ['/healthz'] }),
  },
  {
    kind: 'clusterrole',
    what: '--aggregation-rule',
    words: split('$NAME --aggregation-rule=a=b'),
    of: 'ClusterRole',
    namespaced: false,
    has: { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } },
  },
  {
    kind: 'rolebinding',
    what: '--role, --user, --serviceaccount',
    words: split('web --role=reader --user=ann --serviceaccount=default:default'),
    of: 'RoleBinding',
    has: {
      roleRef: { kind: 'Role', name: 'reader' },
      subjects: [
        { kind: 'User', name: 'ann' },
        { kind: 'ServiceAccount', name: 'default', namespace: 'default' },
      ],
    },
  },
  {
    kind: 'clusterrolebinding',
    what: '--clusterrole, --group',
    words: split('$NAME --clusterrole=view --group=people'),
    of: 'ClusterRoleBinding',
    namespaced: false,
    has: { roleRef: { kind: 'ClusterRole', name: 'view' }, subjects: [{ kind: 'Group', name: 'people' }] },
  },
  {
    kind: 'ingress',
    what: '--class, --rule, --annotation, --default-backend',
    words: split(
      'web --class=nginx --rule=a.example/x*=web:80,tls=secret --annotation=a=b --default-backend=all:http',
    ),
    of: 'Ingress',
    has: {
      metadata: { annotations: { a: 'b' } },
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: ['a.example'], secretName: 'secret' }],
        rules: [
          {
            host: 'a.example',
            http: {
              paths: [
                {
                  path: '/x',
                  pathType: 'Prefix',
                  backend: { service: { name: 'web', port: { number: 80 } } },
                },
              ],
            },
          },
        ],
        defaultBackend: { service: { name: 'all', port: { name: 'http' } } },
      },
    },
  },
  {
    kind: 'namespace',
    what: '',
    words: ['$NAME'],
    of: 'Namespace',
    namespaced: false,
    has: { status: { phase: 'Active' } },
  },
  { kind: 'serviceaccount', what: '', words: ['web'], of: 'ServiceAccount', has: {} },
  {
    kind: 'poddisruptionbudget',
    what: '--selector, --min-available',
    words: split('web --selector=app=web --min-available=50%'),
    of: 'PodDisruptionBudget',
    has: { spec: { minAvailable: '50%', selector: { matchLabels: { app: 'web' } } } },
  },
  {
    kind: 'poddisruptionbudget',
    what: '--max-unavailable',
    words: split('web --selector=app=web --max-unavailable=1'),
    of: 'PodDisruptionBudget',
    has: { spec: { maxUnavailable: 1 } },
  },
  {
    kind: 'priorityclass',
    what: '--value, --description, --preemption-policy',
    words: split('$NAME --value=1000 --description=high --preemption-policy=Never'),
    of: 'PriorityClass',
    namespaced: false,
    has: { value: 1000, description: 'high', preemptionPolicy: 'Never' },
  },
  service('clusterip --tcp', 'web --tcp=80:8080', {
    spec: { type: 'ClusterIP', ports: [{ name: '80-8080', port: 80, targetPort: 8080 }] },
  }),
  service('clusterip --clusterip=None', 'web --clusterip=None', { spec: { clusterIP: 'None' } }),
  service('nodeport --tcp, --node-port', 'web --tcp=80:8080 --node-port=30123', {
    spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30_123 }] },
  }),
  service('loadbalancer --tcp', 'web --tcp=80:8080', {
    spec: { type: 'LoadBalancer', allocateLoadBalancerNodePorts: true, ports: [{ port: 80 }] },
  }),
  service('externalname --external-name', 'web --external-name=a.example', {
    spec: { type: 'ExternalName', externalName: 'a.example' },
  }),
];

function generated({ kind, what, words, of, namespaced, has }: Generator): Row {
  return row(`create ${kind}`, what, async (trial) => {
    await sources(trial);
    // A namespace of the trial's name is there already.
    const [name, ...rest] = words.map((word) => word.replace('$NAME', `${trial.name}-b`)) as [string];
    if (namespaced === false) trial.afterwards(() => trial.client.delete({ kind: of, name }));
    const { code, err } = await trial.run(['create', ...split(kind), name, '-v=8', ...rest]);
    assert.equal(code, 0, err.slice(-1_000));
    const posted = err.slice(err.search(/POST/), err.search(/POST/) + 2_000);
    assert.equal(sentAsProtobuf.test(posted), trial.version.minor >= protobufSince, posted);
    const made = await trial.get<KubeObject>(of, name, { namespaced: namespaced ?? true });
    assert.partialDeepStrictEqual(made, has);
  });
}

/** The files that some take. */
async function sources(trial: Trial): Promise<void> {
  await trial.file('text', 'some text\n');
  await trial.file('bytes', Buffer.from([0, 0xff, 1, 0x80]));
  await trial.file('env', '# a comment\nONE=1\nTWO=two words\n');
}

export const generatorRows: readonly Row[] = [
  ...generators.map(generated),
  row('create job', '--from a cron job', async (trial) => {
    await trial.kubectl(`create cronjob often --image=${helloImage} --schedule=@daily`);
    const parent = await trial.get<CronJob>('CronJob', 'often');
    await trial.kubectl('create job now --from=cronjob/often');
    const { metadata, spec } = await trial.get<Job>('Job', 'now');
    assert.equal(metadata!.ownerReferences![0]!.uid, parent.metadata!.uid);
    assert.equal(metadata!.annotations!['cronjob.kubernetes.io/instantiate'], 'manual');
    assert.equal(spec!.template.spec!.containers[0]!.image, helloImage);
  }),
  row(
    'create secret docker-registry',
    '--docker-server, --docker-username, --docker-password',
    async (trial) => {
      const words = 'pull --docker-server=a.example --docker-username=u --docker-password=p';
      await trial.kubectl(`create secret docker-registry ${words}`);
      const { type, data } = await trial.get<Secret>('Secret', 'pull');
      assert.equal(type, 'kubernetes.io/dockerconfigjson');
      const config = JSON.parse(Buffer.from(data!['.dockerconfigjson']!, 'base64').toString()) as object;
      assert.partialDeepStrictEqual(config, { auths: { 'a.example': { username: 'u', password: 'p' } } });
    },
  ),
  row('create secret tls', '--cert, --key', async (trial) => {
    const { certificate, key } = await servingCertificate(join(trial.folder, 'tls'), systemClock);
    await trial.file('tls.crt', certificate);
    await trial.file('tls.key', key);
    await trial.kubectl('create secret tls door --cert=tls.crt --key=tls.key');
    const { type, data } = await trial.get<Secret>('Secret', 'door');
    assert.equal(type, 'kubernetes.io/tls');
    assert.equal(Buffer.from(data!['tls.crt']!, 'base64').toString(), certificate);
    assert.equal(Buffer.from(data!['tls.key']!, 'base64').toString(), key);
  }),
  row('create token', '--duration, --audience', async (trial) => {
    await trial.create<ServiceAccount>({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'robot' },
    });
    const token = (await trial.kubectl('create token robot --duration=20m')).trim();
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as {
      exp: number;
      iat: number;
      sub: string;
    };
    assert.equal(claims.exp - claims.iat, 20 * 60);
    assert.equal(claims.sub, `system:serviceaccount:${trial.name}:robot`);
    // It counts: the server knows who asks with it, until the account is gone.
    const whoami = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'];
    const asRobot = { environment: { KUBECONFIG: await trial.kubeconfigOf(token) } };
    assert.equal(await trial.kubectl(whoami, asRobot), claims.sub);
    await trial.client.delete({ kind: 'ServiceAccount', namespace: trial.name, name: 'robot' });
    assert.match(await trial.fails(whoami, asRobot), /Unauthorized|must be logged in/);
    assert.match(await trial.fails('create token robot'), /serviceaccounts "robot" not found/);
  }),
  row('create token', '--bound-object-kind', async (trial) => {
    await trial.kubectl('create serviceaccount robot');
    await trial.kubectl('create secret generic lease');
    const token = await trial.kubectl(
      'create token robot --bound-object-kind=Secret --bound-object-name=lease -o jsonpath={.status.token}',
    );
    const asRobot = { environment: { KUBECONFIG: await trial.kubeconfigOf(token) } };
    assert.match(await trial.kubectl('auth whoami', asRobot), /:robot/);
    await trial.client.delete({ kind: 'Secret', namespace: trial.name, name: 'lease' });
    assert.match(await trial.fails('auth whoami', asRobot), /Unauthorized|must be logged in/);
  }),
];
