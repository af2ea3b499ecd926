/** Kubernetes' programs of one version. Without these flags they say that they are v0.0.0, and clients decide features by that. */
const kubernetes = (version, folder) => ({
  version,
  folder,
  ldflags: [
    '-s -w',
    `-X k8s.io/component-base/version.gitVersion=v${version}`,
    ...['Major', 'Minor'].map(
      (part, at) => `-X k8s.io/component-base/version.git${part}=${version.split('.')[at]}`,
    ),
  ].join(' '),
});
const kubectl = (version, folder) => ({
  ...kubernetes(version, folder),
  main: 'k8s.io/kubernetes/cmd/kubectl',
  minutes: 3,
});
const newest = '1.33.13';

const helmVersion = '3.22.0';
/** As helm's own Makefile sets them: its version, and the Kubernetes it was built for (of its modules), which its checks ask for. */
const helmFlags = [
  '-s -w',
  `-X helm.sh/helm/v3/internal/version.version=v${helmVersion}`,
  ...['pkg/lint/rules', 'pkg/chartutil'].flatMap((checks) => [
    `-X helm.sh/helm/v3/${checks}.k8sVersionMajor=1`,
    `-X helm.sh/helm/v3/${checks}.k8sVersionMinor=37`,
  ]),
].join(' ');
const helm4Version = '4.3.1';

/**
 * What `scripts/peers.mjs` can build: a name, its version (pinned by `go.mod` and `go.sum` in `folder`), its main package, and
 * about how long it takes on two cores, for who waits. To add one, add a line, and a folder if it has other modules.
 */
export const peers = {
  kubectl: kubectl(newest, 'kubernetes'),
  'kubectl-1.32': kubectl('1.32.13', 'kubectl-1.32'),
  'kubectl-1.31': kubectl('1.31.14', 'kubectl-1.31'),
  'kubectl-1.30': kubectl('1.30.14', 'kubectl-1.30'),
  // The newest that this kube-apiserver is tested with. Debian's 3.4 lacks what watches that begin with the state need.
  etcd: {
    version: '3.5.21',
    folder: 'etcd',
    ldflags: '-s -w',
    main: 'go.etcd.io/etcd/server/v3',
    minutes: 2,
  },
  // What the benches ask servers with: our own source, built each time, which costs nothing where it is as it was.
  load: {
    version: 'source',
    folder: '../../bench/load',
    ldflags: '-s -w',
    main: '.',
    minutes: 1,
    isOwn: true,
  },
  'kube-apiserver': {
    ...kubernetes(newest, 'kubernetes'),
    main: 'k8s.io/kubernetes/cmd/kube-apiserver',
    minutes: 6,
  },
  helm: {
    version: helmVersion,
    folder: 'helm',
    ldflags: helmFlags,
    main: 'helm.sh/helm/v3/cmd/helm',
    minutes: 2,
  },
  // Applies on the server and waits otherwise than 3 does, and 3 has its users still.
  helm4: {
    version: helm4Version,
    folder: 'helm4',
    ldflags: `-s -w -X helm.sh/helm/v4/internal/version.version=v${helm4Version}`,
    main: 'helm.sh/helm/v4/cmd/helm',
    minutes: 2,
  },
};
