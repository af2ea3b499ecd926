// One of several processes that tag images in one folder at the same time.
import { BlobStore } from '../../../agent/blobs/store.ts';
import { importComponent } from '../../../agent/images/import-component.ts';
import { ImageLayout } from '../../../agent/images/layout.ts';
import { systemClock } from '../../../process/clock.ts';

const { FOLDER, NAME } = process.env;
const store = await BlobStore.open({ folder: FOLDER!, clock: systemClock });
const layout = new ImageLayout(FOLDER!, systemClock);
const bytes = Buffer.from([0, 0x61, 0x73, 0x6d, 13, 0, 1, 0, 42]);
for (let at = 0; at < 10; at += 1)
  await importComponent({ bytes, reference: `${NAME}:v${at}`, store, layout, clock: systemClock });
