# shellcheck shell=bash
# What the scripts of this folder load. Sets DEPLOY_DIR.
DEPLOY_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
for part in lib/log lib/options lib/confirm lib/values lib/host kubernetes/lib/ensure kubernetes/lib/node kubernetes/lib/packages kubernetes/lib/containerd kubernetes/lib/kubeadm; do
  # shellcheck source=/dev/null
  . "$DEPLOY_DIR/$part.sh"
done
