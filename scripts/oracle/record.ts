/**
 * `npm run record:oracle [-- TOPIC…]`: plays the script of `test/oracle/script/` against kube-apiserver and writes what it answers
 * to `test/oracle/recordings/`, which `test/oracle/oracle.test.ts` holds kith to.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { Recording } from '../../test/oracle/answer.ts';
import { digestOf, play } from '../../test/oracle/play.ts';
import { topics } from '../../test/oracle/script/topics.ts';
import { recordOpenApi } from '../openapi/record.ts';
import { startOriginal, type Original } from './original.ts';

const folder = fileURLToPath(new URL('../../test/oracle/recordings/', import.meta.url));
const named = process.argv.slice(2);
/** Beside the topics of the script: what the OpenAPI documents say. */
const openApi = 'openapi';
const unknown = named.filter((name) => name !== openApi && !topics.some((topic) => topic.name === name));
if (unknown.length > 0) {
  console.error(
    `No topic is called ${unknown.join(', ')}; there are ${topics.map(({ name }) => name).join(', ')}, ${openApi}.`,
  );
  process.exit(2);
}

let original: Original;
try {
  original = await startOriginal();
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
try {
  const answer = await original.exchange({ method: 'GET', path: '/version', headers: {} });
  const { gitVersion } = JSON.parse(answer.body.toString()) as { gitVersion: string };
  mkdirSync(folder, { recursive: true });
  for (const topic of topics) {
    if (named.length > 0 && !named.includes(topic.name)) continue;
    const answers = await play(original, topic);
    const recording: Recording = {
      topic: topic.name,
      version: gitVersion,
      answers: answers.map(({ step, ...rest }, index) => ({
        step,
        sent: digestOf(topic.steps[index]!),
        ...rest,
      })),
    };
    const path = join(folder, `${topic.name}.json`);
    const options = await resolveConfig(path);
    writeFileSync(path, await format(JSON.stringify(recording), { ...options, filepath: path }));
    console.log(`${topic.name}: ${answers.length} answers`);
  }
  if (named.length === 0 || named.includes(openApi)) await recordOpenApi(original);
} finally {
  await original.stop();
}
if (named.length === 0) {
  const kept = new Set(topics.map(({ name }) => `${name}.json`));
  if (existsSync(folder))
    for (const file of readdirSync(folder)) if (!kept.has(file)) rmSync(join(folder, file));
}
