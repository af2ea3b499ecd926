import { lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { diskFolder, isKithsName, type HomeFolder } from '../process/home-files.ts';
import type { Home } from './home.ts';

/** What a membership consists of, under the home folder; nothing else is removed. The record goes last: without it nothing is left. */
const folders = ['agent', 'keys', 'images', 'logs'] as const satisfies readonly HomeFolder[];
const files = ['gateway.json', 'lend.json', 'cluster.json'] as const;

/** Paths under the home. */
export interface Removal {
  removed: string[];
  /** What lies in kith's folders and is not kith's, such as pictures in `images`: it stays as it is. */
  kept: string[];
}

/** Removes the membership of this home, whose lock the caller holds: of each folder what kith has made. */
export function removeMembership(home: Home): Removal {
  const removed: string[] = [];
  const kept: string[] = [];
  for (const folder of folders) {
    const path = home.file(folder);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found) continue;
    if (!found.isDirectory()) {
      // A link to another disk is the user's own doing; what kith put behind it is not looked for.
      if (found.isSymbolicLink()) rmSync(path, { force: true });
      (found.isSymbolicLink() ? removed : kept).push(folder);
      continue;
    }
    const foreign = removeKiths(path, folder);
    kept.push(...foreign.map((name) => join(folder, name)));
    if (foreign.length === 0) removed.push(folder);
    else removed.push(`what was kith's in ${folder}`);
  }
  for (const file of files) {
    if (!lstatSync(home.file(file), { throwIfNoEntry: false })) continue;
    rmSync(home.file(file));
    removed.push(file);
  }
  return { removed, kept };
}

/** The names that are not kith's; without any the folder goes too. */
function removeKiths(path: string, kind: HomeFolder): string[] {
  const foreign: string[] = [];
  let isDisk = false;
  for (const name of readdirSync(path)) {
    if (name === diskFolder) isDisk = true;
    else if (isKithsName(kind, name)) rmSync(join(path, name), { recursive: true, force: true });
    else foreign.push(name);
  }
  // A disk of its own that is mounted here stays mounted.
  if (foreign.length === 0 && !isDisk) rmdirSync(path);
  return foreign;
}
