import { notAcceptable } from '../../../api/errors.ts';

/** How an answer is to be written. */
export interface Representation {
  format: 'json' | 'yaml';
  as: 'object' | 'Table' | 'PartialObjectMetadata' | 'discovery';
}

const accepted = ['application/json', 'application/yaml'];

/** The first representation of an `Accept` header that kith can give. @throws ApiError (not acceptable) */
export function negotiate(accept: string | undefined): Representation {
  const wishes = (accept ?? '').split(',').map((each) => each.trim());
  for (const wish of wishes) {
    const [type = '', ...parameters] = wish.split(';').map((each) => each.trim());
    const as = parameters.find((each) => each.startsWith('as='))?.slice(3);
    const format = formatOf(type);
    if (!format) continue;
    switch (as) {
      case undefined:
        return { format, as: 'object' };
      case 'Table':
        return { format, as: 'Table' };
      case 'PartialObjectMetadata':
      case 'PartialObjectMetadataList':
        return { format, as: 'PartialObjectMetadata' };
      case 'APIGroupDiscoveryList':
        if (parameters.includes('v=v2')) return { format: 'json', as: 'discovery' };
        continue;
      default:
        continue;
    }
  }
  throw notAcceptable(accepted);
}

function formatOf(type: string): 'json' | 'yaml' | undefined {
  if (['', '*/*', 'application/*', 'application/json'].includes(type)) return 'json';
  return type === 'application/yaml' ? 'yaml' : undefined;
}
