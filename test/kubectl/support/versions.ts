import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { builtPeers } from '../../support/peers.ts';

/** The minor versions of Kubernetes 1 whose kubectl is held to work. */
export const minors = { oldest: 30, newest: 33 };
/** A machine of continuous integration must have one that is at least so new: from it on kubectl writes protobuf. */
const demandedMinor = 32;
/** `kubectl`, `kubectl.1.33`, and as peers are called `kubectl-1.33`. */
const isKubectl = /^kubectl([.-]1\.\d+)?$/;

/** One kubectl. */
export interface Version {
  path: string;
  /** As it says, without the v: `1.33.13`. */
  version: string;
  minor: number;
}

/**
 * Every kubectl of the versions in question: on the PATH, as `kubectl.1.NN` on it or beside a real file that is on it, and of
 * `scripts/peers.mjs`. Oldest first, each version once. Throws where CI=true and none is new enough.
 */
export function findVersions(): Version[] {
  const found = new Map<string, Version>();
  for (const path of candidates()) {
    const version = versionOf(path);
    const minor = Number(/^1\.(\d+)\./.exec(version)?.[1]);
    // Google's dispatcher is none of its own: it runs the one beside it that fits the server.
    if (version.endsWith('-dispatcher')) continue;
    if (minor >= minors.oldest && minor <= minors.newest && !found.has(version))
      found.set(version, { path, version, minor });
  }
  const versions = [...found.values()].toSorted((a, b) =>
    a.version.localeCompare(b.version, 'en', { numeric: true }),
  );
  if (process.env['CI'] === 'true' && !versions.some(({ minor }) => minor >= demandedMinor))
    throw new Error(
      `no kubectl of 1.${demandedMinor} or newer is here: node scripts/peers.mjs kubectl, or install one`,
    );
  return versions;
}

/** The minor versions that are held to work and are not among these: `1.30`. */
export function untried(versions: readonly Version[]): string[] {
  const all = Array.from({ length: minors.newest - minors.oldest + 1 }, (_, at) => minors.oldest + at);
  return all.filter((each) => !versions.some(({ minor }) => minor === each)).map((each) => `1.${each}`);
}

function candidates(): Set<string> {
  const folders = new Set(
    (process.env['PATH'] ?? '').split(delimiter).filter((folder) => existsSync(folder)),
  );
  // A link on the PATH often leads to a folder with all versions side by side.
  for (const onPath of [...folders].map((folder) => join(folder, 'kubectl')))
    if (existsSync(onPath)) folders.add(dirname(realpathSync(onPath)));
  const files = [...folders].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => isKubectl.test(name))
      .map((name) => realpathSync(join(folder, name))),
  );
  return new Set([...files, ...builtPeers().filter((path) => isKubectl.test(basename(path)))]);
}

/** Empty for what is no kubectl after all. */
function versionOf(path: string): string {
  try {
    const said = execFileSync(path, ['version', '--client', '-o', 'json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const { clientVersion } = JSON.parse(said) as { clientVersion?: { gitVersion?: string } };
    return clientVersion?.gitVersion?.replace(/^v/, '') ?? '';
  } catch {
    return '';
  }
}
