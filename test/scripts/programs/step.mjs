/** What the stand-ins for npm, the compiler and the manifest's writer have in common. They run in the root of a stand-in tree. */
import { appendFileSync, existsSync } from 'node:fs';

/** Does `work` and then `finish`, with a line in the tree's log before and after; between them it waits while `hold-<name>` is there. */
export async function step(name, work, finish = () => {}) {
  appendFileSync('log', `${name} begins ${process.pid}\n`);
  work();
  while (existsSync(`hold-${name}`)) await new Promise((resolve) => setTimeout(resolve, 5));
  finish();
  appendFileSync('log', `${name} ends\n`);
}
