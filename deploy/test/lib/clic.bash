# shellcheck shell=bash
# The pods of clic-master and clic-shell without a cluster: what was rendered runs the real programs of this repository, with the pods' paths in a
# temporary folder and the port a free one; a kubectl on the PATH runs here what is to be executed in clic-shell.

# clic_pods_begin RENDERED: unpacks the ConfigMaps of clic-master.yaml and clic-shell.yaml in that folder.
clic_pods_begin() {
  POD=$BATS_TEST_TMPDIR/pod
  RENDERED=$1
  mkdir -p "$POD"/{bin,data,state,etc,home,tmp}
  chmod 0777 "$POD/state"
  POD_PORT=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
  POD_PATH=$POD/bin:$(dirname "$(command -v node)"):/usr/bin:/bin
  ln -s "$DEPLOY_DIR/../bin/clic" "$DEPLOY_DIR/../bin/clic-master" "$POD/bin/"
  config_file master-info master-info.config | pod_place >"$POD/etc/master-info.config"
  config_file clic-shell-config resident.sh >"$POD/etc/resident.sh"
  config_file clic-shell-config bashrc >"$POD/home/.bashrc"
  mkdir "$POD/kubectl"
  fake_kubectl >"$POD/kubectl/kubectl"
  chmod +x "$POD/kubectl/kubectl"
  PATH=$POD/kubectl:$PATH
}

# Whatever a test has started.
clic_pods_end() {
  local file
  for file in "${POD:-/nonexistent}"/*.pid; do
    [ -f "$file" ] || continue
    # clic-master ends its stages; what is left of the group would end with a pod.
    kill -TERM "$(cat "$file")" 2>/dev/null || true
    wait_until gone "$(cat "$file")" || true
    kill -KILL -- "-$(cat "$file")" 2>/dev/null || true
  done
}

# config_file CONFIGMAP KEY
config_file() { yaml_query "one('ConfigMap', '$1').data['$2']" <"$RENDERED/clic-shell.yaml"; }

# The pods' paths, names and port, as they are here.
pod_place() {
  sed -E -e "s|/var/lib/clic-master|$POD/state|g; s|/etc/clic|$POD/etc|g; s|/home/clic|$POD/home|g" \
    -e "s#(^|[^A-Za-z0-9_])/data\\b#\\1$POD/data#g; s|\\b7777\\b|$POD_PORT|g; s|clic-master-svc|127.0.0.1|g; s|\\b0\\.0\\.0\\.0\\b|127.0.0.1|g; s|^/tmp\$|$POD/tmp|"
}

# master_query EXPRESSION: over `container`, that of the Deployment clic-master, and `settings`, what its environment has; one word a line, placed.
master_query() {
  yaml_query "((container) => ((settings) => ($1).join('\n'))(
    Object.assign({}, ...container.envFrom.map(({ configMapRef }) => one('ConfigMap', configMapRef.name).data),
      ...container.env.map(({ name, value }) => ({ [name]: value })))))(
    one('Deployment', 'clic-master').spec.template.spec.containers[0])" <"$RENDERED/clic-master.yaml" | pod_place
}

# The kubelet's part: the init container on a volume that everybody can write to, the variables, the command line with $(NAME) put in place.
master_start() {
  local -a prepare variables command
  mapfile -t prepare < <(master_query "one('Deployment', 'clic-master').spec.template.spec.initContainers[0].command")
  mapfile -t variables < <(master_query "Object.entries(settings).map(([name, value]) => name + '=' + (value === '/tmp' ? '$POD/tmp' : value))")
  mapfile -t command < <(master_query "[...container.command, ...container.args].map((word) => word.replace(/\\\$\\((\\w+)\\)/g, (_, name) => settings[name]))")
  env -i "PATH=$POD_PATH" "${prepare[@]}"
  (cd "$POD/state" && exec setsid env -i "PATH=$POD_PATH" "${variables[@]}" "${command[@]}") >"$POD/log" 2>&1 3>&- </dev/null &
  MASTER_PID=$!
  echo "$MASTER_PID" >"$POD/master.pid"
  wait_until probe startupProbe || {
    cat "$POD/log"
    return 1
  }
}

# probe NAME: the exec probe of clic-master.
probe() {
  local -a command
  mapfile -t command < <(master_query "container['$1'].exec.command")
  env -i "PATH=$POD_PATH" "${command[@]}" 2>"$POD/probe.err"
}

# in_clic_shell COMMAND…: with the environment that the container of clic-shell has.
in_clic_shell() {
  (cd "$POD/home" && exec env -i "PATH=$POD_PATH" TERM=dumb "CLIC_CONF=$POD/etc/master-info.config" "HOME=$POD/home" "$@")
}

# A process that is not there, or whose parent has yet to ask how it ended.
gone() { ! [ -d "/proc/$1" ] || grep -q '^State:[[:space:]]*[ZX]' "/proc/$1/status" 2>/dev/null; }

# wait_until COMMAND…: at most 30 s.
wait_until() {
  local limit=$((SECONDS + 30))
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$limit" ] || return 1
    sleep 0.05
  done
}

fake_kubectl() {
  printf '#!/usr/bin/env bash\n'
  printf 'POD=%q POD_PORT=%q POD_PATH=%q\n' "$POD" "$POD_PORT" "$POD_PATH"
  declare -f pod_place in_clic_shell
  cat <<'BASH'
set -euo pipefail
printf '%s\n' "$*" >>"$POD/kubectl.log"
while [ $# -gt 0 ]; do
  case $1 in --context | --namespace) shift 2 ;; --request-timeout=*) shift ;; *) break ;; esac
done
case "$*" in
'exec deployment/clic-shell --container clic-shell '*)
  stdin=false
  while [ "$1" != -- ]; do
    [ "$1" != --stdin ] || stdin=true
    shift
  done
  shift
  words=()
  for word in "$@"; do words+=("$(pod_place <<<"$word")"); done
  if [ "$stdin" = true ]; then pod_place | in_clic_shell "${words[@]}"; else in_clic_shell "${words[@]}" </dev/null; fi
  ;;
'config current-context') echo here ;;
'get namespace'*) echo namespace/argo ;;
'get deployment clic-shell'*) echo deployment.apps/clic-shell ;;
version*) ;;
*)
  echo "this kubectl does not know: $*" >&2
  exit 1
  ;;
esac
BASH
}
