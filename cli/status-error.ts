import { ApiError } from '../api/errors.ts';
import type { Status } from '../api/types.ts';
import { CliError } from './errors.ts';

/** An answer that is no success, as an error: the server's Status where it sent one. */
export function statusError(text: string, httpStatus: number): Error {
  try {
    const status = JSON.parse(text) as Status;
    if (status.kind === 'Status') return ApiError.from(status);
  } catch {
    // Not JSON: not from the API server.
  }
  return new CliError('KITH_BAD_ANSWER', `the API answered ${httpStatus}: ${text.slice(0, 200)}`, {
    next: 'kith version, kith down && kith up',
  });
}
