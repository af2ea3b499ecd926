import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Kith } from '../../../scripts/demo/kith.ts';
import { processes, tree, type ProcessEntry } from '../../../scripts/demo/processes.ts';

/** A command that does not end by itself is no refusal. */
const endMsMax = 30_000;

export interface Refusal {
  code: number;
  /** What it wrote on standard error. */
  said: string;
}

/** Runs a command that must fail, and holds that it left nothing running in its home. Resolves with what it said. */
export async function refusal(kith: Kith, args: string[]): Promise<Refusal> {
  const child = kith.spawn(args);
  let said = '';
  let output = '';
  child.stderr!.on('data', (chunk) => (said += chunk));
  child.stdout!.on('data', (chunk) => (output += chunk));
  const late = setTimeout(() => child.kill('SIGKILL'), endMsMax);
  const how = await new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code ?? -1)),
  );
  clearTimeout(late);
  const words = `kith ${args.join(' ')} ended with ${how}:\n${said}${output}`;
  assert.ok(typeof how === 'number' && how !== 0, `a refusal was expected, yet ${words}`);
  return { code: how, said };
}

/** What runs in this home: its programs, and what they started; the DHT of the test only lends the home's name. */
export function processesOf(kith: Kith): ProcessEntry[] {
  const home = `KITH_HOME=${kith.environment['KITH_HOME']}`;
  const all = processes();
  const found = new Map<number, ProcessEntry>();
  for (const { pid } of all.filter((entry) => environmentOf(entry.pid).includes(home)))
    for (const entry of tree(pid, all)) found.set(entry.pid, entry);
  return [...found.values()].filter(({ command }) => !/main\.js hub\b/.test(command));
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    // It ended while we looked.
    return [];
  }
}
