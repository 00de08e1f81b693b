# shellcheck shell=bash
# The tools that tests need, and helpers that several suites use. Loading it puts what test/tools.sh installed on the PATH.

CLIC_DEPLOY_TOOLS=${CLIC_DEPLOY_TOOLS:-$HOME/.cache/clic-deploy-tools}
PATH=$CLIC_DEPLOY_TOOLS/bin:$CLIC_DEPLOY_TOOLS/venv/bin:$PATH
export CLIC_DEPLOY_TOOLS PATH

# need TOOL…: skips the test when one is missing, with the reason; fails it when CI is set.
need() {
  local tool
  for tool in "$@"; do
    if command -v "$tool" >/dev/null 2>&1; then continue; fi
    if [ -n "${CI-}" ]; then
      echo "$tool is missing: deploy/test/tools.sh installs it"
      return 1
    fi
    skip "$tool is missing: run deploy/test/tools.sh"
  done
}

# environment_for [LINE…]: an environment file with everything that must be set, for tests that render; prints its path.
environment_for() {
  local file=$BATS_TEST_TMPDIR/clic.env name
  {
    "$DEPLOY_DIR/deploy.sh" example | sed -nE 's/^([A-Z_]+)=$/\1/p' | while IFS= read -r name; do
      case $name in
      *NFS_SERVER) echo "$name=nfs.example" ;;
      *NETWORKS) echo "$name=10.0.0.0/8" ;;
      REGISTRY) echo "$name=registry.example/clic" ;;
      *DIGEST) echo "$name=sha256:$(printf '%064d' 1)" ;;
      *ENDPOINT) echo "$name=control-plane.example:6443" ;;
      *_IMAGE) echo "$name=registry.example/clic/image:1" ;;
      *_TAG) echo "$name=1" ;;
      *) ;;
      esac
    done
    if [ $# -gt 0 ]; then printf '%s\n' "$@"; fi
  } >"$file"
  printf '%s\n' "$file"
}

# render_chart FOLDER [HELM-OPTION…]: a chart's manifests; the release has the chart's name unless RELEASE is set.
render_chart() {
  local folder=$1
  shift
  helm template "${RELEASE:-$(sed -n 's/^name: *//p' "$DEPLOY_DIR/$folder/Chart.yaml")}" "$DEPLOY_DIR/$folder" --namespace argo --kube-version 1.35.0 "$@"
}

# yaml_query JAVASCRIPT: evaluates an expression over `all`, the objects on stdin; `one(kind, name)` finds one. Prints strings as they are, else JSON.
#   render_chart hdfs | yaml_query "one('StatefulSet', 'hdfs-datanode').spec.replicas"
yaml_query() { node "$DEPLOY_DIR/test/lib/yaml-query.mjs" "$@"; }

# processes_with FILE: the command lines, of all processes, that contain the file's text. The text itself is among no words here, and processes
# that end meanwhile are passed over.
processes_with() { grep -lasF -f "$1" /proc/[0-9]*/cmdline || true; }

# free_ports COUNT: that many free ports, one a line.
free_ports() {
  python3 - "$1" <<'PYTHON'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for one in sockets:
    one.bind(("127.0.0.1", 0))
    print(one.getsockname()[1])
PYTHON
}

# until_true SECONDS COMMAND…: tries again until the command succeeds; fails, with what it said last, when the time is over.
until_true() {
  # Names that no command of a test has, since they run in this shell.
  local until_end=$((SECONDS + $1)) until_said=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/until-said
  shift
  until "$@" >"$until_said" 2>&1; do
    [ "$SECONDS" -lt "$until_end" ] || {
      printf 'waited in vain for: %s\n' "$*"
      cat "$until_said"
      return 1
    }
    sleep 0.1
  done
}

# one_stage_plan COMMAND [FIELDS]: a plan of one stage that bash runs, with more lines for its template, which begin with `      `.
one_stage_plan() {
  cat <<YAML
apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  entrypoint: main
  templates:
    - name: main
      dag: {tasks: [{name: one, template: shell-one}]}
    - name: shell-one
      container:
        image: ${STAGE_IMAGE:-any}
        command: [bash, -c]
        args: ['$1']
${2-}
YAML
}
