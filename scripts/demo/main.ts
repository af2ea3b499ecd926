/**
 * The demonstration swarm of `npm start`: a DHT, a controller, three hosts and a gateway on this machine, running
 * manifests/hello.yaml. `--check` runs the whole story once as a test; see check.ts.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { FolderBusy, lockFolder } from '../../process/lock.ts';
import { bounds, check, swarmProcesses } from './check.ts';
import { Steps } from './steps.ts';
import { DemoSwarm, helloManifest } from './swarm.ts';
import { ask } from './request.ts';

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    manifest: { type: 'string', default: helloManifest },
    folder: { type: 'string' },
    'replies-within': { type: 'string', default: String(bounds.repliesMs / 1000) },
  },
});
const say = (line: string) => console.log(`kith: ${line}`);
const steps = new Steps();
steps.note('set-up', `${process.env['KITH_SETUP_MS'] ?? 0} ms`);
const marker = randomBytes(6).toString('hex');

/** `.kith/demo` beside the code; a second demonstration at the same time gets `.kith/demo-2` and so on. */
function demoFolder(): string {
  const most = 9;
  for (let number = 1; number <= most; number++) {
    const folder = fileURLToPath(
      new URL(`../../.kith/demo${number > 1 ? `-${number}` : ''}`, import.meta.url),
    );
    mkdirSync(folder, { recursive: true });
    try {
      lockFolder(folder, 'demo');
      return folder;
    } catch (error) {
      if (!(error instanceof FolderBusy)) throw error;
      say(`${folder} is in use by ${error.holder}: this one goes into a folder of its own.`);
    }
  }
  throw new Error(`${most} demonstrations run already. Stop one (Ctrl-C) and try again.`);
}

async function runCheck(): Promise<number> {
  const swarm = new DemoSwarm(options.folder ?? mkdtempSync(join(tmpdir(), 'kith-check-')), marker);
  let problems: string[];
  try {
    problems = await check(
      swarm,
      steps,
      { manifest: options.manifest, repliesMs: Number(options['replies-within']) * 1000 },
      say,
    );
  } catch (error) {
    problems = [(error as Error).message];
    await swarm.stop();
  }
  console.log(`\n${steps.table()}\n`);
  for (const problem of problems) console.error(`FAILED: ${problem}`);
  if (problems.length === 0) {
    say('check passed');
    if (!options.folder) swarm.remove();
  } else say(`the folders and logs of this run are in ${swarm.folder}`);
  return problems.length === 0 ? 0 : 1;
}

async function runDemo(): Promise<number> {
  const swarm = new DemoSwarm(options.folder ?? demoFolder(), marker);
  let asked: (why: string) => void = () => {};
  const stopAsked = new Promise<string>((resolve) => (asked = resolve));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked(signal));
  if (process.channel) process.once('disconnect', () => asked('the launcher is gone'));
  let code = 0;
  try {
    say('starting a DHT, a controller, three hosts and a gateway …');
    const started = await Promise.race([
      swarm.start(steps).then(() => applyAndShow(swarm)),
      stopAsked.then((why) => new Error(`told to stop (${why})`)),
    ]);
    if (started) throw started;
    const top = swarm.founder.spawn(['top'], 'inherit');
    const topEnded = new Promise<string>((resolve) =>
      top.once('close', () => resolve('kith top was closed')),
    );
    const died = Promise.race(
      [swarm.hub!, swarm.up!, ...swarm.hosts.map(({ running }) => running)].map(async (running) => {
        const why = await running.ended;
        return `${running.name} ended with ${why}`;
      }),
    );
    const why = await Promise.race([stopAsked, topEnded, died]);
    top.kill('SIGTERM');
    await topEnded;
    say(`stopping (${why}) …`);
  } catch (error) {
    console.error(`kith: ${(error as Error).message}`);
    code = 1;
  }
  await swarm.stop();
  const left = swarmProcesses(swarm).filter(({ pid }) => pid !== process.pid);
  for (const { pid, command } of left) console.error(`kith: left behind: ${pid} ${command}`);
  say(`everything is stopped. The cluster is kept in ${swarm.folder}; npm start resumes it.`);
  return code || (left.length > 0 ? 1 : 0);
}

async function applyAndShow(swarm: DemoSwarm): Promise<void> {
  say(`the hosts run apps ${swarm.isolation}`);
  const startedAt = performance.now();
  await swarm.apply(options.manifest);
  for (;;) {
    const answer = await ask(swarm.gatewayPort, swarm.appHost);
    if (answer.ok) {
      steps.note('apply → first answer', `${Math.round(performance.now() - startedAt)} ms`);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  console.log(`\n${steps.table()}\n`);
  console.log(`  the app          ${swarm.url}`);
  console.log(`  all apps         http://localhost:${swarm.gatewayPort}/`);
  console.log(`  kubeconfig       ${swarm.kubeconfig}`);
  console.log('\n  in another terminal:');
  console.log(
    `    export KITH_HOME=${swarm.founder.environment['KITH_HOME']} KUBECONFIG=${swarm.kubeconfig}`,
  );
  console.log('    npx kith get pods -o wide          kubectl scale deployment hello --replicas 5');
  console.log('    npx kith logs -f deployment/hello  npx kith top\n');
  if (process.stdout.isTTY)
    console.log('  kith top covers these lines: ? shows the addresses again, q stops everything.\n');
}

process.exit(await (options.check ? runCheck() : runDemo()));
