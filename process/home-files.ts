import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a process of ours that was killed left of a file it was writing: see `temporaryName` and `writeFileNow`. */
const unfinished = /\.[0-9a-f]+\.tmp$/;

/** Which names kith itself gives to what lies in each folder of a home. Files of others may lie there, by mistake or before kith came. */
const namesInside = {
  run: /^(home|gateway)\.(lock|pid)$|^agent\.sock$/,
  keys: /^(cluster|controller|node|gateway|person|door)\.(key|cert|epoch)$|^controller\.delegation$/,
  agent: /^agent\.(lock|pid)$|^(node|open-to)\.json$|^(pods|sandbox)$/,
  images: /^(blobs|partial|oci-layout|index\.(json|lock|pid))$/,
  logs: /^(up|controller|agent|gateway)\.log(\.1)?$/,
} as const;

/** A folder of a home whose content kith knows by name. */
export type HomeFolder = keyof typeof namesInside;

/** Whether kith gives this name to something in that folder of a home. */
export function isKithsName(folder: HomeFolder, name: string): boolean {
  return namesInside[folder].test(name.replace(unfinished, ''));
}

/** The root of a disk of one's own has this from the beginning. */
export const diskFolder = 'lost+found';

/** Each of these may be the first that kith makes in a home: an image can be built before there is a cluster. */
const firstFolders = ['run', 'keys', 'images'] as const;
const othersBits = 0o077;

/**
 * Whether kith may take this folder for a home: it is empty, or there is something that kith has put there. What else lies beside
 * that does not matter then. A name proves nothing: `images` and `logs` are in many folders that are not ours to close.
 */
export function isHome(path: string): boolean {
  const names = readdirSync(path).filter((name) => name !== diskFolder);
  if (names.length === 0) return true;
  if (names.includes('cluster.json') && isClusterFile(join(path, 'cluster.json'))) return true;
  const { uid } = statSync(path);
  return firstFolders.some((name) => names.includes(name) && isKithsFolder(join(path, name), name, uid));
}

/** Closed to others, as few folders of these names are (/run, /var/run), and with nothing in it that is not kith's. */
function isKithsFolder(path: string, kind: HomeFolder, user: number): boolean {
  const found = lstatSync(path);
  if (!found.isDirectory() || found.mode & othersBits || found.uid !== user) return false;
  return readdirSync(path).every((name) => name === diskFolder || isKithsName(kind, name));
}

/** Also one that is damaged, so that its owner hears of that and not of a strange folder. */
function isClusterFile(path: string): boolean {
  return statSync(path).isFile() && readFileSync(path, 'utf8').includes('"clusterKey"');
}
