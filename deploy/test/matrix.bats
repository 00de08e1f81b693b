# What is rendered, for all components over a matrix of values and Kubernetes versions: valid against the real schemas, and with what every object must have.

VERSIONS=(1.29 1.37)

setup_file() {
  load lib/tools
  DEPLOY_DIR=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
  export DEPLOY_DIR RENDERED=$BATS_FILE_TMPDIR/rendered
  mkdir "$RENDERED"
  if ! command -v helm >/dev/null || ! command -v kustomize >/dev/null; then return; fi
  local folder chart values file version BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
  "$DEPLOY_DIR/deploy.sh" render "$RENDERED/all" --env "$(environment_for)"
  "$DEPLOY_DIR/deploy.sh" render "$RENDERED/jobs" --env "$(environment_for CLIC_MASTER_FLAVOR=jobs)"
  # Each chart by itself: as it comes, with the flags of the guide, and with each set of values in its folder ci/.
  for folder in "$DEPLOY_DIR"/*/Chart.yaml; do
    [ -f "$folder" ] || continue
    chart=$(basename "$(dirname "$folder")")
    for version in "${VERSIONS[@]}"; do
      render_chart "$chart" --kube-version "$version.0" >"$RENDERED/$chart-defaults-$version.yaml"
      mapfile -t values < <(guide_flags "$chart")
      render_chart "$chart" --kube-version "$version.0" "${values[@]}" >"$RENDERED/$chart-guide-$version.yaml"
      for file in "$DEPLOY_DIR/$chart"/ci/*.yaml; do
        [ -f "$file" ] || continue
        render_chart "$chart" --kube-version "$version.0" --values "$file" >"$RENDERED/$chart-$(basename "$file" .yaml)-$version.yaml"
      done
    done
  done
}

# guide_flags CHART: the options of the users' guide, one on a line.
guide_flags() {
  case $1 in
  hdfs) printf '%s\n' --set ingress.httpfs.enabled=true ;;
  spark-v2) printf '%s\n' --set worker.replicaCount=3 --set image.tag=2.4.5 --set master.webPort=8081 ;;
  esac
}

setup() {
  load lib/tools
  need helm kustomize node
}

# The single files that may be applied by hand.
plain_manifests() { grep -lE '^kind:' "$DEPLOY_DIR"/*/*.yaml | grep -vE '/(kustomization|Chart|values)\.yaml$'; }

# documents: the files whose names are on stdin, as one stream.
documents() {
  local file
  while IFS= read -r file; do printf -- '---\n' && cat "$file"; done
}

# objects_without JAVASCRIPT: the names of the rendered objects for which the expression over `object` and `pod` (its pod template's spec, or undefined) is false.
objects_without() {
  find "${OBJECTS:-$RENDERED}" -name '*.yaml' | documents | yaml_query "[...new Set(all
    .map((object) => ({ object, pod: object.kind === 'Pod' ? object.spec : object.spec?.jobTemplate?.spec.template.spec ?? object.spec?.template?.spec }))
    .filter(({ object, pod }) => !($1))
    .map(({ object }) => object.kind + '/' + object.metadata.name))].join(' ')"
}

# none_without JAVASCRIPT
none_without() {
  local found
  found=$(objects_without "$1")
  [ -z "$found" ] || { echo "not so: $found" && false; }
}

# of_version VERSION: the files on stdin without those that need a newer Kubernetes: ValidatingAdmissionPolicy came with 1.30.
of_version() {
  local file
  while IFS= read -r file; do
    if [ "$1" != 1.29 ] || ! grep -q '^kind: ValidatingAdmissionPolicy' "$file"; then printf '%s\n' "$file"; fi
  done
}

@test 'everything rendered is valid, strictly, for the oldest and the newest Kubernetes' {
  need kubernetes-validate
  local version
  for version in "${VERSIONS[@]}"; do
    find "$RENDERED" -name '*.yaml' \( -path '*/all/*' -o -path '*/jobs/*' -o -name "*-$version.yaml" \) -print | of_version "$version" |
      xargs kubernetes-validate --strict -k "$version"
  done
}

@test 'each plain manifest is valid by itself' {
  need kubernetes-validate
  local version
  for version in "${VERSIONS[@]}"; do plain_manifests | of_version "$version" | xargs kubernetes-validate --strict -k "$version"; done
}

@test 'each plain manifest names its namespace, so that kubectl apply -f works on one file' {
  local file
  while IFS= read -r file; do
    [ "$(yaml_query "all.filter((object) => !/^(Namespace|PersistentVolume|PriorityClass|ValidatingAdmissionPolicy.*)$/.test(object.kind))
      .every((object) => object.metadata.namespace === '$(case $file in */stages/*) echo argo-stages ;; *) echo argo ;; esac)')" <"$file")" = true ] ||
      { echo "$file" && false; }
  done < <(plain_manifests)
}

@test 'nothing but stable APIs' {
  none_without "/^(v1|[a-z.0-9]*\/?v[12])$/.test(object.apiVersion.replace(/^.*\//, ''))"
}

