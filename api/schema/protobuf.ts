import data from './protobuf.json' with { type: 'json' };

/**
 * A field of a message: its name in JSON; its type, which is a scalar of protobuf, a value such as `quantity`, or the name of another
 * message; and how it is there: a list, a map by text, beside the fields around it, or with its zero told from nothing.
 */
export type ProtobufField = readonly [name: string, type: string, how?: 'list' | 'map' | 'inline' | 'kept'];

/** The fields of a message by their numbers. */
export type ProtobufMessage = Readonly<Record<string, ProtobufField>>;

const { objects, messages } = data as unknown as {
  objects: Record<string, string>;
  messages: Record<string, ProtobufMessage>;
};

/** The message of what an object says that it is; undefined for what kith does not take. */
export function protobufObject(apiVersion: string, kind: string): string | undefined {
  const key = `${kind === 'DeleteOptions' ? 'v1' : apiVersion} ${kind}`;
  return Object.hasOwn(objects, key) ? objects[key] : undefined;
}

/** The fields of a message by its name; undefined for what is none. */
export function protobufMessage(name: string): ProtobufMessage | undefined {
  return Object.hasOwn(messages, name) ? messages[name] : undefined;
}
