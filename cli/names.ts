import { CliError, exitCodes } from './errors.ts';

/** Names in a cluster are DNS labels: they stand in object names, labels and addresses. */
const labelPattern = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** What the flags name that take one. */
const named = { '--name': 'machine', '--cluster': 'cluster', '--for': 'person' } as const;

/**
 * A name that a person gave by `flag` is taken as it is or refused; one that the machine gave (a host name, a user name) is made to
 * fit.
 */
export function memberName(text: string, flag: keyof typeof named | undefined): string {
  if (labelPattern.test(text)) return text;
  if (flag)
    throw new CliError(
      'KITH_BAD_NAME',
      `${flag} "${text}" is no name for a ${named[flag]}: lower-case letters, digits and "-" only, at most 63`,
      {
        next: `${flag} ${fitted(text)}`,
        exit: exitCodes.wrongInput,
      },
    );
  return fitted(text);
}

function fitted(text: string): string {
  const name = text
    .toLowerCase()
    .split('.')[0]!
    .replace(/[^-a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return name || 'home';
}
