import type { RunningAgent } from '../agent/main.ts';
import { readJsonFile } from '../process/folder.ts';
import { lockFolder } from '../process/lock.ts';
import type { ClusterRecord, Home } from './home.ts';
import { memberOf, programTools, type ProgramTools } from './program.ts';

/** What the owner lends, as `kith join --cpu … --memory … --disk …` wrote it. */
export interface Lend {
  cpuMillis?: number;
  memoryBytes?: number;
  diskBytes?: number;
}

export const lendFile = (home: Home) => home.file('lend.json');

/** Starts this home's agent in this process, which is `by` (`kith join`); the folder is ours until it ends. */
export async function runHost(
  home: Home,
  record: ClusterRecord,
  by: string,
  tools: ProgramTools = programTools('agent'),
): Promise<RunningAgent> {
  const folder = home.folder('agent');
  lockFolder(folder, 'agent', { of: home.path, by });
  const { runAgent } = await import('../agent/main.ts');
  return runAgent({
    ...tools,
    member: memberOf(home, record, 'node'),
    controllers: record.controllers,
    folder,
    imagesFolder: home.folder('images'),
    caps: readJsonFile<Lend>(lendFile(home)) ?? {},
    controlHome: home.folder(),
  });
}
