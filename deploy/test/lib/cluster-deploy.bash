# shellcheck shell=bash
# deploy.sh on the real cluster, in the namespaces $NAMESPACE and $NAMESPACE-jobs. Needs lib/tools and lib/cluster, and cluster_begin.

# deploy_begin [LINE…]: values, and folders of the node in place of what the cluster lacks: an NFS server.
deploy_begin() {
  DEPLOY_DIR=$(cd "$CLUSTER_DIR/../.." && pwd)
  STAGES=$NAMESPACE-jobs
  SHARED=$BATS_FILE_TMPDIR/shared
  REAL_KUBECTL=$(command -v kubectl)
  CLIC_ENV=$BATS_FILE_TMPDIR/clic.env
  export DEPLOY_DIR STAGES SHARED REAL_KUBECTL CLIC_ENV
  mkdir -p "$SHARED" "$BATS_FILE_TMPDIR/bin"
  # Pods reach it below /tmp, whoever they are.
  chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$(dirname "$BATS_FILE_TMPDIR")"
  chown 10001:10001 "$SHARED"
  printf '%s\n' "NAMESPACE=$NAMESPACE" "CLIC_STAGE_NAMESPACE=$STAGES" CLIC_MASTER_FLAVOR=jobs REGISTRY=clic-test.example NFS_SERVER=nfs.example \
    "NFS_PATH=$SHARED" CLIC_STAGE_DEFAULT_CPU=20m READY_TIMEOUT=3m "$@" >"$CLIC_ENV"
  deploy_kubectl >"$BATS_FILE_TMPDIR/bin/kubectl"
  chmod +x "$BATS_FILE_TMPDIR/bin/kubectl"
  export PATH=$BATS_FILE_TMPDIR/bin:$PATH
}

# The kubectl of deploy.sh: in what goes through it, an export of the NFS server is a folder of the node.
deploy_kubectl() {
  cat <<'BASH'
#!/usr/bin/env bash
case " $* " in
*' get persistentvolume '*'.spec.nfs.server'*) exec "$REAL_KUBECTL" "${@/'{.spec.nfs.server}:{.spec.nfs.path}'/'{.metadata.annotations.export}'}" ;;
*' apply --filename - '*)
  sed -e '/^  mountOptions:$/d; /^  - \(nfsvers=4.2\|hard\|noatime\)$/d; s/^  nfs:$/  hostPath:/; /^    server: nfs.example$/d' \
    -e "s|^  name: pv-nfs.*|&\n  annotations: {export: 'nfs.example:$SHARED'}|" | "$REAL_KUBECTL" "$@"
  ;;
*) exec "$REAL_KUBECTL" "$@" ;;
esac
BASH
}

# deploy WORDS…
deploy() { "$DEPLOY_DIR/deploy.sh" "$@" </dev/null; }

# deploy_end COMPONENT…: removes them with all that they have. What was not installed is passed over.
deploy_end() { if [ -n "${CLIC_ENV-}" ]; then deploy down "$@" --delete-data --yes >/dev/null 2>&1; fi; }

# s WORDS…: kubectl in the namespace of stages.
s() { kubectl --namespace "$STAGES" "$@"; }
