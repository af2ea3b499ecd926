/** A difference between the documents that stays: `*` stands for any letters. */
export interface AcceptedDifference {
  /** `operation GET /api/v1/pods`, `component v1.Pod`, `swagger v1.Pod`, `parameter name`. */
  at: string;
  /** `missing`: kith's documents lack it. `other`: they say something else. */
  is: 'missing' | 'other';
  because: string;
}

const notServed = 'kith does not serve this kind, and says so in discovery too';

export const acceptedDifferences: readonly AcceptedDifference[] = [
  { at: 'operation * /api/v1/componentstatuses*', is: 'missing', because: notServed },
  { at: 'operation * /apis/storage.k8s.io/v1/*csi*', is: 'missing', because: notServed },
  { at: 'operation * /apis/storage.k8s.io/v1/volumeattachments*', is: 'missing', because: notServed },
  { at: 'operation * /apis/networking.k8s.io/v1/ipaddresses*', is: 'missing', because: notServed },
  { at: 'operation * /apis/networking.k8s.io/v1/servicecidrs*', is: 'missing', because: notServed },
  { at: 'component *.v1.Component*', is: 'missing', because: notServed },
  { at: 'component *.storage.v1.CSI*', is: 'missing', because: notServed },
  { at: 'component *.storage.v1.Volume*', is: 'missing', because: notServed },
  { at: 'component *.storage.v1.TokenRequest', is: 'missing', because: notServed },
  { at: 'component *.networking.v1.IPAddress*', is: 'missing', because: notServed },
  { at: 'component *.networking.v1.ParentReference', is: 'missing', because: notServed },
  { at: 'component *.networking.v1.ServiceCIDR*', is: 'missing', because: notServed },
  {
    at: 'operation POST /api/v1/namespaces/{namespace}/bindings',
    is: 'missing',
    because: 'pods are bound by their own `binding`; no scheduler posts to the collection any more',
  },
  {
    at: 'component *.meta.v1.WatchEvent',
    is: 'missing',
    because: 'only the paths under /watch/ speak of it, which are not served',
  },
  {
    at: 'operation * /apis/apiregistration.k8s.io/v1/apiservices*',
    is: 'missing',
    because: 'nobody else serves a part of this API: APIServices tell what is there, and are not written',
  },
  {
    at: 'operation GET /apis/apiregistration.k8s.io/v1/apiservices*',
    is: 'other',
    because: 'they are read in JSON and YAML, and not watched',
  },
  {
    at: 'operation GET */v1/',
    is: 'other',
    because: 'what there is is told in JSON and YAML alone',
  },
  {
    at: 'operation GET */v2/',
    is: 'other',
    because: 'as above',
  },
  {
    at: 'operation DELETE */{name}',
    is: 'other',
    because:
      'the original answers some deletions with the object, and its document says a Status; kith says what it answers',
  },
  {
    at: 'component *.meta.v1.DeleteOptions',
    is: 'other',
    because: 'it names the groups whose objects it deletes: those that are served',
  },
  {
    at: 'swagger *.meta.v1.DeleteOptions',
    is: 'other',
    because: 'as above',
  },
];
