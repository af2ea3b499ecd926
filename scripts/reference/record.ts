/**
 * `node scripts/reference/record.ts`: asks Kubernetes' own libraries (Go) what they make of the inputs of `test/properties/reference/`, and
 * writes down what they say. Needs `go`.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { inputs } from '../../test/properties/reference/inputs.ts';

const folder = new URL('.', import.meta.url).pathname;
const asked = inputs();
const { status, stdout } = spawnSync('go', ['run', '.'], {
  cwd: folder,
  input: JSON.stringify(asked),
  stdio: ['pipe', 'pipe', 'inherit'],
  maxBuffer: 1 << 28,
});
if (status !== 0) throw new Error(`the reference ended with ${status}`);
const said = JSON.parse(stdout.toString()) as Record<string, unknown[]>;
const files = new URL('../../test/properties/reference/recorded/', import.meta.url);
const { labelSets: _sets, schema: _schema, object: _object, ...lists } = asked;
for (const [name, list] of Object.entries(lists as Record<string, unknown[]>)) {
  const rows = list.map((input, index) => JSON.stringify([input, said[name]![index]]));
  writeFileSync(new URL(`${name}.json`, files), `[\n${rows.join(',\n')}\n]\n`);
}
