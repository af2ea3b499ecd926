import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { WebSocket } from 'ws';
import { contextIn } from '../../../../client/kubeconfig.ts';
import { secretSigningKey } from '../../../../process/secret.ts';
import { systemClock } from '../../../../process/clock.ts';
import { execSandbox } from '../../../support/exec-sandbox.ts';
import { until } from '../../../support/wait.ts';
import { binding, clusterBinding, clusterRole, rule } from '../auth/rights.ts';
import { StreamCluster, strangerToken } from './cluster.ts';

/** Whoever may no longer hears nothing after this. */
const cutMsMax = 2_000;

const pods = '/api/v1/namespaces/default/pods';
const streams = {
  // Of what members see by a role alone.
  watch: '/api/v1/namespaces/default/secrets?watch=true',
  log: `${pods}/web/log?follow=true`,
  exec: `${pods}/web/exec?command=cat&stdin=true&stdout=true`,
  attach: `${pods}/web/attach?stdout=true`,
  'port-forward': `${pods}/web/portforward?ports=8080`,
};

/** Who asks, and where. */
interface Caller {
  server: string;
  token?: string;
  key?: string;
  cert?: string;
  headers?: Record<string, string>;
}

/** A stream of each sort that is open, and has said something. */
interface Live {
  open: Set<string>;
  /** Resolves when all have ended. */
  ended: Promise<unknown>;
  leave(): void;
}

