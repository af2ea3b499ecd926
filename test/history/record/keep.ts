import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { History, Violation } from '../checker/history.ts';

/** Writes a history down with what is wrong in it, to be looked at; says where. `KITH_TEST_HISTORIES` names another folder than the system's. */
export function keep(history: History, violations: Violation[], name: string): string {
  const wished = process.env['KITH_TEST_HISTORIES'];
  if (wished) mkdirSync(wished, { recursive: true });
  const folder = wished ?? mkdtempSync(join(tmpdir(), 'kith-history-'));
  const file = join(folder, `${name.replaceAll(' ', '-')}-${history.seed}.json`);
  writeFileSync(file, JSON.stringify({ violations, ...history }, null, 1));
  return `kept in ${file}`;
}
