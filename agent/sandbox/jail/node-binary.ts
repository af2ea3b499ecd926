import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { promisify } from 'node:util';

/** A Node binary and the files that the loader maps before its first line of JavaScript runs. */
export interface NodeBinary {
  path: string;
  /** Host paths; each is needed under the same path inside. */
  libraries: string[];
}

/** The loader says a binary's libraries when this is set; unlike `ldd` it is there on every machine that runs the binary. */
const traceEnvironment = { LD_TRACE_LOADED_OBJECTS: '1' };

/** Which files a jail needs to run this very Node. Linux with glibc only; elsewhere the list comes back empty. */
export async function nodeBinary(path = process.execPath): Promise<NodeBinary> {
  const real = realpathSync(path);
  const { stdout } = await promisify(execFile)(real, [], { env: traceEnvironment, timeout: 5000 });
  return { path: real, libraries: parseLoaderTrace(stdout) };
}

/** Reads `name => /path (0x…)` and `/path (0x…)` lines. */
export function parseLoaderTrace(text: string): string[] {
  return text
    .split('\n')
    .map((line) => /(\/\S+) \(0x[0-9a-f]+\)\s*$/.exec(line)?.[1])
    .filter((path) => path !== undefined);
}
