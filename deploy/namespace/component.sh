# shellcheck shell=bash disable=SC2034
# The namespace. It holds the data's claims, so `down` leaves it.
COMPONENT_KIND=kustomize

component_overlay() {
  cat <<YAML
patches:
  - target: {kind: Namespace}
    patch: |-
      - {op: replace, path: /metadata/name, value: $(value NAMESPACE)}
YAML
}

component_test() {
  step "namespace $(value NAMESPACE) is active" namespace_is_active
}

namespace_is_active() {
  [ "$(kube get namespace "$(value NAMESPACE)" --output 'jsonpath={.status.phase}')" = Active ]
}
