import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, exitCodes } from './errors.ts';

/** One file of a user's input. */
export interface InputFile {
  name: string;
  text: string;
}

/** All input together; beyond this it is no manifest but an accident. */
const inputBytesMax = 16 * 1024 * 1024;

/** Reads what `-f` names: files, folders (their .yaml, .yml and .json files, sorted) and `-`. */
export function readInput(paths: string[]): InputFile[] {
  const files: InputFile[] = [];
  let bytes = 0;
  const add = (name: string, source: string | 0) => {
    const text = readFileSync(source, 'utf8');
    bytes += text.length;
    if (bytes > inputBytesMax)
      throw new CliError(
        'KITH_INPUT_TOO_LARGE',
        `the input is larger than ${inputBytesMax / 1024 / 1024} MiB`,
        {
          next: 'apply fewer files at once',
          exit: exitCodes.wrongInput,
        },
      );
    files.push({ name, text });
  };
  for (const path of paths) {
    if (path === '-') {
      add('standard input', 0);
      continue;
    }
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats)
      throw new CliError('KITH_NO_FILE', `there is no file or folder ${path}`, {
        next: 'check the path; - reads standard input',
        exit: exitCodes.wrongInput,
      });
    if (!stats.isDirectory()) {
      add(path, path);
      continue;
    }
    const inside = readdirSync(path)
      .filter((name) => /\.(ya?ml|json)$/.test(name))
      .sort();
    if (inside.length === 0)
      throw new CliError('KITH_NO_FILE', `${path} holds no .yaml, .yml or .json file`, {
        exit: exitCodes.wrongInput,
      });
    for (const name of inside) add(join(path, name), join(path, name));
  }
  return files;
}
