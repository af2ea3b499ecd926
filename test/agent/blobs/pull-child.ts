// A process that downloads one blob; the test kills it in the middle.
import { once } from 'node:events';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { BlobExchange } from '../../../agent/blobs/exchange.ts';
import { BlobStore } from '../../../agent/blobs/store.ts';
import type { Digest } from '../../../agent/blobs/digest.ts';
import { systemClock } from '../../../process/clock.ts';
import { silentLog } from '../../../process/log.ts';

const { FOLDER, DIGEST, SIZE, PORT } = process.env;
const session = connect(`http://127.0.0.1:${PORT}`);
const store = await BlobStore.open({ folder: FOLDER!, clock: systemClock });
const peer = {
  name: 'peer',
  async fetch(path: string, headers: Record<string, string>) {
    const body = session.request({ ':path': path, ...headers });
    const [head] = (await once(body, 'response')) as [IncomingHttpHeaders & { ':status': number }];
    return { status: head[':status'], headers: head, body };
  },
};
const exchange = new BlobExchange({ store, peers: async () => [peer], clock: systemClock, log: silentLog });
await exchange.pull(DIGEST as Digest, Number(SIZE));
