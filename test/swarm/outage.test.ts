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
import { createKeyPair, keyId, type KeyPair } from '../../swarm/keys.ts';
import type { SwarmMember } from '../../swarm/member.ts';
import type { KeptLink } from '../../swarm/swarm.ts';

const BACK_MS = 5_000;
const outageMs = process.env['KITH_TEST_LONG'] ? 150_000 : 10_000;

/** One scenario's world: its own DHT, cluster and processes, so that all scenarios can wait at the same time. */
class Stage {
  readonly #clusterKeyPair = createKeyPair();
  readonly #controllerKeys = createKeyPair();
  readonly #children: ChildProcess[] = [];
  readonly #members: SwarmMember[] = [];
  #bootstrap: string[] = [];
  hub!: ChildProcess;

  async startHub(nodes = 4): Promise<void> {
    // Ports that nobody else is given while the hub is away.
    const known = this.#bootstrap.map((node) => node.split(':')[1]!);
    const ports = Array.from({ length: nodes }, (_, index) => known[index] ?? String(freePort()));
    this.hub = this.#start('hub.ts', ...ports);
    this.#bootstrap = JSON.parse(await firstLine(this.hub)) as string[];
  }

  /** @param port 0: any */
  async startController(port: number): Promise<ChildProcess> {
    const options = {
      seed: this.#controllerKeys.secretKey.subarray(0, 32).toString('hex'),
      certificate: certificateText(this.#certify(this.#controllerKeys, 'controller')),
      clusterKey: keyId(this.#clusterKeyPair.publicKey),
      bootstrap: this.#bootstrap,
      port,
    };
    const child = this.#start('controller.ts', JSON.stringify(options));
    await firstLine(child);
    return child;
  }

  /** A new member that keeps a link to the controller. */
  async keep(): Promise<KeptLink> {
    const keyPair = createKeyPair();
    const member = await createSwarm({
      keyPair,
      certificate: this.#certify(keyPair, 'node'),
      clusterKey: keyId(this.#clusterKeyPair.publicKey),
      bootstrap: this.#bootstrap,
      host: '127.0.0.1',
      clock: systemClock,
      random: systemRandom,
      log: silentLog,
    });
    this.#members.push(member);
    return member.keep(() => [keyId(this.#controllerKeys.publicKey)], 'control');
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.close()));
    await Promise.all(this.#children.map(kill));
  }

  #start(program: string, ...args: string[]): ChildProcess {
    const path = new URL(`programs/${program}`, import.meta.url).pathname;
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    return child;
  }

  #certify(keyPair: KeyPair, role: Role) {
    const cluster = keyId(this.#clusterKeyPair.publicKey);
    const key = keyId(keyPair.publicKey);
    const notAfter = Date.now() + 3_600_000;
    return signCertificate(
      { cluster, key, role, name: role, owner: 'ann', epoch: 1, notAfter },
      { keyPair: this.#clusterKeyPair },
    );
  }
}

/** Real processes, since suspended and killed ones are what homes have. */
const scenarios: Record<string, (stage: Stage) => Promise<void>> = {
  async [`is back within 5 s of the return of a controller that was suspended for ${outageMs / 1_000} s`](
    stage,
  ) {
    const controller = await stage.startController(0);
    const kept = await stage.keep();
    await kept.live();
    controller.kill('SIGSTOP');
    assert.equal(await change(kept), undefined);
    assert.match(kept.lastError!.message, /^silence/);
    await sleep(outageMs);
    controller.kill('SIGCONT');
    await backWithin(kept, controller);
  },

  async 'is back within 5 s of a controller that was killed and came up again on another port'(stage) {
    const first = await stage.startController(freePort());
    const kept = await stage.keep();
    await kept.live();
    await kill(first);
    await change(kept);
    const second = await stage.startController(freePort());
    await backWithin(kept, second);
  },

  async 'is back within 5 s of the DHT, when it and the controller were away and it has forgotten all'(
    stage,
  ) {
    const first = await stage.startController(freePort());
    const kept = await stage.keep();
    await kept.live();
    await Promise.all([kill(stage.hub), kill(first)]);
    await change(kept);
    const second = await stage.startController(freePort());
    await sleep(5_000);
    assert.equal(kept.current, undefined);
    await stage.startHub();
    await backWithin(kept, second);
  },

  async 'is made within 5 s by a newcomer after a DHT that was away under a living controller'(stage) {
    const controller = await stage.startController(freePort());
    const old = await stage.keep();
    await old.live();
    await kill(stage.hub);
    await sleep(4_000);
    assert.ok(old.current, 'a live link needs no DHT');
    await stage.startHub();
    await backWithin(await stage.keep(), controller);
  },

  async 'is made within 5 s by a newcomer to a controller that was restarted after the DHT had been'(stage) {
    const first = await stage.startController(freePort());
    await kill(stage.hub);
    await stage.startHub(12);
    // The living controller tells the new DHT where it is; its next run is elsewhere, and all nodes must learn that.
    const old = await stage.keep();
    await old.live();
    await sleep(2_000);
    await kill(first);
    const second = await stage.startController(freePort());
    for (const newcomer of [1, 2, 3]) {
      const kept = await stage.keep();
      await backWithin(kept, second).catch((error: unknown) => {
        throw new Error(`newcomer ${newcomer}`, { cause: error });
      });
    }
  },
};

describe('a kept link', function () {
  this.timeout(outageMs + 40_000);
  const stages: Stage[] = [];
  let results: Map<string, Promise<void>>;

  before(() => {
    // They mostly wait: side by side they take as long as the longest.
    results = new Map(
      Object.entries(scenarios).map(([title, act]) => {
        const stage = new Stage();
        stages.push(stage);
        const result = stage.startHub().then(() => act(stage));
        result.catch(() => {});
        return [title, result];
      }),
    );
  });
  for (const title of Object.keys(scenarios)) it(title, () => results.get(title));
  after(() => Promise.all(stages.map((stage) => stage.close())));
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
let nextPort = 20_000 + (process.pid % 250) * 40;
function freePort(): number {
  return nextPort++;
}
