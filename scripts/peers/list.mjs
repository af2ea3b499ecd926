const kubernetesVersion = '1.33.13';
/** Without these flags the programs say that they are v0.0.0, and clients decide features by that. */
const kubernetesFlags = [
  '-s -w',
  `-X k8s.io/component-base/version.gitVersion=v${kubernetesVersion}`,
  '-X k8s.io/component-base/version.gitMajor=1',
  '-X k8s.io/component-base/version.gitMinor=33',
].join(' ');
const kubernetes = {
  version: kubernetesVersion,
  folder: 'kubernetes',
  ldflags: kubernetesFlags,
};

/**
 * What `scripts/peers.mjs` can build: a name, its version (pinned by `go.mod` and `go.sum` in `folder`), its main package, and
 * about how long it takes on two cores, for who waits. To add one, add a line, and a folder if it has other modules.
 */
export const peers = {
  kubectl: { ...kubernetes, main: 'k8s.io/kubernetes/cmd/kubectl', minutes: 3 },
  // The newest that this kube-apiserver is tested with. Debian's 3.4 lacks what watches that begin with the state need.
  etcd: {
    version: '3.5.21',
    folder: 'etcd',
    ldflags: '-s -w',
    main: 'go.etcd.io/etcd/server/v3',
    minutes: 2,
  },
  'kube-apiserver': { ...kubernetes, main: 'k8s.io/kubernetes/cmd/kube-apiserver', minutes: 6 },
};
