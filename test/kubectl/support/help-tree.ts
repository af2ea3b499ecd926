import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Every command that this kubectl shows in its `--help` tree, such as `create secret tls`. */
export async function commandsOf(kubectl: string): Promise<Set<string>> {
  const commands = new Set<string>();
  const walk = async (words: string[]): Promise<void> => {
    const page = readPage(words.join(' '), (await run(kubectl, [...words, '--help'])).stdout);
    if (page.isCommand) commands.add(words.join(' '));
    // `options` stands in no list, only in the last line of each page.
    for (const name of page.mentioned) commands.add(name);
    for (const name of page.below) await walk([...words, name]);
  };
  await walk([]);
  return commands;
}

export interface HelpPage {
  /** Subcommands. */
  below: string[];
  /** Whether it does something by itself. */
  isCommand: boolean;
  /** Commands that it points to. */
  mentioned: string[];
}

/** Reads the text of `kubectl <command> --help`. */
export function readPage(command: string, text: string): HelpPage {
  const sections = new Map<string, string[]>();
  let section: string[] = [];
  for (const line of text.split('\n')) {
    const title = /^(\S.*):$/.exec(line)?.[1];
    if (title) sections.set(title, (section = []));
    else section.push(line);
  }
  const below = [...sections]
    .filter(([title]) => /\bCommands\b/.test(title))
    .flatMap(([, lines]) => lines.flatMap((line) => /^ {2}([a-z][\w-]*)(?: |$)/.exec(line)?.[1] ?? []));
  // One that has others below it is itself one where an example of it goes on with none of these.
  const isBare = (example: string) => {
    const [, rest] = new RegExp(`^kubectl ${command}(?: (\\S+).*)?$`).exec(example) ?? ['', '?'];
    return rest === undefined || (rest !== '?' && !below.includes(rest));
  };
  return {
    below,
    isCommand:
      command !== '' &&
      (below.length === 0 || (sections.get('Examples') ?? []).some((line) => isBare(line.trim()))),
    mentioned: [...text.matchAll(/^Use "kubectl (\w+)" for /gm)].map(([, name]) => name!),
  };
}
