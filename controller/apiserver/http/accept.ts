import { ApiError, notAcceptable } from '../../../api/errors.ts';

export type Format = 'json' | 'yaml' | 'protobuf';

/** How an answer is to be written. */
export interface Representation {
  format: Format;
  as: 'object' | 'Table' | 'PartialObjectMetadata' | 'discovery';
}

/** What is asked for: some forms are for lists alone, one for discovery alone; a custom resource has no message in protobuf. */
export interface Asked {
  of: 'object' | 'list' | 'discovery';
  /** Where there is none but JSON and YAML of the object itself. @default false */
  isCustom?: boolean;
}

export const protobufType = 'application/vnd.kubernetes.protobuf';
const formats: Readonly<Record<string, Format>> = {
  '*/*': 'json',
  'application/json': 'json',
  'application/yaml': 'yaml',
  [protobufType]: 'protobuf',
};
const accepted = ['application/json', 'application/yaml', protobufType];
export const acceptedOfWatches = ['application/json;stream=watch', `${protobufType};stream=watch`];

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
export function negotiate(accept: string | undefined, asked: Asked): Representation {
  const known = wishesOf(accept).filter(({ type }) => formatOf(type));
  if (known.length === 0 && !asked.isCustom)
    throw new ApiError(
      406,
      'NotAcceptable',
      `406: Not Acceptable\n\nAvailable representations: ${[...accepted, ...(asked.of === 'list' ? acceptedOfWatches : [])].join(', ')}`,
      {},
    );
  for (const { type, parameters } of known) {
    const format = formatOf(type)!;
    const as = shapeOf(parameters, asked.of);
    if (as && (format !== 'protobuf' || hasMessage(as, asked))) return { format, as };
  }
  throw notAcceptable(accepted);
}

/** Whether what is asked for has a form in protobuf: tables have none, nor has what kith says of its kinds. */
function hasMessage(as: Representation['as'], { of, isCustom = false }: Asked): boolean {
  return as === 'PartialObjectMetadata' || (as === 'object' && of !== 'discovery' && !isCustom);
}

/** How a Status is written: as a whole object would have been, and as JSON where that cannot be told. */
export function formatOfRefusal(accept: string | undefined): Format {
  const whole = wishesOf(accept).find(
    ({ type, parameters }) => formatOf(type) && parameters['as'] === undefined,
  );
  return formatOf(whole?.type ?? '') ?? 'json';
}

/**
 * Of types that are offered, the one that an `Accept` header likes best; the first where it takes anything. Undefined where it takes
 * none of them. What is offered is known by its name alone, without parameters.
 */
export function preferredType(accept: string | undefined, offered: readonly string[]): string | undefined {
  const wishes = wishesOf(accept);
  for (const { type } of wishes) {
    const found =
      type === '*/*' || type === 'application/*' ? offered[0] : offered.find((each) => each === type);
    if (found) return found;
  }
  return undefined;
}

/** The best first; what weighs the same in the order in which it was asked. */
function wishesOf(accept: string | undefined): Wish[] {
  return (accept || '*/*')
    .split(',')
    .map(wishOf)
    .sort((a, b) => b.quality - a.quality);
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
function shapeOf(parameters: Record<string, string>, asked: Asked['of']): Representation['as'] | undefined {
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

function formatOf(type: string): Format | undefined {
  return Object.hasOwn(formats, type) ? formats[type] : undefined;
}
