/** Runs a hub on the ports named by the arguments (none: any free ones) until it is killed. Prints its bootstrap list. */
import { startHub } from '../../../swarm/hub.ts';

const ports = process.argv.slice(2).map(Number);
const hub = await startHub(ports.length > 0 ? { ports } : { count: 4 });
console.log(JSON.stringify(hub.bootstrap));
