#!/usr/bin/env bash
# Puts a backup in place of what Redis holds. What it held goes to /data/replaced-<time> on its volume.
set -euo pipefail
DEPLOY_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=deploy/lib/script.sh
. "$DEPLOY_DIR/lib/script.sh"

usage() {
  cat <<'TEXT'
restore.sh FILE [--env FILE] [--yes] [--dry-run]

Stops Redis, puts the backup FILE in place of its data (the old data stays on the volume, in /data/replaced-<time>) and starts it again.
Stop clic-master first, so that it does not go on with what it remembers: kubectl scale deployment/clic-master --replicas 0.
Exit status: 0 done; 1 failed, Redis was started again with what is on its volume; 2 usage, values, or not confirmed.
TEXT
}

HELPER=redis-restore

# A pod that holds the volume while Redis is stopped: the same image, user and scripts, and nothing that runs.
helper_pod() {
  cat <<YAML
apiVersion: v1
kind: Pod
metadata:
  name: $HELPER
  namespace: $(value NAMESPACE)
  labels: {app.kubernetes.io/name: redis-restore, app.kubernetes.io/part-of: clic, app.kubernetes.io/managed-by: clic-deploy}
spec:
  restartPolicy: Never
  activeDeadlineSeconds: 3600
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext:
    runAsNonRoot: true
    runAsUser: 10999
    runAsGroup: 10999
    fsGroup: 10999
    seccompProfile: {type: RuntimeDefault}
  containers:
    - name: restore
      image: $(value REDIS_IMAGE)
      command: [sleep, "3600"]
      securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
      resources:
        requests: {cpu: 100m, memory: 64Mi}
        limits: {cpu: "1", memory: 256Mi}
      volumeMounts:
        - {name: config, mountPath: /etc/redis, readOnly: true}
        - {name: data, mountPath: /data}
  volumes:
    - {name: config, configMap: {name: redis-config}}
    - {name: data, persistentVolumeClaim: {claimName: data-redis-0}}
YAML
  if [ -n "$(value IMAGE_PULL_SECRET)" ]; then printf '  imagePullSecrets: [{name: %s}]\n' "$(value IMAGE_PULL_SECRET)"; fi
}

# Whatever happened: the helper goes, Redis comes back.
start_again() {
  local status=$?
  trap - EXIT
  kube_wait delete pod "$HELPER" --ignore-not-found --timeout "$(value READY_TIMEOUT)" >&2 ||
    warn "pod/$HELPER could not be removed, and Redis can't start beside it: kubectl -n $(value NAMESPACE) delete pod $HELPER"
  kube scale statefulset/redis --replicas 1 >&2 ||
    warn "Redis could not be started again: kubectl -n $(value NAMESPACE) scale statefulset/redis --replicas 1"
  exit "$status"
}

main() {
  local file manifest
  script_begin "$@"
  [ "${#WORDS[@]}" -eq 1 ] || refuse 'restore.sh takes one file: see restore.sh --help'
  file=${WORDS[0]}
  [ -r "$file" ] || refuse "$file can't be read"
  [ "$(head -c 5 "$file" | tr -d '\0')" = REDIS ] || refuse "$file is not a Redis backup: it does not begin with REDIS"
  cluster_preflight
  exists persistentvolumeclaim data-redis-0 || refuse 'there is no volume claim data-redis-0: install Redis first (deploy.sh up redis)'
  confirm "Redis in namespace $(value NAMESPACE) stops, and $file takes the place of its data"
  if [ "$DRY_RUN" = true ]; then
    info "would stop redis-0, put $file in place of its data, and start it again"
    return
  fi
  manifest=$(helper_pod)
  trap start_again EXIT
  kube scale statefulset/redis --replicas 0 >&2
  kube_wait wait --for=delete pod/redis-0 --timeout "$(value READY_TIMEOUT)" >&2
  kube apply --filename - <<<"$manifest" >&2
  kube_wait wait --for=condition=Ready "pod/$HELPER" --timeout "$(value READY_TIMEOUT)" >&2
  in_pod "$HELPER" --stdin -- sh /etc/redis/restore.sh <"$file"
  trap - EXIT
  kube_wait delete pod "$HELPER" --timeout "$(value READY_TIMEOUT)" >&2
  kube scale statefulset/redis --replicas 1 >&2
  kube_wait rollout status statefulset/redis --timeout "$(value READY_TIMEOUT)" >&2
  info "Redis runs with $file; its former data is on the volume in /data/replaced-<time>: remove it when it is no longer wanted"
}

main "$@"
