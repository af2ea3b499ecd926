/** The gateway in a process of its own, over objects that never change. Argument: JSON. Prints `ready <port>`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../../../gateway/gateway.ts';
import { systemClock } from '../../../process/clock.ts';
import { silentLog } from '../../../process/log.ts';
import { systemRandom } from '../../../process/random.ts';
import { FakeApi } from '../../support/fake-api.ts';
import type { KubeObject } from '../../../client/client.ts';
import { joinAs, type MemberArguments } from './member.ts';

const { objects, ...member } = JSON.parse(process.argv[2]!) as MemberArguments & { objects: KubeObject[] };
const api = new FakeApi();
for (const object of objects) api.put(object);
const folder = mkdtempSync(join(tmpdir(), 'kith-gateway-'));
const gateway = await startGateway({
  client: api,
  swarm: await joinAs(member),
  port: 0,
  owner: 'ann',
  directoryFile: join(folder, 'directory.json'),
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
});
console.log(`ready ${gateway.port}`);
process.stdin.on('end', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
process.stdin.resume();
