import { readFileSync, readdirSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { isThere } from '../process/folder.ts';
import { CliError, exitCodes } from './errors.ts';

/** One file of a user's input. */
export interface InputFile {
  name: string;
  text: string;
}

/** All input together; beyond this it is no manifest but an accident. */
const inputBytesMax = 16 * 1024 * 1024;

/** Reads what `-f` names: files, folders (their .yaml, .yml and .json files, sorted) and `-` for standard input. */
export function readInput(paths: string[]): InputFile[] {
  const files: InputFile[] = [];
  let bytes = 0;
  const count = (more: number) => {
    bytes += more;
    if (bytes > inputBytesMax)
      throw refused('KITH_INPUT_TOO_LARGE', `the input is larger than ${inputBytesMax / 1024 / 1024} MiB`, {
        next: 'fewer files at once',
      });
  };
  for (const path of paths) {
    if (path === '-') {
      const text = readFileSync(0, 'utf8');
      count(Buffer.byteLength(text));
      files.push({ name: 'standard input', text });
      continue;
    }
    for (const name of filesAt(path)) {
      count(statSync(name).size);
      files.push({ name, text: readFileSync(name, 'utf8') });
    }
  }
  return files;
}

function filesAt(path: string): string[] {
  if (!isThere(path))
    throw refused('KITH_NO_FILE', `there is no file or folder ${path}`, {
      next: 'check the path; - reads standard input',
    });
  if (!statSync(path).isDirectory()) return [path];
  const inside = readdirSync(path)
    .filter((name) => /\.(ya?ml|json)$/i.test(name))
    .map((name) => join(path, name))
    .filter((name) => !statsOf(name).isDirectory())
    .sort();
  if (inside.length === 0)
    throw refused('KITH_NO_FILE', `${path} holds no .yaml, .yml or .json file`, {
      next: `the folder that holds the manifests; folders inside ${path} are not looked into`,
    });
  return inside;
}

/** Of what a folder lists. */
function statsOf(name: string): Stats {
  try {
    return statSync(name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ELOOP') throw error;
    throw refused('KITH_NO_FILE', `${name} is a link that leads to nothing`, {
      next: 'mend the link or remove it, or name the files one by one',
    });
  }
}

const refused = (code: string, message: string, { next }: { next: string }) =>
  new CliError(code, message, { next, exit: exitCodes.wrongInput });
