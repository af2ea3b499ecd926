import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helmEnvironment, helmWords, shippedCharts } from '../../cli/charts.ts';
import { until } from '../support/wait.ts';
import { CliCluster } from './cluster.ts';

const charts = new Map([
  ['web', '/charts/web'],
  ['app', '/charts/app'],
]);
const words = (text: string) => helmWords(text.split(' '), charts).join(' ');

describe('the words that kith chart hands to helm', () => {
  it('name the charts that come with kith by their paths, where helm expects a chart', () => {
    assert.equal(words('install hello web'), 'install hello /charts/web');
    assert.equal(words('install hello --wait web'), 'install hello --wait /charts/web');
    assert.equal(words('install -n web hello web'), 'install -n web hello /charts/web');
    assert.equal(words('upgrade --install web web --set a=b'), 'upgrade --install web /charts/web --set a=b');
    assert.equal(words('template app'), 'template /charts/app');
    assert.equal(words('lint web app --strict'), 'lint /charts/web /charts/app --strict');
    assert.equal(words('show values web'), 'show values /charts/web');
  });

  it('call a release as its chart where it has no other name', () => {
    assert.equal(words('install web'), 'install web /charts/web');
    assert.equal(words('install --set x=y web --wait'), 'install --set x=y web /charts/web --wait');
    assert.equal(words('install web -g'), 'install /charts/web -g');
    assert.equal(words('install ./web'), 'install ./web');
  });

  it('are otherwise the user’s', () => {
    for (const same of [
      'list -A',
      'status web',
      'rollback web 1',
      'uninstall web app',
      'test web --logs',
      'get values web',
    ])
      assert.equal(words(same), same);
    assert.equal(words('install web ./mine'), 'install web ./mine');
    assert.equal(
      words('install x oci://somewhere/web --version 1'),
      'install x oci://somewhere/web --version 1',
    );
  });

  it('go with the home’s cluster, and no settings for another one', () => {
    assert.deepEqual(
      helmEnvironment(
        {
          HOME: '/h',
          HELM_KUBECONTEXT: 'work',
          HELM_NAMESPACE: 'work',
          HELM_KUBETOKEN: 't',
          HELM_DEBUG: '1',
          KUBECONFIG: 'k',
        },
        '/home/kubeconfig',
      ),
      { HOME: '/h', HELM_DEBUG: '1', KUBECONFIG: '/home/kubeconfig' },
    );
  });

  it('know three charts, each with a word about it', () => {
    assert.deepEqual(
      shippedCharts().map(({ name }) => name),
      ['app', 'community', 'web'],
    );
    for (const { description } of shippedCharts()) assert.match(description, /\w{3,}/);
  });
});

/** Stands for helm where only the handing over is looked at: says what it got, and does as its first word says. */
const standIn = `#!/bin/sh
printf '%s\\n' "$*" "KUBECONFIG=$KUBECONFIG" "CONTEXT=$HELM_KUBECONTEXT"
case "$1" in
  history) exit 37 ;;
  status) trap 'echo cancelled; exit 9' INT TERM; echo waiting; while :; do sleep 0.05; done ;;
  get) cat ;;
esac
`;

describe('kith chart', function () {
  this.timeout(60_000);
  let cluster: CliCluster;
  let folder: string;
  before(async () => {
    cluster = await CliCluster.start();
    folder = mkdtempSync(join(tmpdir(), 'kith-chart-'));
    mkdirSync(join(folder, 'empty'));
    writeFileSync(join(folder, 'helm'), standIn, { mode: 0o755 });
  });
  after(async () => {
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (args: string[], path = `${folder}:/usr/bin:/bin`, more: NodeJS.ProcessEnv = {}) => {
    const child = cluster.spawn(['chart', ...args], { PATH: path, HELM_KUBECONTEXT: 'work', ...more });
    const said = { out: '', err: '' };
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (said.err += text));
    const ended = once(child, 'close').then(([code, signal]) => ({ ...said, code, signal }));
    return { child, said, ended };
  };
  const run = async (...args: Parameters<typeof start>) => {
    const { child, ended } = start(...args);
    child.stdin!.end();
    return ended;
  };

  it('hands over all words, the home’s kubeconfig and nothing of another cluster', async () => {
    const { code, out } = await run(['list', '-A', '--output', 'json']);
    assert.equal(code, 0);
    assert.equal(out, `list -A --output json\nKUBECONFIG=${join(cluster.home, 'kubeconfig')}\nCONTEXT=\n`);
    const installed = await run(['install', 'web', '--wait']);
    assert.match(installed.out, /^install web \/.*\/charts\/web --wait\n/);
  });

  it('ends as helm ends, and reads for it', async () => {
    assert.equal((await run(['history', 'web'])).code, 37);
    const { child, ended } = start(['get', 'values', 'web', '-f', '-']);
    child.stdin!.end('replicaCount: 3\n');
    assert.match((await ended).out, /^get values web -f -\n[^]*replicaCount: 3\n$/);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    it(`passes ${signal} on, and waits for helm’s own end`, async () => {
      const { child, said, ended } = start(['status', 'web']);
      await until('helm waits', () => said.out.includes('waiting'));
      child.kill(signal);
      const { code, out } = await ended;
      assert.match(out, /cancelled\n$/);
      assert.equal(code, 9);
    });

  it('says how to get helm where it is absent', async () => {
    const { code, err } = await run(['list'], join(folder, 'empty'));
    assert.equal(code, 2);
    assert.match(err, /KITH_NO_HELM[^]*Try: install Helm 3 or 4: https:\/\/helm\.sh/);
  });

  it('says that there is no cluster, where helm would look for one elsewhere; what needs none is handed over', async () => {
    const nowhere = { KITH_HOME: join(folder, 'nowhere') };
    const { code, err } = await run(['list'], undefined, nowhere);
    assert.equal(code, 2);
    assert.match(err, /KITH_NO_API[^]*Try: kith up/);
    assert.equal((await run(['lint', 'web'], undefined, nowhere)).code, 0);
  });

  it('alone lists the charts that come with kith', async () => {
    const { code, out } = await run([]);
    assert.equal(code, 0);
    assert.match(out, /^app +A web app with[^]*^community +The base[^]*^web +A stateless/m);
  });
});
