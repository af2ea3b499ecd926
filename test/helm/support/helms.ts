import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { builtPeers } from '../../support/peers.ts';

/** One helm that the tests run. */
export interface HelmVersion {
  path: string;
  /** As it says, without the v. */
  version: string;
  major: number;
}

/** Helm 3 and 4: those of `scripts/peers.mjs`, and the one on the PATH. Throws with CI=true where one of the two is missing. */
export function findHelms(): HelmVersion[] {
  const found = new Map<string, HelmVersion>();
  for (const path of ['helm', ...builtPeers().filter((each) => /^helm4?$/.test(basename(each)))]) {
    const { stdout, status } = spawnSync(path, ['version', '--template', '{{.Version}}'], {
      encoding: 'utf8',
    });
    const version = /^v((\d+)\.\S+)/.exec(status === 0 ? stdout : '');
    if (version) found.set(version[1]!, { path, version: version[1]!, major: Number(version[2]) });
  }
  const helms = [...found.values()].toSorted((a, b) => a.major - b.major);
  const missing = [3, 4].filter((major) => !helms.some((each) => each.major === major));
  if (process.env['CI'] === 'true' && missing.length > 0)
    throw new Error(`no helm ${missing.join(' and no helm ')} is here: node scripts/peers.mjs helm helm4`);
  return helms;
}
