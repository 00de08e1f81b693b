# shellcheck shell=bash disable=SC2034
# Redis: a StatefulSet with its passwords in Secrets. See README.md.
COMPONENT_KIND=kustomize
COMPONENT_DATA=app.kubernetes.io/part-of=clic,app.kubernetes.io/name=redis

component_check() {
  local data limit
  data=$(bytes_of "$(value REDIS_MAXMEMORY)")
  limit=$(bytes_of "$(value REDIS_MEMORY_LIMIT)")
  [ $((limit * 2)) -ge $((data * 3)) ] ||
    refuse "REDIS_MEMORY_LIMIT ($(value REDIS_MEMORY_LIMIT)) must be at least one and a half times REDIS_MAXMEMORY ($(value REDIS_MAXMEMORY)): a snapshot needs the room"
}

# bytes_of TEXT: a size as Redis (512mb) or Kubernetes (1Gi, 500M) writes it, in bytes. Whole numbers only.
bytes_of() {
  local number=${1%%[!0-9]*}
  case ${1#"$number"} in
  '') echo "$number" ;;
  kb | Ki) echo $((number * 1024)) ;;
  mb | Mi) echo $((number * 1024 ** 2)) ;;
  gb | Gi) echo $((number * 1024 ** 3)) ;;
  Ti) echo $((number * 1024 ** 4)) ;;
  k) echo $((number * 1000)) ;;
  M) echo $((number * 1000 ** 2)) ;;
  G) echo $((number * 1000 ** 3)) ;;
  T) echo $((number * 1000 ** 4)) ;;
  *) refuse "the size $1 is not a whole number of bytes: write it like 1Gi" ;;
  esac
}

component_overlay() {
  local image config
  image=$(value REDIS_IMAGE)
  # A change of the configuration restarts the pod, since Redis reads it once.
  config=$({ cat "$COMPONENT_DIR/redis-config.yaml" && value REDIS_MAXMEMORY; } | sha256sum)
  cat <<YAML
patches:
  - target: {kind: ConfigMap, name: redis-config}
    patch: |-
      - {op: replace, path: /data/memory.conf, value: "maxmemory $(value REDIS_MAXMEMORY)\n"}
  - target: {kind: StatefulSet, name: redis}
    patch: |-
      - {op: add, path: /spec/template/metadata/annotations, value: {clic.io/config: ${config:0:32}}}
      - {op: replace, path: /spec/template/spec/initContainers/0/image, value: "$image"}
      - {op: replace, path: /spec/template/spec/containers/0/image, value: "$image"}
      - {op: replace, path: /spec/template/spec/containers/0/resources/requests/memory, value: $(value REDIS_MEMORY_LIMIT)}
      - {op: replace, path: /spec/template/spec/containers/0/resources/limits/memory, value: $(value REDIS_MEMORY_LIMIT)}
      - {op: replace, path: /spec/template/spec/volumes/1/secret/secretName, value: $(value REDIS_SECRET)}
      - {op: replace, path: /spec/template/spec/volumes/3/secret/secretName, value: $(value REDIS_CLIC_MASTER_SECRET)}
      - {op: replace, path: /spec/volumeClaimTemplates/0/spec/resources/requests/storage, value: $(value REDIS_STORAGE_SIZE)}
YAML
  if [ -n "$(value REDIS_STORAGE_CLASS)" ]; then
    printf '      - {op: add, path: /spec/volumeClaimTemplates/0/spec/storageClassName, value: %s}\n' "$(value REDIS_STORAGE_CLASS)"
  fi
  if [ -n "$(value IMAGE_PULL_SECRET)" ]; then
    printf '      - {op: add, path: /spec/template/spec/imagePullSecrets, value: [{name: %s}]}\n' "$(value IMAGE_PULL_SECRET)"
  fi
}

# The second is that of the user clic-master.
component_secret() { printf '%s password\n' "$(value REDIS_SECRET)" "$(value REDIS_CLIC_MASTER_SECRET)"; }

component_ready() { rolled_out statefulset/redis; }

# redis_cli WORDS…: redis-cli in the pod, against the Service as clic-master uses it.
redis_cli() { in_pod redis-0 --container redis -- sh /etc/redis/cli.sh -h redis-svc -p 6379 "$@"; }

component_test() {
  step 'PING through redis-svc answers PONG' answers PONG redis_cli ping
  step 'SET and GET give back what was written' set_and_get
  step 'a client without the password is refused' refused_without_password
  step 'no key is ever evicted' answers $'maxmemory-policy\nnoeviction' redis_cli config get maxmemory-policy
  step 'every write goes to the append-only file' answers $'appendonly\nyes' redis_cli config get appendonly
  step 'a write is on the disk before it is acknowledged' answers $'appendfsync\nalways' redis_cli config get appendfsync
}

# answers TEXT COMMAND…: the command prints exactly that.
answers() {
  local wanted=$1 said
  shift
  said=$("$@")
  [ "$said" = "$wanted" ] || {
    printf 'wanted %s, got %s\n' "$wanted" "$said"
    return 1
  }
}

set_and_get() {
  local key text
  key=clic-deploy-test:$(random_secret)
  text=$(random_secret)
  answers OK redis_cli set "$key" "$text" EX 60
  answers "$text" redis_cli get "$key"
  answers 1 redis_cli del "$key"
}

refused_without_password() {
  local said
  said=$(in_pod redis-0 --container redis -- redis-cli -h redis-svc -p 6379 ping 2>&1) || true
  [[ $said == *NOAUTH* ]] || {
    printf 'wanted NOAUTH, got %s\n' "$said"
    return 1
  }
}
