//go:build tools

package peers

import _ "helm.sh/helm/v4/cmd/helm"
