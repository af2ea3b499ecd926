/**
 * `node scripts/peers.mjs NAME…`: programs of others that the tests compare kith with, in pinned versions, built from their Go
 * modules where they are not yet (`scripts/peers/list.mjs` names them). Prints where each is, a line per name. Needs `go`, and
 * nothing where all are built. `--built` instead of names: what is built already, and builds nothing.
 */
import { peers } from './peers/list.mjs';
import { havePeer, peer } from './peers/peer.mjs';

const words = process.argv.slice(2);
const names = words.includes('--built') ? Object.keys(peers).filter(havePeer) : words;
if (words.length === 0) {
  console.error(`Name what to build: ${Object.keys(peers).join(', ')}.`);
  process.exit(2);
}
try {
  for (const name of names) console.log(peer(name, (line) => console.error(line)));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
