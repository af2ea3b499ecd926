import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The programs of others that `scripts/peers.mjs` has built already: their paths. */
export function builtPeers(): string[] {
  const program = fileURLToPath(new URL('../../scripts/peers.mjs', import.meta.url));
  return execFileSync(process.execPath, [program, '--built'], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);
}
