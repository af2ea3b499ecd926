import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../process/clock.ts';
import { silentLog } from '../../process/log.ts';
import { systemRandom } from '../../process/random.ts';
import { certificateText, signCertificate, type Role } from '../../swarm/certificate.ts';
import { createSwarm } from '../../swarm/create.ts';
import { createKeyPair, keyId } from '../../swarm/keys.ts';
import type { SwarmMember } from '../../swarm/member.ts';
import type { KeptLink } from '../../swarm/swarm.ts';

const BACK_MS = 5_000;
const outageMs = process.env['KITH_TEST_LONG'] ? 150_000 : 10_000;

/** Real processes, since a suspended or killed one is what homes have. */
describe('a kept link', function () {
  this.timeout(outageMs + 40_000);
  const clusterKeyPair = createKeyPair();
  const clusterKey = keyId(clusterKeyPair.publicKey);
  const controllerKeys = createKeyPair();
  const children: ChildProcess[] = [];
  const members: SwarmMember[] = [];
  let bootstrap: string[];
  let hub: ChildProcess;

  before(async () => {
    hub = start('hub.ts');
    bootstrap = JSON.parse(await firstLine(hub));
  });
  afterEach(async () => {
    await Promise.all(members.splice(0).map((member) => member.close()));
    await Promise.all(children.filter((child) => child !== hub).map(kill));
  });
  after(() => Promise.all(children.map(kill)));

  it(`is back within 5 s of the return of a controller that was suspended for ${outageMs / 1_000} s`, async () => {
    const controller = await startController(0);
    const kept = await keep();
    await kept.live();
    controller.kill('SIGSTOP');
    const lost = await change(kept);
    assert.equal(lost, undefined);
    assert.match(kept.lastError!.message, /^silence/);
    await sleep(outageMs);
    controller.kill('SIGCONT');
    await backWithin(kept, controller);
  });

  it('is back within 5 s of a controller that was killed and came up again on another port', async () => {
    const first = await startController(freePort());
    const kept = await keep();
    await kept.live();
    await kill(first);
    await change(kept);
    const second = await startController(freePort());
    await backWithin(kept, second);
  });

  it('is back within 5 s of the DHT, when controller and DHT were away together and the DHT has forgotten all', async () => {
    const first = await startController(freePort());
    const kept = await keep();
    await kept.live();
    await Promise.all([kill(hub), kill(first)]);
    await change(kept);
    const second = await startController(freePort());
    await sleep(5_000);
    assert.equal(kept.current, undefined);
    hub = await restartHub();
    await backWithin(kept, second);
  });

  it('is made within 5 s by a newcomer after a DHT that was away under a living controller', async () => {
    const controller = await startController(freePort());
    const old = await keep();
    await old.live();
    await kill(hub);
    await sleep(4_000);
    assert.ok(old.current, 'a live link needs no DHT');
    hub = await restartHub();
    await backWithin(await keep(), controller);
  });

  function start(program: string, ...args: string[]): ChildProcess {
    const path = new URL(`programs/${program}`, import.meta.url).pathname;
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return child;
  }

  async function restartHub(): Promise<ChildProcess> {
    const again = start('hub.ts', ...bootstrap.map((node) => node.split(':')[1]!));
    await firstLine(again);
    return again;
  }

  async function startController(port: number): Promise<ChildProcess> {
    const options = {
      seed: controllerKeys.secretKey.subarray(0, 32).toString('hex'),
      certificate: certificateText(certify(controllerKeys, 'controller')),
      clusterKey,
      bootstrap,
      port,
    };
    const child = start('controller.ts', JSON.stringify(options));
    await firstLine(child);
    return child;
  }

  async function keep(): Promise<KeptLink> {
    const keyPair = createKeyPair();
    const member = await createSwarm({
      keyPair,
      certificate: certify(keyPair, 'node'),
      clusterKey,
      bootstrap,
      host: '127.0.0.1',
      clock: systemClock,
      random: systemRandom,
      log: silentLog,
    });
    members.push(member);
    return member.keep(() => [keyId(controllerKeys.publicKey)], 'control');
  }

  function certify(keyPair: typeof clusterKeyPair, role: Role) {
    const key = keyId(keyPair.publicKey);
    const notAfter = Date.now() + 3_600_000;
    return signCertificate(
      { cluster: clusterKey, key, role, name: role, owner: 'ann', epoch: 1, notAfter },
      { keyPair: clusterKeyPair },
    );
  }
});

/** The link must be made and answer a request of its own. */
async function backWithin(kept: KeptLink, controller: ChildProcess): Promise<void> {
  const start = performance.now();
  const link = await kept.live(AbortSignal.timeout(30_000));
  const answer = await text(link.session!.request({ ':path': '/' }));
  const tookMs = performance.now() - start;
  assert.equal(answer, String(controller.pid));
  assert.ok(tookMs <= BACK_MS, `took ${Math.round(tookMs)} ms`);
  if (process.env['KITH_TEST_VERBOSE']) console.log(`      back after ${Math.round(tookMs)} ms`);
}

function change(kept: KeptLink): Promise<unknown> {
  return new Promise((resolve) => {
    const off = kept.onChange((link) => {
      off();
      resolve(link);
    });
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [line] = await once(createInterface(child.stdout!), 'line');
  return line as string;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Outside the ephemeral range, and a different one at each call. */
let nextPort = 20_000 + (process.pid % 5_000);
function freePort(): number {
  return nextPort++;
}
