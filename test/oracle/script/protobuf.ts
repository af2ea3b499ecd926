import { get, post, put, remove, step, type Topic } from './step.ts';

const all = '/api/v1/namespaces/protobuf/configmaps';
const type = 'application/vnd.kubernetes.protobuf';
const magic = Buffer.from('k8s\0');

/** A field of bytes or text, of fewer than 128. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

const message = (...fields: Buffer[]) => Buffer.concat(fields);
/** `runtime.Unknown`: of which type it is, and the object itself. */
const object = (apiVersion: string, kind: string, raw: Buffer) =>
  Buffer.concat([magic, field(1, message(field(1, apiVersion), field(2, kind))), field(2, raw)]);
const configMap = (name: string, data: Record<string, string> = {}) =>
  message(
    field(1, message(field(1, name))),
    ...Object.entries(data).map(([key, value]) => field(2, message(field(1, key), field(2, value)))),
  );
const bytes = (content: Buffer) => ({ bytes: content.toString('base64'), type });

/** Bodies as typed clients write them from kubectl 1.32 on, and what is wrong with some. */
export const protobuf: Topic = {
  name: 'protobuf',
  steps: [
    post('create', all, undefined, bytes(object('v1', 'ConfigMap', configMap('a', { k: 'v' })))),
    put('replace', `${all}/a`, undefined, bytes(object('v1', 'ConfigMap', configMap('a', { k: 'w' })))),
    post('what is not valid', all, undefined, bytes(object('v1', 'ConfigMap', configMap('A')))),
    post('of another kind', all, undefined, bytes(object('v1', 'Secret', configMap('b')))),
    post('of no kind', all, undefined, bytes(object('', '', configMap('b')))),
    post('without its magic', all, undefined, bytes(configMap('b'))),
    post('the magic alone', all, undefined, bytes(magic)),
    post('nothing', all, undefined, bytes(Buffer.alloc(0))),
    post(
      'cut off',
      all,
      undefined,
      bytes(object('v1', 'ConfigMap', configMap('b', { k: 'v' })).subarray(0, -3)),
    ),
    post(
      'a length beyond the end',
      all,
      undefined,
      bytes(object('v1', 'ConfigMap', Buffer.from([0x0a, 0x7f, 0x0a, 0x01, 0x62]))),
    ),
    post('JSON that says it is protobuf', all, undefined, bytes(Buffer.from('{"metadata":{"name":"b"}}'))),
    step('PATCH', 'a patch', `${all}/a`, undefined, bytes(object('v1', 'ConfigMap', configMap('a')))),
    remove('a deletion', `${all}/a`, undefined, bytes(object('v1', 'DeleteOptions', message()))),
    get('a Status', `${all}/none`, { accept: type }),
    get('protobuf or JSON of what is a table', `${all}?limit=1`, {
      accept: `${type};as=Table;v=v9;g=meta.k8s.io,application/json`,
    }),
  ],
};
