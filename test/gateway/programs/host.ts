/**
 * A host's data side in a process of its own: pods of the `process` sandbox behind the agent's tunnels, on a real link.
 * Argument: JSON (`HostArguments`). Prints `ready <pids of the apps>`; runs until it is killed or its input ends.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataHandler } from '../../../agent/streams/data.ts';
import { ProcessSandbox } from '../../../agent/sandbox/process/driver.ts';
import type { Pods } from '../../../agent/pods/pods.ts';
import type { PodSandbox } from '../../../agent/sandbox/sandbox.ts';
import { systemClock } from '../../../process/clock.ts';
import { silentLog } from '../../../process/log.ts';
import { until } from '../../support/wait.ts';
import { joinAs, type MemberArguments } from './member.ts';

export interface HostArguments extends MemberArguments {
  pods: { uid: string; address: string; port: number; command: string[] }[];
}

const { pods, ...member } = JSON.parse(process.argv[2]!) as HostArguments;
const swarm = await joinAs(member);
const folder = mkdtempSync(join(tmpdir(), `kith-host-${process.pid}-`));
const sandbox = new ProcessSandbox({ dataFolder: folder, clock: systemClock });
const workers = new Map<
  string,
  { sandbox: PodSandbox; local: object; pod: object; sandboxGone: Promise<void> }
>();
const pids: number[] = [];
for (const { uid, address, port, command } of pods) {
  const pod = await sandbox.create({ uid, namespace: 'default', name: uid, directory: folder });
  const running = await pod.start({
    name: 'app',
    image: { reference: 'none', digest: 'sha256:0', kind: 'oci', path: '/' },
    command,
    env: { PORT: String(port), POD: uid, PATH: process.env['PATH'] ?? '' },
    ports: [port],
    output: (_stream, chunk) => process.stderr.write(chunk),
  });
  pids.push(running.pid!);
  // A real agent's pod is ready before it is an endpoint.
  await until(`port ${port}`, async () => (await pod.connect(port)).destroy());
  workers.set(uid, {
    sandbox: pod,
    local: { podIP: address },
    pod: { metadata: {} },
    sandboxGone: running.exited.then(() => {}),
  });
}
const data = dataHandler({
  pods: { get: (uid: string) => workers.get(uid) } as unknown as Pods,
  clock: systemClock,
  log: silentLog,
});
await swarm.listen({ admit: () => {}, handlers: { data } });
console.log(`ready ${pids.join(' ')}`);

process.stdin.on('end', () => {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
process.stdin.resume();
