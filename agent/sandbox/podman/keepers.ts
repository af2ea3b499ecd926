import { readdir, readFile } from 'node:fs/promises';
import { identify, type ProcessIdentity } from '../identity.ts';

const program = 'conmon';

/**
 * The processes that keep the end of a command for podman: five minutes each where that is older than 4.4, two of 2.4 MB for every
 * probe or shell of that time.
 *
 * @param id podman's, of the command
 */
export async function keepersOf(id: string): Promise<ProcessIdentity[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
      // A process that has gone meanwhile has no words.
      const isKeeper = words[0]?.endsWith(program) && words[words.indexOf('-u') + 1] === id;
      return isKeeper ? (identify(Number(pid)) ?? []) : [];
    }),
  );
  return found.flat();
}
