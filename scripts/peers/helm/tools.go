//go:build tools

package peers

import _ "helm.sh/helm/v3/cmd/helm"
