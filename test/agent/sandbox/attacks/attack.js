// What a component would do that had broken out of its engine: any JavaScript, here with every grant that Node's own permission
// model has. Prints one line of JSON: what came of the attack that the first argument names.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

const [, , name, target] = process.argv;
const settled = (socket) =>
  new Promise((resolve, reject) => socket.once('connect', () => resolve('connected')).once('error', reject));

const attacks = {
  read: () => readFileSync(target, 'utf8'),
  list: () => readdirSync(target).length,
  write: () => writeFileSync(target, 'written'),
  connect: () => settled(connect({ host: '127.0.0.1', port: Number(target) })),
  'connect-unix': () => settled(connect(target)),
  listen: () =>
    new Promise((resolve, reject) => {
      const server = createServer().once('error', reject);
      server.listen(0, '127.0.0.1', () => server.close(() => resolve('listening')));
    }),
  environment: () => process.env[target] ?? Promise.reject(new Error('not there')),
  interfaces: () => Object.keys(networkInterfaces()).filter((each) => each !== 'lo').length,
  // A fork bomb is this, again and again.
  spawn: () => {
    const { error, status } = spawnSync(process.execPath, ['--version']);
    if (error) throw error;
    return status;
  },
  signal: () => process.kill(Number(target), 0),
  heap: () => {
    const held = [];
    for (let i = 0; i < Number(target); i++)
      held.push(Array.from({ length: 128 * 1024 }, (_, at) => at + i + 0.5));
    return held.length;
  },
};

try {
  console.log(JSON.stringify({ done: (await attacks[name]()) ?? 'done' }));
} catch (error) {
  console.log(JSON.stringify({ refused: error.code ?? error.message }));
}
process.exit();
