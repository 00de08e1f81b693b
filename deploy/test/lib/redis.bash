# A pod's stand-in for the Redis scripts: the rendered configuration and the scripts of the ConfigMap run a real redis-server on a free port,
# with the pod's paths in a temporary folder; a kubectl on the PATH runs what is to be executed in the pod, starts and stops the server on
# `scale`, and answers what the scripts ask about the cluster.

# redis_pod_begin RENDERED: unpacks the ConfigMap from the rendered manifests, makes the password, starts the server.
redis_pod_begin() {
  POD=$BATS_TEST_TMPDIR/pod
  export POD
  mkdir -p "$POD"/{etc,run,secret,clic-master,data,bin}
  POD_PORT=$(free_ports 1)
  export POD_PORT
  # The rendered document again, as files; each path of the pod in its place here.
  kubectl_create_config "$1"
  printf 'a.secret-%s' "$RANDOM$RANDOM" >"$POD/secret/password"
  printf 'another-%s' "$RANDOM$RANDOM" >"$POD/clic-master/password"
  redis_fake_kubectl >"$POD/bin/kubectl"
  chmod +x "$POD/bin/kubectl"
  PATH=$POD/bin:$PATH
  kubectl scale statefulset/redis --replicas 1
  kubectl rollout status statefulset/redis
}

redis_pod_end() { if [ -n "${POD:-}" ] && [ -x "$POD/bin/kubectl" ]; then "$POD/bin/kubectl" scale statefulset/redis --replicas 0; fi; }

# The keys of the ConfigMap redis-config as files.
kubectl_create_config() {
  python3 - "$1" "$POD/etc" <<'PYTHON'
import os, sys, yaml
path, folder = sys.argv[1:]
for document in yaml.safe_load_all(open(path)):
    if document and document["kind"] == "ConfigMap" and document["metadata"]["name"] == "redis-config":
        for name, text in document["data"].items():
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
PYTHON
  local file
  for file in "$POD"/etc/*; do redis_place <"$file" >"$file.new" && mv "$file.new" "$file"; done
}

# The pod's paths, port and host, as they are here.
redis_place() {
  sed -e "s|/etc/redis|$POD/etc|g; s|/run/secrets/redis|$POD/secret|g; s|/run/secrets/clic-master|$POD/clic-master|g; s|/run/redis|$POD/run|g; s|/data\\b|$POD/data|g" \
    -e "s|\\b6379\\b|$POD_PORT|g; s|^bind .*|bind 127.0.0.1|; s|redis-svc|127.0.0.1|g"
}

redis_fake_kubectl() {
  printf '#!/usr/bin/env bash\n'
  printf 'POD=%q POD_PORT=%q\n' "$POD" "$POD_PORT"
  declare -f redis_place
  cat <<'BASH'
set -uo pipefail
printf '%s\n' "$*" >>"$POD/kubectl.log"
# Whether the server runs; one that has ended may still be in the process table, as a zombie.
runs() { [ -f "$POD/pid" ] && [ -d "/proc/$(cat "$POD/pid")" ] && ! grep -q '^State:[[:space:]]*[ZX]' "/proc/$(cat "$POD/pid")/status"; }
while [ $# -gt 0 ]; do
  case $1 in --context | --namespace) shift 2 ;; --request-timeout=*) shift ;; *) break ;; esac
done
case "$*" in
exec*)
  while [ "$1" != -- ]; do shift; done
  shift
  words=()
  for word in "$@"; do words+=("$(redis_place <<<"$word")"); done
  exec "${words[@]}"
  ;;
'scale statefulset/redis --replicas 0')
  runs || exit 0
  kill -TERM "$(cat "$POD/pid")"
  for _ in $(seq 300); do
    runs || exit 0
    sleep 0.1
  done
  exit 1
  ;;
'scale statefulset/redis --replicas 1')
  runs && exit 0
  sh "$POD/etc/auth.sh" || exit 1
  setsid redis-server "$POD/etc/redis.conf" >>"$POD/log" 2>&1 3>&- </dev/null &
  echo $! >"$POD/pid"
  ;;
'rollout status statefulset/redis'*)
  for _ in $(seq 300); do sh "$POD/etc/cli.sh" ready 2>/dev/null && exit 0; sleep 0.1; done
  tail -5 "$POD/log" >&2
  exit 1
  ;;
'config current-context') echo here ;;
'get persistentvolumeclaim data-redis-0'*) echo persistentvolumeclaim/data-redis-0 ;;
apply*) cat >"$POD/applied.yaml" ;;
'get namespace'*) echo namespace/argo ;;
version* | wait* | 'delete pod redis-restore'*) ;;
*)
  echo "this kubectl does not know: $*" >&2
  exit 1
  ;;
esac
BASH
}
