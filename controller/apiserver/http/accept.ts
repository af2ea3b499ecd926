import { ApiError, notAcceptable } from '../../../api/errors.ts';

/** How an answer is to be written. */
export interface Representation {
  format: 'json' | 'yaml';
  as: 'object' | 'Table' | 'PartialObjectMetadata' | 'discovery';
}

/** What is asked for: some forms are for lists alone, one for discovery alone. */
export type Asked = 'object' | 'list' | 'discovery';

const accepted = ['application/json', 'application/yaml'];

/** One entry of an `Accept` header. */
interface Wish {
  type: string;
  parameters: Record<string, string>;
  /** 0 to 1, as the caller weighs it. */
  quality: number;
}

/**
 * The representation of an `Accept` header that kith can give and its caller likes best.
 *
 * @throws ApiError (not acceptable)
 */
export function negotiate(accept: string | undefined, asked: Asked = 'object'): Representation {
  const wishes = (accept || '*/*').split(',').map(wishOf);
  // What weighs the same is taken in the order in which it was asked.
  wishes.sort((a, b) => b.quality - a.quality);
  const known = wishes.filter(({ type }) => formatOf(type));
  if (known.length === 0)
    throw new ApiError(
      406,
      'NotAcceptable',
      `406: Not Acceptable\n\nAvailable representations: ${accepted.join(', ')}`,
      {},
    );
  for (const { type, parameters } of known) {
    const as = shapeOf(parameters, asked);
    if (as) return { format: formatOf(type)!, as };
  }
  throw notAcceptable(accepted);
}

/** How a Status is written: as the answer would have been, and as JSON where that cannot be told. */
export function formatOfRefusal(accept: string | undefined): Representation['format'] {
  const [first] = (accept ?? '').split(',').map(wishOf);
  return formatOf(first?.type ?? '') ?? 'json';
}

function wishOf(text: string): Wish {
  const [type = '', ...rest] = text.split(';').map((each) => each.trim());
  const parameters = Object.fromEntries(
    rest.map((each) => {
      const [name = '', value = ''] = each.split('=');
      return [name, value];
    }),
  );
  const quality = Number(parameters['q'] ?? 1);
  return { type, parameters, quality: Number.isNaN(quality) ? 0 : quality };
}

/** Undefined where there is no such shape for what is asked. @throws ApiError where it is for lists, or not for lists */
function shapeOf(parameters: Record<string, string>, asked: Asked): Representation['as'] | undefined {
  const { as, g: group, v: version } = parameters;
  if (as === undefined) return 'object';
  if (asked === 'discovery')
    return as === 'APIGroupDiscoveryList' && version === 'v2' ? 'discovery' : undefined;
  if (group !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined;
  switch (as) {
    case 'Table':
      return 'Table';
    case 'PartialObjectMetadata':
      if (asked === 'list') throw wrongShape(as, 'a list');
      return 'PartialObjectMetadata';
    case 'PartialObjectMetadataList':
      if (asked === 'object') throw wrongShape(as, 'not a list');
      return 'PartialObjectMetadata';
    default:
      return undefined;
  }
}

function wrongShape(as: string, what: string): ApiError {
  return new ApiError(406, 'NotAcceptable', `you requested ${as}, but the requested object is ${what}`);
}

function formatOf(type: string): 'json' | 'yaml' | undefined {
  if (['*/*', 'application/json'].includes(type)) return 'json';
  return type === 'application/yaml' ? 'yaml' : undefined;
}
