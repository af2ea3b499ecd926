import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProcessSandbox } from '../../../agent/sandbox/process/driver.ts';
import { systemClock } from '../../../process/clock.ts';
import { sandboxContract } from './contract.ts';
import { jailedWasm, openWasm } from './wasm-drivers.ts';

const server = fileURLToPath(new URL('./fixture/server.js', import.meta.url));

sandboxContract({
  name: 'plain processes',
  open: async (dataFolder) => new ProcessSandbox({ dataFolder, clock: systemClock }),
  app: async (port) => ({
    image: { reference: 'none', digest: 'sha256:none', kind: 'oci', path: '/nonexistent' },
    command: [process.execPath, server, String(port)],
  }),
  port: async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => probe.once('listening', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  },
  async forge(dataFolder, identity) {
    const folder = join(dataFolder, 'process-pods/forged');
    await mkdir(folder, { recursive: true });
    const pod = { uid: 'forged', namespace: 'default', name: 'forged', directory: dataFolder };
    const record = { pod, container: 'app', ports: [1], process: identity };
    await writeFile(join(folder, 'app.json'), JSON.stringify(record));
  },
});
sandboxContract(jailedWasm);
sandboxContract(openWasm);
