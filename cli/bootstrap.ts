import { parseAddress } from '../swarm/address.ts';
import { CliError, exitCodes } from './errors.ts';

/** The DHT nodes of `--bootstrap host:port,…`; none where the flag is not given. Throws naming the one that is not of that form. */
export function bootstrapNodes(text: string | undefined): string[] {
  if (text === undefined) return [];
  const nodes = text.split(',').map((node) => node.trim());
  for (const node of nodes)
    try {
      parseAddress(node);
    } catch (error) {
      throw new CliError('KITH_BAD_ARGUMENT', `--bootstrap "${text}": "${node}" is not host:port`, {
        next: '--bootstrap 203.0.113.7:49737,203.0.113.7:49738, as kith hub prints it',
        exit: exitCodes.wrongInput,
        cause: error,
      });
    }
  return nodes;
}