describe('live streams', function () {
  this.timeout(30_000);
  let cluster: StreamCluster;
  let owner: string;
  const sandbox = execSandbox();
  const left: Live[] = [];
  before(async () => {
    cluster = await StreamCluster.create(() => sandbox);
    sandbox.ports.set(8080, (socket) => void socket.on('error', () => {}));
    await cluster.run('web');
    sandbox.container('web').print('begun\n');
    await cluster.api.client.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'there', namespace: 'default' },
    } as never);
    owner = contextIn(await readFile(cluster.joinedKubeconfig, 'utf8'))!.token!;
  });
  afterEach(async () => {
    for (const live of left.splice(0)) live.leave();
    await until('no command is left', () => sandbox.live.size === 0);
  });
  after(() => cluster.close());

  const listener = () => cluster.listener.server;

  /** Opens one of each sort; resolves when each is under way, however long its right takes to be known. */
  const openAll = async (caller: Caller, names = Object.keys(streams)): Promise<Live> => {
    const open = new Set<string>();
    const leaving: (() => void)[] = [];
    const ends = await Promise.all(
      names.map((name) =>
        until(`${name} is open`, async () => {
          const { ended, leave } = await begin(caller, streams[name as keyof typeof streams]);
          open.add(name);
          leaving.push(leave);
          return { ended: ended.then(() => open.delete(name)) };
        }),
      ),
    );
    const live = {
      open,
      ended: Promise.all(ends.map(({ ended }) => ended)),
      leave: () => leaving.forEach((each) => each()),
    };
    left.push(live);
    return live;
  };

  /** Holds that all of the caller's end in time, and that those of others, the controls, go on. */
  const holdsThatCut = async (caller: Caller, revoke: () => Promise<unknown>, names?: string[]) => {
    const controls = await openAll({ server: listener(), token: 'token' });
    const live = await openAll(caller, names);
    const all = [...live.open];
    await revoke();
    const at = systemClock.now();
    const late = systemClock.after(cutMsMax, () => live.leave());
    const remaining = systemClock.after(cutMsMax - 1, () => void (stillOpen = [...live.open]));
    let stillOpen: string[] = [];
    await live.ended;
    late.cancel();
    remaining.cancel();
    assert.deepEqual(stillOpen, [], `not cut in time, of ${all.join(', ')}`);
    assert.ok(systemClock.now() - at < cutMsMax);
    assert.deepEqual([...controls.open].toSorted(), Object.keys(streams).toSorted(), 'the controls');
    await until('its command has ended, and the control’s has not', () => sandbox.live.size === 1);
  };

  it('end when the role binding of their caller goes', async () => {
    await cluster.api.client.create(binding('shell', 'ClusterRole', 'admin', 'stranger'));
    await holdsThatCut({ server: listener(), token: strangerToken }, () =>
      cluster.api.client.delete({ kind: 'RoleBinding', namespace: 'default', name: 'shell' }),
    );
  });

  it('end on a machine that joined when its owner’s role binding goes', async () => {
    await cluster.api.client.create(binding('shell', 'ClusterRole', 'admin', 'ann'));
    await holdsThatCut(
      { server: cluster.joined.server, token: owner },
      () => cluster.api.client.delete({ kind: 'RoleBinding', namespace: 'default', name: 'shell' }),
      // Members read logs without a role.
      ['watch', 'exec', 'attach', 'port-forward'],
    );
  });

  it('end when the certificate of their caller is revoked', async () => {
    await cluster.api.client.create(binding('bobs', 'ClusterRole', 'admin', 'bob'));
    const key = secretSigningKey();
    const publicKey = String(createPublicKey(key).export({ format: 'pem', type: 'spki' }));
    const { certificate: cert } = await cluster.certificates.issue({
      user: 'bob',
      groups: [],
      publicKey,
      expiresInMs: 3_600_000,
    });
    const shown = { key: String(key.export({ format: 'pem', type: 'pkcs8' })), cert };
    await holdsThatCut({ server: listener(), ...shown }, () => cluster.certificates.revoke('bob'));
  });

  it('end with the service account whose token was shown', async () => {
    await cluster.api.client.create({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'robot', namespace: 'default' },
    } as never);
    const account = 'system:serviceaccount:default:robot';
    await cluster.api.client.create(binding('robots', 'ClusterRole', 'admin', account));
    const asked = await cluster.api.ask('POST', '/api/v1/namespaces/default/serviceaccounts/robot/token', {
      body: { spec: {} },
    });
    const { token } = asked.json['status'] as { token: string };
    await holdsThatCut({ server: listener(), token }, () =>
      cluster.api.client.delete({ kind: 'ServiceAccount', namespace: 'default', name: 'robot' }),
    );
  });

  it('end when their caller may no longer be whom they claim to be', async () => {
    await cluster.api.client.create(binding('eves', 'ClusterRole', 'admin', 'eve'));
    await cluster.api.client.create(clusterRole('be-eve', rule('impersonate', 'users', '', ['eve'])));
    await cluster.api.client.create(clusterBinding('be-eve', 'be-eve', 'stranger'));
    const headers = { 'impersonate-user': 'eve' };
    await holdsThatCut({ server: listener(), token: strangerToken, headers }, () =>
      cluster.api.client.delete({ kind: 'ClusterRoleBinding', name: 'be-eve' }),
    );
  });
});

/** @throws Error where it is refused */
function begin(caller: Caller, path: string): Promise<{ ended: Promise<void>; leave: () => void }> {
  const { server, token, key, cert } = caller;
  const headers = { ...caller.headers, ...(token && { authorization: `Bearer ${token}` }) };
  const shown = { rejectUnauthorized: false, headers, key, cert };
  return new Promise((resolve, reject) => {
    if (!/watch=|\/log/.test(path)) {
      const protocol = path.includes('portforward') ? 'v4.channel.k8s.io' : 'v5.channel.k8s.io';
      const socket = new WebSocket(server.replace('https', 'wss') + path, [protocol], shown);
      const ended = new Promise<void>((resolveEnd) => socket.once('close', () => resolveEnd()));
      socket.on('error', reject);
      return socket.once('message', () => resolve({ ended, leave: () => socket.terminate() }));
    }
    const asking = request(server + path, { ...shown, agent: false }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`refused with ${response.statusCode}`));
      const ended = new Promise<void>((resolveEnd) => response.once('close', () => resolveEnd()));
      response.on('error', () => {});
      response.once('data', () => resolve({ ended, leave: () => void response.destroy() }));
    });
    asking.on('error', reject);
    asking.end();
  });
}
