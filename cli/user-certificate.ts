import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { textOf } from '../client/body.ts';
import { contextIn, type CertificateContext } from '../client/kubeconfig.ts';
import { secretSigningKey } from '../process/secret.ts';
import { connect } from './connection.ts';
import { secondsOf } from './duration.ts';
import { CliError, exitCodes } from './errors.ts';
import type { Home } from './home.ts';
import { statusError } from './status-error.ts';

const path = '/apis/kith.home.arpa/v1/clientcertificates';
/** Longer, and nobody remembers who has one. */
const expiresDaysMax = 366;

/** A new certificate for a user, as a context of a kubeconfig. The key is made here, and never leaves this file. */
export async function userContext(
  home: Home,
  wish: { user: string; groups: string[]; expires: string },
): Promise<{ context: CertificateContext; expiresAt: Date }> {
  const { user, groups } = wish;
  const expiresInMs = spanOf(wish.expires);
  const key = secretSigningKey();
  const publicKey = createPublicKey(key).export({ format: 'pem', type: 'spki' });
  const answer = await ask(home, 'POST', path, { user, groups, publicKey, expiresInMs });
  const { certificate, expiresAt } = answer as { certificate: string; expiresAt: number };
  const { name, server, ca } = contextIn(readFileSync(home.kubeconfig, 'utf8'))!;
  return {
    context: {
      name: `${user}@${name}`,
      server,
      ca,
      certificate,
      key: String(key.export({ format: 'pem', type: 'pkcs8' })),
    },
    expiresAt: new Date(expiresAt),
  };
}

/** Ends all certificates of a user; says how many there were. */
export async function revokeUser(home: Home, user: string): Promise<number> {
  const answer = await ask(home, 'DELETE', `${path}/${encodeURIComponent(user)}`);
  return (answer as { revoked: number }).revoked;
}

async function ask(home: Home, method: 'POST' | 'DELETE', at: string, body?: object): Promise<unknown> {
  const { transport } = connect(home);
  try {
    const response = await transport.request({
      method,
      path: at,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await textOf(response.body);
    if (response.status >= 300) throw statusError(text, response.status);
    return JSON.parse(text) as unknown;
  } finally {
    transport.close();
  }
}

function spanOf(text: string): number {
  const seconds = secondsOf('--expires', text);
  if (seconds < 60 || seconds > expiresDaysMax * 86_400)
    throw new CliError('KITH_BAD_ARGUMENT', `--expires "${text}" is not between 1m and ${expiresDaysMax}d`, {
      next: '--expires 30d',
      exit: exitCodes.wrongInput,
    });
  return seconds * 1000;
}
