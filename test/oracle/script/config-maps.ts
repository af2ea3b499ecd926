import { get, partial, partialList, patch, post, put, remove, table, tables, type Topic } from './step.ts';

const name = 'config-maps';
const all = `/api/v1/namespaces/${name}/configmaps`;
const configMap = (its: string, data?: object, more?: object) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: its },
  ...(data && { data }),
  ...more,
});

/** The simplest kind: what holds for every kind is asked of it first. */
export const configMaps: Topic = {
  name,
  steps: [
    post('create', all, configMap('a', { colour: 'blue' })),
    post('create what is there', all, configMap('a')),
    get('get', `${all}/a`),
    get('get what is not there', `${all}/none`),
    get('list', all),
    ...tables(all, 'a'),
    get('table with objects', `${all}?includeObject=Object`, { accept: table }),
    get('table without objects', `${all}?includeObject=None`, { accept: table }),
    get('table with a wrong includeObject', `${all}?includeObject=Some`, { accept: table }),
    get('metadata of one', `${all}/a`, { accept: partial }),
    get('metadata of the list', all, { accept: partialList }),
    put('replace', `${all}/a`, configMap('a', { colour: 'green', size: '7' })),
    put('replace with the same', `${all}/a`, configMap('a', { colour: 'green', size: '7' })),
    put('replace under another name', `${all}/a`, configMap('b')),
    put('replace what is not there', `${all}/none`, configMap('none', { a: 'b' })),
    patch('merge patch', `${all}/a`, 'merge', { data: { colour: null, weight: '3' } }),
    patch('JSON patch', `${all}/a`, 'json', [{ op: 'replace', path: '/data/weight', value: '4' }]),
    patch('strategic patch', `${all}/a`, 'strategic', { metadata: { labels: { app: 'x' } } }),
    post('binary data', all, configMap('binary', { text: 't' }, { binaryData: { blob: 'AAEC' } })),
    post('a key that stands in both', all, configMap('both', { k: 't' }, { binaryData: { k: 'AAEC' } })),
    post('a key that is no key', all, configMap('keys', { 'a b': '1' })),
    post('a key that climbs out', all, configMap('keys', { '..': '2' })),
    post('an empty key', all, configMap('keys', { '': '3' })),
    post('binary data that is no base64', all, configMap('noise', undefined, { binaryData: { k: '!' } })),
    post('immutable', all, configMap('fixed', { k: 'v' }, { immutable: true })),
    patch('change what is immutable', `${all}/fixed`, 'merge', { data: { k: 'w' } }),
    patch('make it mutable', `${all}/fixed`, 'merge', { immutable: false }),
    patch('label what is immutable', `${all}/fixed`, 'merge', { metadata: { labels: { a: 'b' } } }),
    remove('delete', `${all}/a`),
    remove('delete again', `${all}/a`),
    remove('delete all', all),
    get('list what is empty', all),
  ],
};
