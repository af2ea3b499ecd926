import { readFileSync } from 'node:fs';
import type { Kind } from '../api/kinds.ts';
import type { Client } from '../client/client.ts';
import { httpClient } from '../client/http-client.ts';
import { contextIn } from '../client/kubeconfig.ts';
import { isThere } from '../process/folder.ts';
import { tlsTransport, type TlsTransport } from '../client/tls-transport.ts';
import { CliError, exitCodes } from './errors.ts';
import type { Home } from './home.ts';

/** The API as the operator's terminal reaches it: the TLS listener on loopback, with the token of the home's kubeconfig. */
export interface Connection {
  client: Client;
  transport: TlsTransport;
  server: string;
  /** Custom kinds that the client is to know; whoever needs one adds it (`cli/custom-kinds.ts`). */
  customKinds: Kind[];
}

/** Connects with what `kith up` wrote into this home. Sends nothing yet. */
export function connect(home: Home): Connection {
  if (!isThere(home.kubeconfig)) {
    const record = home.cluster();
    throw new CliError(
      'KITH_NO_API',
      record && record.role !== 'founder'
        ? `this machine joined "${record.name}", and nobody has asked yet for a way into it from here`
        : `there is no cluster of this machine's own in ${home.path} yet`,
      {
        next:
          record && record.role !== 'founder' ? 'kith kubeconfig --write, while kith join runs' : 'kith up',
        exit: exitCodes.wrongInput,
      },
    );
  }
  const context = contextOf(home.kubeconfig);
  const plain = tlsTransport(context);
  const transport: TlsTransport = {
    ...plain,
    request: async (request) => {
      try {
        return await plain.request(request);
      } catch (error) {
        if (request.signal?.aborted) throw error;
        throw awayError(context.server, error as NodeJS.ErrnoException);
      }
    },
  };
  const customKinds: Kind[] = [];
  const client = httpClient(transport, { userAgent: 'kith-cli', customKinds });
  return { transport, server: context.server, client, customKinds };
}

function contextOf(file: string) {
  const refuse = (why: string, cause?: unknown) =>
    new CliError('KITH_BAD_KUBECONFIG', `${file} ${why}`, {
      next: 'kith down && kith up, which writes it anew',
      cause,
    });
  let context;
  try {
    context = contextIn(readFileSync(file, 'utf8'));
  } catch (error) {
    throw refuse(`cannot be read: ${(error as Error).message}`, error);
  }
  if (!context) throw refuse('names no server, certificate or token');
  return context;
}

/** Why there was no answer, in words: nobody listens, somebody else does, or the controller is stuck. */
function awayError(server: string, error: NodeJS.ErrnoException): CliError {
  const { code = '', message } = error;
  if (code === 'ECONNREFUSED')
    return new CliError('KITH_API_AWAY', `nothing listens at ${server}: the controller does not run`, {
      next: 'kith up',
      cause: error,
    });
  if (/CERT|SSL|TLS|SELF_SIGNED|EPROTO|HPE_/.test(code))
    return new CliError(
      'KITH_API_FOREIGN',
      `what answers at ${server} is not this cluster's API: ${message}`,
      {
        next: 'kith down && kith up',
        cause: error,
      },
    );
  return new CliError('KITH_API_AWAY', `${server} does not answer: ${message}`, {
    next: 'the same command again; if it stays so, kith down && kith up',
    cause: error,
  });
}
