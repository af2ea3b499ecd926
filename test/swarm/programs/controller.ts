/** A controller that answers each request with its process id. Argument: JSON. Prints `ready`. */
import { systemClock } from '../../../process/clock.ts';
import { silentLog } from '../../../process/log.ts';
import { systemRandom } from '../../../process/random.ts';
import { parseCertificate } from '../../../swarm/certificate.ts';
import { createSwarm } from '../../../swarm/create.ts';
import { createKeyPair } from '../../../swarm/keys.ts';

const { seed, certificate, clusterKey, bootstrap, port } = JSON.parse(process.argv[2]!) as {
  seed: string;
  certificate: string;
  clusterKey: string;
  bootstrap: string[];
  port: number;
};
const swarm = await createSwarm({
  keyPair: createKeyPair(Buffer.from(seed, 'hex')),
  certificate: parseCertificate(certificate),
  clusterKey,
  bootstrap,
  port,
  host: '127.0.0.1',
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
});
const listening = swarm.listen({
  admit: () => {},
  handlers: {
    control: (stream) => {
      stream.respond({ ':status': 200 });
      stream.end(String(process.pid));
    },
  },
});
// Says so even with the DHT away: it is up, and will be found once the DHT is back.
console.log('ready');
await listening;
