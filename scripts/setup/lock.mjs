/**
 * One set-up of a folder at a time, by a lock that ends with its holder, however that dies.
 *
 * The lock is a folder with an empty file for each process that holds it, `<role>.<name of the process>`. It is taken by renaming a
 * folder with our own file over it: rename(2) does that in one step, and only while the old folder is empty or not there. Whoever
 * finds the file of a process that has ended removes that very file; so it can never remove the lock of the one who came next, which
 * removing a stale `pid` file could. (flock would be simpler; Node has none before node:sqlite of 22.5.)
 *
 * Processes are told apart by number and start, so machines or containers that share a checkout do not see each other.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from './failure.mjs';
import { nameOf, pidIn, runs } from './processes.mjs';

/** npm ci of 400 MB takes minutes on a slow line; what takes longer than this hangs. */
const waitMsMax = 20 * 60_000;
/** Most waits are shorter, and then nobody needs to know. */
const sayAfterMs = 1_000;
const pollMs = 50;

/**
 * Does `work` while no other set-up of `root` does any, waiting for the other if need be. `work` gets the lock: a program that it
 * starts is told to `lock.add(pid)`, because one that outlives a killed set-up still writes into the folder.
 */
export async function alone(root, say, work, { boundMs = waitMsMax } = {}) {
  const lock = await take(join(root, '.kith', 'setup.lock'), say, boundMs);
  process.once('exit', lock.release);
  try {
    return await work(lock);
  } finally {
    process.off('exit', lock.release);
    lock.release();
  }
}

async function take(folder, say, boundMs) {
  // The demonstration keeps a cluster's keys in `.kith`.
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  const own = `setup.${nameOf(process.pid)}`;
  const startedAt = performance.now();
  let said = false;
  for (;;) {
    const holder = holderOf(folder);
    if (!holder && moveIn(folder, own)) return lockOf(folder, own);
    const waitedMs = performance.now() - startedAt;
    if (holder && waitedMs > boundMs)
      fail(
        `${holder.text} and has not ended for ${Math.round(boundMs / 60_000)} minutes. ` +
          `Look what it does (ps -p ${holder.pid}), end it if it hangs (kill ${holder.pid}), and try again.`,
      );
    if (holder && !said && waitedMs > sayAfterMs) {
      say(`${holder.text}; waiting for it …`);
      said = true;
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Who holds the lock; undefined if nobody. Removes what ended processes left. */
function holderOf(folder) {
  const files = list(folder).map((file) => {
    const at = file.indexOf('.');
    return { path: join(folder, file), role: file.slice(0, at), name: file.slice(at + 1) };
  });
  const alive = files.filter(({ name }) => runs(name));
  for (const file of files) if (!alive.includes(file)) rmSync(file.path, { force: true });
  const setUp = alive.find(({ role }) => role === 'setup');
  if (setUp) {
    const pid = pidIn(setUp.name);
    return { pid, text: `another set-up of this folder is under way (process ${pid})` };
  }
  if (alive.length === 0) return undefined;
  const [{ role, name }] = alive;
  const pid = pidIn(name);
  return {
    pid,
    text: `a set-up of this folder was killed, but its ${role} is still at work (process ${pid})`,
  };
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Whether the lock is now ours. */
function moveIn(folder, own) {
  const candidate = `${folder}-${own}`;
  mkdirSync(candidate, { recursive: true });
  writeFileSync(join(candidate, own), '');
  try {
    renameSync(candidate, folder);
    sweep(folder);
    return true;
  } catch (error) {
    rmSync(candidate, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST'].includes(error.code)) return false;
    throw error;
  }
}

/** Candidates of processes that were killed before they could move in. */
function sweep(folder) {
  const prefix = `${basename(folder)}-setup.`;
  for (const name of list(dirname(folder)))
    if (name.startsWith(prefix) && !runs(name.slice(prefix.length)))
      rmSync(join(dirname(folder), name), { recursive: true, force: true });
}

function lockOf(folder, own) {
  return {
    /** Holds the lock for a process of ours too, even if we are killed; what it returns ends that. */
    add(role, pid) {
      const file = join(folder, `${role}.${nameOf(pid)}`);
      writeFileSync(file, '');
      return () => rmSync(file, { force: true });
    },
    release() {
      rmSync(join(folder, own), { force: true });
      try {
        rmdirSync(folder);
      } catch {
        // The next one is in already, or what we started still runs.
      }
    },
  };
}
