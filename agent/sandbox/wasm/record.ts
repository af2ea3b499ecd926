import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessIdentity } from '../identity.ts';

/** What an agent's next run must know about a container that may live on. Lies in the container's folder; holds no secret. */
export interface ContainerRecord {
  pod: { uid: string; namespace: string; name: string; directory: string };
  container: string;
  digest: string;
  ports: number[];
  memoryBytesMax?: number;
  /** Missing while it starts. */
  process?: ProcessIdentity;
}

export const recordName = 'container.json';

/** The records under `folder`, which is `<pod uid>/<container>/container.json`; what cannot be read is left out. */
export async function readRecords(folder: string): Promise<{ folder: string; record?: ContainerRecord }[]> {
  const found: { folder: string; record?: ContainerRecord }[] = [];
  for (const uid of await namesIn(folder))
    for (const container of await namesIn(join(folder, uid))) {
      const path = join(folder, uid, container);
      found.push({ folder: path, ...readRecord(path) });
    }
  return found;
}

function readRecord(folder: string): { record?: ContainerRecord } {
  try {
    return { record: JSON.parse(readFileSync(join(folder, recordName), 'utf8')) as ContainerRecord };
  } catch {
    // The agent died before it was whole: whose the folder is, is told by the process's label.
    return {};
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch {
    // No folder yet: nothing has run here.
    return [];
  }
}
