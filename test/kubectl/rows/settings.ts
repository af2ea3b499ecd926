import assert from 'node:assert/strict';
import { load } from '../support/kubeconfig.ts';
import { row, type Row } from '../support/row.ts';
import { settings } from './things.ts';

/** `kubectl config`: each row changes the trial's own kubeconfig, and tries with it where the server can tell. */
export const settingsRows: readonly Row[] = [
  row('config view', '--minify, --raw', async (trial) => {
    const { name } = (await load(trial.kubeconfig)).contexts[0]!;
    const seen = await trial.kubectl('config view --minify');
    assert.match(seen, new RegExp(`^current-context: ${name}$`, 'm'));
    assert.match(seen, /token: REDACTED/);
    const raw = await trial.kubectl('config view --raw -o jsonpath={.users[0].user.token}');
    assert.equal(raw, (await load(trial.kubeconfig)).users[0]!.user.token);
  }),
  row('config current-context', '', async (trial) => {
    const { 'current-context': current } = await load(trial.kubeconfig);
    assert.equal(await trial.kubectl('config current-context'), `${current}\n`);
  }),
  row('config get-contexts', '', async (trial) => {
    const { 'current-context': current } = await load(trial.kubeconfig);
    assert.equal(await trial.kubectl('config get-contexts -o name'), `${current}\n`);
    assert.match(
      await trial.kubectl('config get-contexts'),
      new RegExp(`^\\* +${current} +${current} +${current} +${trial.name}$`, 'm'),
    );
  }),
  row('config get-clusters', '', async (trial) => {
    const { clusters } = await load(trial.kubeconfig);
    assert.equal(await trial.kubectl('config get-clusters'), `NAME\n${clusters[0]!.name}\n`);
  }),
  row('config get-users', '', async (trial) => {
    const { users } = await load(trial.kubeconfig);
    assert.equal(await trial.kubectl('config get-users'), `NAME\n${users[0]!.name}\n`);
  }),
  row('config set-context', '--current, --namespace', async (trial) => {
    await trial.create(settings('one'));
    assert.equal(await trial.kubectl('get configmap one -o name'), 'configmap/one\n');
    await trial.kubectl('config set-context --current --namespace=default');
    assert.equal((await load(trial.kubeconfig)).contexts[0]!.context.namespace, 'default');
    assert.match(await trial.fails('get configmap one'), /\(NotFound\)/);
    assert.equal(await trial.kubectl(`get configmap one -o name -n ${trial.name}`), 'configmap/one\n');
  }),
  row('config use-context', '', async (trial) => {
    const { 'current-context': current, clusters, users } = await load(trial.kubeconfig);
    await trial.kubectl(
      `config set-context other --cluster=${clusters[0]!.name} --user=${users[0]!.name} --namespace=default`,
    );
    await trial.kubectl('config use-context other');
    assert.equal((await load(trial.kubeconfig))['current-context'], 'other');
    await trial.create(settings('one'));
    assert.match(await trial.fails('get configmap one'), /\(NotFound\)/);
    assert.equal(await trial.kubectl(`get configmap one -o name --context=${current}`), 'configmap/one\n');
  }),
  row('config rename-context', '', async (trial) => {
    const { 'current-context': current } = await load(trial.kubeconfig);
    await trial.kubectl(`config rename-context ${current} home`);
    const now = await load(trial.kubeconfig);
    assert.deepEqual([now['current-context'], now.contexts.map(({ name }) => name)], ['home', ['home']]);
    await trial.kubectl('get configmaps');
  }),
  row('config delete-context', '', async (trial) => {
    const { 'current-context': current } = await load(trial.kubeconfig);
    await trial.kubectl(`config delete-context ${current}`);
    assert.deepEqual((await load(trial.kubeconfig)).contexts ?? [], []);
    await trial.fails('get configmaps');
  }),
  row('config set-cluster', '--server, --certificate-authority, --embed-certs', async (trial) => {
    const { cluster } = (await load(trial.kubeconfig)).clusters[0]!;
    await trial.file('ca.pem', Buffer.from(cluster['certificate-authority-data']!, 'base64'));
    await trial.kubectl(
      `config set-cluster again --server=${cluster['server']} --certificate-authority=ca.pem --embed-certs`,
    );
    await trial.kubectl('config set-context --current --cluster=again');
    await trial.kubectl('get configmaps');
    await trial.kubectl('config set-cluster again --server=https://127.0.0.1:1');
    assert.match(await trial.fails('get configmaps'), /127\.0\.0\.1:1 was refused|connection refused/);
  }),
  row('config delete-cluster', '', async (trial) => {
    const { clusters } = await load(trial.kubeconfig);
    await trial.kubectl(`config delete-cluster ${clusters[0]!.name}`);
    assert.deepEqual((await load(trial.kubeconfig)).clusters ?? [], []);
    await trial.fails('get configmaps');
  }),
  row('config set-credentials', '--token', async (trial) => {
    const { users } = await load(trial.kubeconfig);
    await trial.kubectl(`config set-credentials again --token=${users[0]!.user.token}`);
    await trial.kubectl('config set-context --current --user=again');
    await trial.kubectl('get configmaps');
    await trial.kubectl('config set-credentials again --token=wrong');
    assert.match(await trial.fails('get configmaps'), /Unauthorized|must be logged in/);
  }),
  row('config delete-user', '', async (trial) => {
    const { users } = await load(trial.kubeconfig);
    await trial.kubectl(`config delete-user ${users[0]!.name}`);
    assert.deepEqual((await load(trial.kubeconfig)).users ?? [], []);
  }),
  row('config set', '', async (trial) => {
    const { 'current-context': current } = await load(trial.kubeconfig);
    await trial.kubectl(`config set contexts.${current}.namespace default`);
    assert.equal((await load(trial.kubeconfig)).contexts[0]!.context.namespace, 'default');
  }),
  row('config unset', '', async (trial) => {
    const { 'current-context': current } = await load(trial.kubeconfig);
    await trial.kubectl(`config unset contexts.${current}.namespace`);
    assert.equal((await load(trial.kubeconfig)).contexts[0]!.context.namespace, undefined);
  }),
];
