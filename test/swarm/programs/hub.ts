/** Runs a hub on the ports named by the arguments until it is killed. Prints its bootstrap list. */
import { startHub } from '../../../swarm/hub.ts';

const hub = await startHub({ ports: process.argv.slice(2).map(Number) });
console.log(JSON.stringify(hub.bootstrap));
