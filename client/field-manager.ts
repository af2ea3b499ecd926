import type { Client } from './client.ts';

/** The same client, whose writes are put down to this field manager where they name none: `metadata.managedFields` shows who did what. */
export function asFieldManager(client: Client, fieldManager: string): Client {
  return {
    ...client,
    create: (object, options) => client.create(object, { fieldManager, ...options }),
    update: (object, options) => client.update(object, { fieldManager, ...options }),
    patch: (ref, type, patch, options) => client.patch(ref, type, patch, { fieldManager, ...options }),
  };
}