@test 'the security lint has no finding but those that are explained in place' {
  need kube-score
  local file scored=0
  # One file at a time: what belongs together is judged together.
  for file in "$RENDERED"/all/*.yaml "$RENDERED"/jobs/*.yaml "$RENDERED"/*.yaml; do
    kube-score score --output-format ci --kubernetes-version v1.35 "$file" >"$BATS_TEST_TMPDIR/score" || true
    scored=$((scored + $(wc -l <"$BATS_TEST_TMPDIR/score")))
    run grep -E '^\[(CRITICAL|WARNING)\]' "$BATS_TEST_TMPDIR/score"
    [ "$status" -eq 1 ] || { echo "$file: $output" && false; }
  done
  [ "$scored" -gt 0 ]
}

@test 'every object has the labels' {
  none_without "['name', 'part-of', 'managed-by'].every((label) => object.metadata.labels?.['app.kubernetes.io/' + label]) && object.metadata.labels['app.kubernetes.io/part-of'] === 'clic'"
}

@test 'every pod template has the labels' {
  none_without "pod === undefined || object.kind === 'Pod' || ['name', 'part-of'].every((label) => (object.spec.jobTemplate?.spec ?? object.spec).template.metadata.labels?.['app.kubernetes.io/' + label])"
}

@test 'whatever is in a namespace is in argo' {
  # The charts by themselves leave it to helm install.
  OBJECTS=$RENDERED/all none_without "['Namespace', 'PersistentVolume', 'ClusterRole', 'ClusterRoleBinding'].includes(object.kind) || object.metadata.namespace === 'argo'"
}

@test 'every container has requests and limits of CPU and memory' {
  none_without "pod === undefined || [...pod.containers, ...(pod.initContainers ?? [])].every(({ resources }) => resources?.requests?.cpu && resources.requests.memory && resources.limits?.memory)"
}

@test 'every container is restricted: no root, no privileges, no capabilities' {
  none_without "pod === undefined || [...pod.containers, ...(pod.initContainers ?? [])].every(({ securityContext }) =>
    (pod.securityContext?.runAsNonRoot ?? securityContext?.runAsNonRoot) === true &&
    (pod.securityContext?.seccompProfile ?? securityContext?.seccompProfile)?.type === 'RuntimeDefault' &&
    securityContext?.allowPrivilegeEscalation === false && securityContext.capabilities?.drop?.includes('ALL'))"
}

@test 'no pod gets a token or the variables of services unless it needs them' {
  none_without "pod === undefined || (pod.enableServiceLinks === false && (pod.automountServiceAccountToken === false || (pod.serviceAccountName ?? 'default') !== 'default'))"
}

@test 'no image is latest or without a version' {
  none_without "pod === undefined || [...pod.containers, ...(pod.initContainers ?? [])].every(({ image }) => /(:[^/]+|@sha256:.+)$/.test(image) && !/:latest$/.test(image))"
}

@test 'no secret is in what is rendered from plain manifests' {
  # The charts make theirs themselves, random ones.
  [ "$(find "$RENDERED/all" -name '*.yaml' -not -name hdfs.yaml -not -name spark.yaml | documents | yaml_query "all.filter((object) => object.kind === 'Secret').length")" = 0 ]
}

@test 'each NetworkPolicy selects pods that there are, and each Service too' {
  local file
  for file in "$RENDERED"/all/*.yaml "$RENDERED"/*.yaml; do
    [ -s "$file" ] || continue
    [ "$(yaml_query "(() => {
      const pods = all.map((object) => object.spec?.template?.metadata?.labels ?? (object.kind === 'Pod' ? object.metadata.labels : undefined)).filter(Boolean);
      const selects = (labels) => pods.some((pod) => Object.entries(labels).every(([key, value]) => pod[key] === value));
      return all.filter((object) => object.kind === 'NetworkPolicy' && object.spec.podSelector.matchLabels && !selects(object.spec.podSelector.matchLabels) ||
        object.kind === 'Service' && object.spec.selector && !selects(object.spec.selector)).map((object) => object.kind + '/' + object.metadata.name).join(' ');
    })()" <"$file")" = '' ] || { echo "$file: one selects nothing" && false; }
  done
}

@test 'the names that users know are there' {
  local name file
  for name in namespace:Namespace/argo nfs:PersistentVolume/pv-nfs nfs:PersistentVolumeClaim/pvc-nfs redis:ConfigMap/redis-config redis:Service/redis-svc \
    hdfs:StatefulSet/hdfs-namenode hdfs:Service/hdfs-httpfs spark:Service/spark-master-svc clic-master:Service/clic-master-svc; do
    file=$RENDERED/all/${name%%:*}.yaml
    if [ ! -f "$file" ] && [ ! -d "$DEPLOY_DIR/${name%%:*}" ]; then continue; fi
    [ "$(yaml_query "all.some((object) => object.kind + '/' + object.metadata.name === '${name#*:}')" <"$file")" = true ] || { echo "$name" && false; }
  done
}
