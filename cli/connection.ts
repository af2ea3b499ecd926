import { existsSync, readFileSync } from 'node:fs';
import type { Client } from '../client/client.ts';
import { httpClient } from '../client/http-client.ts';
import { contextIn } from '../client/kubeconfig.ts';
import { tlsTransport, type TlsTransport } from '../client/tls-transport.ts';
import { CliError, exitCodes } from './errors.ts';
import type { Home } from './home.ts';

/** The API as the operator's terminal reaches it: the TLS listener on loopback, with the token of the home's kubeconfig. */
export interface Connection {
  client: Client;
  transport: TlsTransport;
  server: string;
}

/** Connects with what `kith up` wrote into this home. Sends nothing yet. */
export function connect(home: Home): Connection {
  if (!existsSync(home.kubeconfig)) {
    const record = home.cluster();
    throw new CliError(
      'KITH_NO_API',
      record && record.role !== 'founder'
        ? `this machine joined "${record.name}" and has no API listener of its own in this version`
        : `no kubeconfig in ${home.path}`,
      {
        next: record && record.role !== 'founder' ? "run the command on the founder's machine" : 'kith up',
        exit: exitCodes.wrongInput,
      },
    );
  }
  const context = contextIn(readFileSync(home.kubeconfig, 'utf8'));
  if (!context)
    throw new CliError('KITH_BAD_KUBECONFIG', `${home.kubeconfig} names no server, certificate or token`, {
      next: 'kith down && kith up, which writes it anew',
    });
  const transport = tlsTransport(context);
  return { transport, server: context.server, client: httpClient(transport, { userAgent: 'kith-cli' }) };
}
