import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { row, type Row } from '../support/row.ts';
import { settings } from './things.ts';

/** A command of the user's own, which kubectl finds by its name. */
const plugin = '#!/bin/sh\necho "hello $1 from $0"\n';

/** One request to a unix socket. */
const askSocket = (socketPath: string, path: string) =>
  new Promise<string>((resolve, reject) => {
    request({ socketPath, path }, (answer) => text(answer).then(resolve, reject))
      .once('error', reject)
      .end();
  });

/** What kubectl tells of itself and of the server, and the doors that it opens. */
export const aboutRows: readonly Row[] = [
  row('version', '', async (trial) => {
    const said = JSON.parse(await trial.kubectl('version -o json')) as Record<string, { gitVersion: string }>;
    assert.equal(said['clientVersion']!.gitVersion, `v${trial.version.version}`);
    const served = JSON.parse(await trial.kubectl('get --raw /version')) as { gitVersion: string };
    assert.equal(said['serverVersion']!.gitVersion, served.gitVersion);
    assert.match(served.gitVersion, /^v1\.33\./);
  }),
  row('options', '', async (trial) => {
    assert.match(await trial.kubectl('options'), /--kubeconfig=''/);
  }),
  row('completion', 'of bash, zsh, fish and powershell', async (trial) => {
    for (const shell of ['bash', 'zsh', 'fish', 'powershell'])
      assert.match(await trial.kubectl(`completion ${shell}`), /kubectl/);
    await trial.file('completion.bash', await trial.kubectl('completion bash'));
    const read = spawnSync('bash', ['-n', 'completion.bash'], { cwd: trial.folder, encoding: 'utf8' });
    assert.equal(read.status, 0, read.stderr);
  }),
  row('completion', 'of the names that the cluster has', async (trial) => {
    await trial.create(settings('one'));
    assert.match(await trial.kubectl(['__complete', 'get', 'configmap', 'o']), /^one$/m);
    assert.match(await trial.kubectl(['__complete', 'get', 'deploy']), /^deployments\.apps$/m);
  }),
  row('plugin list', 'and a plugin runs', async (trial) => {
    await mkdir(join(trial.folder, 'bin'));
    await trial.file('bin/kubectl-hello', plugin);
    await chmod(join(trial.folder, 'bin/kubectl-hello'), 0o755);
    const environment = { PATH: `${join(trial.folder, 'bin')}:/usr/bin:/bin` };
    assert.match(await trial.kubectl('plugin list', { environment }), /bin\/kubectl-hello$/m);
    assert.match(await trial.kubectl('hello you', { environment }), /^hello you from .*kubectl-hello\n$/);
  }),
  row('proxy', '--port', async (trial) => {
    const proxy = trial.start('proxy --port=0');
    const [, at] = await proxy.line(/Starting to serve on (127\.0\.0\.1:\d+)/);
    const all = `http://${at}/api/v1/namespaces/${trial.name}/configmaps`;
    const made = await fetch(all, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(settings('one')),
    });
    assert.equal(made.status, 201);
    await trial.get('ConfigMap', 'one');
    const listed = (await (await fetch(all)).json()) as { kind: string };
    assert.equal(listed.kind, 'ConfigMapList');
  }),
  row('proxy', '--unix-socket, --reject-paths', async (trial) => {
    const socket = join(trial.folder, 'proxy.sock');
    const proxy = trial.start(`proxy --unix-socket=${socket} --reject-paths=^/api/v1/secrets`);
    await proxy.line(/Starting to serve on/);
    assert.match(await askSocket(socket, '/version'), /"gitVersion"/);
    assert.match(await askSocket(socket, '/api/v1/secrets'), /Forbidden|forbidden/);
  }),
  row('proxy', '--www, --api-prefix', async (trial) => {
    await mkdir(join(trial.folder, 'www'));
    await trial.file('www/page.txt', 'a page\n');
    const proxy = trial.start('proxy --port=0 --www=www --www-prefix=/files/ --api-prefix=/kube/');
    const [, at] = await proxy.line(/Starting to serve on (127\.0\.0\.1:\d+)/);
    assert.equal(await (await fetch(`http://${at}/files/page.txt`)).text(), 'a page\n');
    assert.match(await (await fetch(`http://${at}/kube/version`)).text(), /"gitVersion"/);
  }),
];
