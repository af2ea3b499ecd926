import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoSwarm } from '../../scripts/demo/swarm.ts';

/** Where the pod's component listens on its host: what the agent itself connects to. */
export function findAppSocket(swarm: DemoSwarm, host: string, podUid: string): string {
  const path = join(swarm.folder, host, 'agent', 'sandbox', 'wasm', 'pods', podUid, 'hello', 'app.sock');
  if (!existsSync(path)) throw new Error(`pod ${podUid} has no socket at ${path}`);
  return path;
}
