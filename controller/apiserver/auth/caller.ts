import { unauthorized } from '../../../api/errors.ts';
import type { ApiServerRequest } from '../http/exchange.ts';
import { anonymousUser, type User } from '../users.ts';

/** What everybody may ask, as the role system:public-info-viewer has it; elsewhere one says first who one is. */
const publicPaths = new Set(['/healthz', '/livez', '/readyz', '/version', '/version/']);

/** Who asks. @throws ApiError (unauthorized) */
export function callerOf({ user, headers }: Pick<ApiServerRequest, 'user' | 'headers'>, path: string): User {
  if (user) return user;
  // A wrong token is told so everywhere: its bearer believes to be somebody.
  if (headers['authorization'] !== undefined || !publicPaths.has(path)) throw unauthorized();
  return anonymousUser;
}
