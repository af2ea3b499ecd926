import { readdirSync } from 'node:fs';
import { nearest } from './nearest.ts';

/** What to print where the user named a command that does not exist; undefined if that is not what the error is about. */
export function lineForUnknown(error: Error, words: string[]): string | undefined {
  if (!/^command .* not found$/.test(error.message)) return undefined;
  const word = words[0] ?? '';
  const commands = readdirSync(new URL('commands', import.meta.url))
    .map((file) => file.replace(/\..*$/, ''))
    .toSorted();
  // "up now" is asked for as the command "up:now".
  if (commands.includes(word))
    return `Error (KITH_USAGE): kith ${word} takes no "${words[1] ?? ''}"\nTry: kith ${word} --help`;
  const meant = nearest(word, [...new Set(commands)]);
  return `Error (KITH_USAGE): kith has no command "${word}"\nTry: kith ${meant ?? '--help'}`;
}
