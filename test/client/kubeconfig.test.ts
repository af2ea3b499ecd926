import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contextIn, kubeconfigPath, writeContext, type KubeContext } from '../../client/kubeconfig.ts';

const ours: KubeContext = {
  name: 'kith',
  server: 'https://127.0.0.1:5484',
  ca: '-----CA-----',
  token: 'secret',
};

const theirs = `# my clusters, do not lose
apiVersion: v1
kind: Config
current-context: work # the one at work
clusters:
- cluster:
    server: https://work.example
    proxy-url: http://proxy
  name: work
contexts:
- context: {cluster: work, user: me}
  name: work
users:
- name: me
  user:
    exec: {command: login, apiVersion: client.authentication.k8s.io/v1} # asks for a password
`;

describe('the kubeconfig', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kith-kubeconfig-'));
    path = join(folder, 'deep', 'config');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is made where there is none, for its owner's eyes alone", async () => {
    await writeContext(path, ours);
    assert.deepEqual(contextIn(await readFile(path, 'utf8')), ours);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal((await stat(join(folder, 'deep'))).mode & 0o777, 0o700);
  });

  it("keeps all that is the user's: contexts, comments, the current one", async () => {
    path = join(folder, 'config');
    await writeFile(path, theirs, { mode: 0o644 });
    await writeContext(path, ours);
    const text = await readFile(path, 'utf8');
    for (const line of theirs.split('\n')) assert.ok(text.includes(line), line);
    assert.deepEqual(contextIn(text, 'kith'), ours);
    assert.match(text, /current-context: work/);
    assert.equal((await stat(path)).mode & 0o777, 0o600, 'it holds a token now');
  });

  it('replaces its own context and no other, and makes it current where asked', async () => {
    path = join(folder, 'config');
    await writeFile(path, theirs);
    await writeContext(path, ours);
    await writeContext(
      path,
      { ...ours, server: 'https://127.0.0.1:5494', namespace: 'shop' },
      { makeCurrent: true },
    );
    const text = await readFile(path, 'utf8');
    assert.equal(text.match(/name: kith$/gm)!.length, 3);
    assert.equal(contextIn(text)!.server, 'https://127.0.0.1:5494');
    assert.equal(contextIn(text)!.namespace, 'shop');
    const written = (await stat(path)).mtimeMs;
    await writeContext(path, { ...ours, server: 'https://127.0.0.1:5494', namespace: 'shop' });
    assert.equal((await stat(path)).mtimeMs, written, 'nothing changed, nothing written');
  });

  it('is replaced where a link leads, and the link stays', async () => {
    const target = join(folder, 'dotfiles');
    path = join(folder, 'config');
    await writeFile(target, theirs);
    await symlink(target, path);
    await writeContext(path, ours);
    assert.ok(contextIn(await readFile(target, 'utf8'), 'kith'));
  });

  it('that is not one is left alone, and named', async () => {
    path = join(folder, 'config');
    for (const broken of ['a: [b', 'just text', '- a\n- b\n']) {
      await writeFile(path, broken);
      await assert.rejects(
        writeContext(path, ours),
        (error: Error & { code?: string }) =>
          error.message.includes(path) && error.code === 'KITH_BAD_KUBECONFIG',
      );
      assert.equal(await readFile(path, 'utf8'), broken);
    }
    await writeFile(path, '');
    await writeContext(path, ours);
  });

  it('is the first of KUBECONFIG, else the one in the home folder', () => {
    assert.equal(kubeconfigPath({ KUBECONFIG: '/a:/b', HOME: '/home/x' }), '/a');
    assert.equal(kubeconfigPath({ HOME: '/home/x' }), '/home/x/.kube/config');
  });
});
