# The images are built and pushed by release.sh with a real Docker engine and a real registry, and run as the manifests run them. No registry can be
# reached for base images, so these are made from Debian's packages and this machine's Node and Java. An engine needs root; where none can be started,
# all is skipped, with the reason.

load ../lib/tools
load ../lib/docker

# Builds together take less than this many seconds, the download of Debian and of npm's packages included.
BUILD_SECONDS=600
# What the manifests allow a container, but without the limits.
LOCKED=(--read-only --cap-drop ALL --security-opt no-new-privileges --tmpfs /tmp)

setup_file() {
  PATH=$PATH:/usr/sbin:/sbin
  export PATH NOT_HERE='' WORK=$BATS_FILE_TMPDIR REPOSITORY=$BATS_FILE_TMPDIR/repository
  export DOCKER_CONFIG=$WORK/docker-config CLIC_ENV=$WORK/clic.env
  if [ "$(id -u)" -ne 0 ]; then
    NOT_HERE='a Docker engine can be started by root only'
  else
    needed || return 1
  fi
  [ -z "$NOT_HERE" ] || return 0
  mkdir -p "$DOCKER_CONFIG" "$WORK/data"
  if ! engine_start "$WORK/engine"; then
    NOT_HERE="dockerd does not start here: $(grep -v level=info "$WORK/engine/log" | tail -n 1)"
    return 0
  fi
  make_bases
  local port
  port=$(free_ports 1)
  registry_start "$WORK/registry" "$port"
  export REGISTRY=127.0.0.1:$port/clic
  printf '%s\n' "REGISTRY=$REGISTRY" IMAGES_NODE_IMAGE=clic-test/node:1 IMAGES_BASE_IMAGE=clic-test/base:1 IMAGES_JRE_IMAGE=clic-test/java:1 \
    "IMAGES_NPM_REGISTRY=$(npm config get registry 2>/dev/null)" >"$CLIC_ENV"
  release_repository "$REPOSITORY"
  export RELEASE=$REPOSITORY/deploy/images/release.sh
  timeout "$BUILD_SECONDS" "$RELEASE" --push --write >"$WORK/lines" 2>"$WORK/release.log" </dev/null || {
    tail -n 30 "$WORK/release.log"
    return 1
  }
  chown 10001:10001 "$WORK/data"
  docker network create clic-test >/dev/null
}

# Sets NOT_HERE when a tool is missing; in CI, that is a failure.
needed() {
  local tool
  for tool in docker dockerd iptables debootstrap docker-registry node npm git curl python3 javac jlink unzip; do
    if command -v "$tool" >/dev/null 2>&1; then continue; fi
    NOT_HERE="$tool is missing: run deploy/test/tools.sh"
    [ -z "${CI-}" ] || {
      echo "$NOT_HERE"
      return 1
    }
  done
}

make_bases() {
  debian_base "$CLIC_DEPLOY_TOOLS/debian-bookworm.tar"
  docker import "$CLIC_DEPLOY_TOOLS/debian-bookworm.tar" clic-test/base:1 >/dev/null
  node_image clic-test/node:1 "$WORK/node" >/dev/null
  java_image clic-test/java:1 "$WORK/java" >/dev/null
}

setup() {
  [ -z "$NOT_HERE" ] || skip "$NOT_HERE"
  MASTER_IMAGE=$(sed -n 's/^CLIC_MASTER_IMAGE=//p' "$WORK/lines")
  SHELL_IMAGE=$(sed -n 's/^CLIC_SHELL_IMAGE=//p' "$WORK/lines")
}

teardown() { if [ -z "$NOT_HERE" ]; then docker rm --force --volumes clic-test-master clic-test-jar >/dev/null 2>&1 || true; fi; }

# An engine that was there before keeps nothing of ours.
teardown_file() {
  if [ -n "$NOT_HERE" ]; then return; fi
  docker network rm clic-test >/dev/null 2>&1 || true
  docker volume rm clic-test-state >/dev/null 2>&1 || true
  if ! [ -f "$WORK/engine/pid" ]; then
    docker images --format '{{.Repository}}:{{.Tag}}' | grep -E "^(clic-test/|${REGISTRY:-none}/)" | xargs --no-run-if-empty docker rmi >/dev/null || true
  fi
  registry_stop "$WORK/registry"
  engine_stop "$WORK/engine"
}

# start_master [WORDS…]: the container of clic-master on the network, with its state in a volume; waits until it answers.
start_master() {
  docker run --detach --name clic-test-master --network clic-test "${LOCKED[@]}" --volume clic-test-state:/var/lib/clic-master --volume "$WORK/data:/data" \
    "$MASTER_IMAGE" "$@" >/dev/null
  docker_within in_shell clic -list_task || {
    docker logs clic-test-master
    return 1
  }
}

# in_shell COMMAND…: in a container of clic beside it.
in_shell() {
  docker run --rm --network clic-test "${LOCKED[@]}" --volume "$WORK/data:/data" --env CLIC_MASTER_HOST=clic-test-master "$SHELL_IMAGE" "$@"
}

# inspect IMAGE FORMAT
inspect() { docker image inspect --format "$2" "$1"; }

@test 'release.sh has pushed both images: the registry has them by the digests that it printed and wrote' {
  local line
  [ "$(wc -l <"$WORK/lines")" -eq 2 ]
  while IFS= read -r line; do
    grep -qxF "$line" "$CLIC_ENV"
    # Only the registry can tell now.
    docker rmi --force "${line#*=}" >/dev/null
    docker pull --quiet "${line#*=}"
  done <"$WORK/lines"
}

@test 'a second release pushes nothing, prints the same digests and leaves the environment file' {
  local before
  before=$(stat -c '%i %Y' "$CLIC_ENV")
  run timeout "$BUILD_SECONDS" "$RELEASE" --push --write </dev/null
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *'clic-master:'*'is in the registry already'*'clic:'*'is in the registry already'* ]]
  [ "$(grep '^CLIC_' <<<"$output")" = "$(cat "$WORK/lines")" ]
  [ "$(stat -c '%i %Y' "$CLIC_ENV")" = "$before" ]
}

@test 'the images tell version and revision, and run as 10001' {
  local image
  for image in "$MASTER_IMAGE" "$SHELL_IMAGE"; do
    [ "$(inspect "$image" '{{index .Config.Labels "org.opencontainers.image.version"}}')" = "$(node -p 'require(process.argv[1]).version' "$REPOSITORY/package.json")" ]
    [ "$(inspect "$image" '{{index .Config.Labels "org.opencontainers.image.revision"}}')" = "$(git -C "$REPOSITORY" rev-parse HEAD)" ]
    [ "$(inspect "$image" '{{.Config.User}}')" = 10001:10001 ]
    [ "$(docker run --rm --network none --entrypoint id "$image")" = 'uid=10001(clic) gid=10001(clic) groups=10001(clic)' ]
  done
}

@test 'the images are small: the base, Node and a few MB' {
  local image base node size
  base=$(inspect clic-test/base:1 '{{.Size}}')
  node=$(stat -L -c %s "$WORK/node/usr/local/bin/node")
  for image in "$MASTER_IMAGE" "$SHELL_IMAGE"; do
    size=$(inspect "$image" '{{.Size}}')
    echo "# ${image%@*}: $((size / 1000000)) MB, of which Debian $((base / 1000000)), Node $((node / 1000000))" >&3
    [ "$((size - base - node))" -lt 15000000 ]
  done
}

@test 'there is no npm, no cache and no package in them that only the build needs, and nothing that 10001 could change' {
  # shellcheck disable=SC2016  # for the shell in the container
  run docker run --rm --network none --user 0 --entrypoint sh "$SHELL_IMAGE" -c '
    for name in npm npx yarn corepack; do command -v $name; done
    ls -d /root/.npm /home/clic/.npm /src /image 2>/dev/null
    ls /opt/clic/node_modules | grep -xE "typescript|esbuild|thrift|vitest|eslint|@.*"
    find /opt/clic /usr/local/bin \( ! -user 0 -o -perm /022 \) ! -type l
    echo end'
  echo "$output"
  [ "$output" = end ]
}

@test 'what is in them is what the package has, and the library that it needs is that of the lockfile' {
  run docker run --rm --network none --entrypoint node "$MASTER_IMAGE" -p 'require("/opt/clic/node_modules/classic-level/package.json").version'
  [ "$output" = "$(node -p 'require(process.argv[1]).packages["node_modules/classic-level"].version' "$REPOSITORY/package-lock.json")" ]
  run docker run --rm --network none --entrypoint ls "$MASTER_IMAGE" /opt/clic
  [ "$(paste -sd ' ' <<<"$output")" = 'README.md README.zh-CN.md bin conf dist idl node_modules package.json' ]
}

@test 'clic in one container submits a plan to clic-master in another, and reads its result; the task outlives the container' {
  local task stage
  start_master
  run in_shell clic -list_task
  [ "$status" -eq 0 ]
  sed -e 's|TEST_FOLDER|/data|g; s|TEST_IMAGE|image|g' "$BATS_TEST_DIRNAME/../../clic-shell/config/plan.yaml" >"$WORK/data/plan.yaml"
  task=$(in_shell clic -submit images-test /data/plan.yaml --wait --timeout 60s --output name)
  stage=$(in_shell clic stages "$task" --output name | tail -n 1)
  [ "$(in_shell clic -stage_result "$stage" 10)" = 5050 ]
  docker stop --time 20 clic-test-master >/dev/null
  docker rm clic-test-master >/dev/null
  start_master
  [ "$(in_shell clic list --output name)" = "$task" ]
}

@test 'clic-master takes the words of the manifest, and ends with status 0 in time when it is told to' {
  start_master --host=0.0.0.0 --port=7777 --allow-remote --state-dir=/var/lib/clic-master --max-running=1
  [ "$(docker exec clic-test-master sh -c 'tr "\0" " " </proc/1/cmdline')" = 'node /usr/local/bin/clic-master --host=0.0.0.0 --port=7777 --allow-remote --state-dir=/var/lib/clic-master --max-running=1 ' ]
  docker stop --time 30 clic-test-master >/dev/null
  # 137 would be a kill after the grace.
  [ "$(docker inspect --format '{{.State.ExitCode}}' clic-test-master)" = 0 ]
}

@test 'bash completes the commands of clic in its container' {
  # shellcheck disable=SC2016  # for the shell in the container
  run docker run --rm --network none "${LOCKED[@]}" "$SHELL_IMAGE" bash -ic 'COMP_WORDS=(clic sub) COMP_CWORD=1; _clic_completions clic sub clic; printf "%s\n" "${COMPREPLY[@]}"; complete -p clic'
  echo "$output"
  [[ $output == *submit* ]]
  [[ $output == *'complete '*' clic'* ]]
}

@test 'a jar runs as process 1, with files of /app/conf before its own, options from the environment, and ends when it is told to' {
  local image
  mkdir -p "$WORK/jar" "$WORK/conf"
  cat >"$WORK/jar/Main.java" <<'JAVA'
public class Main {
  public static void main(String[] words) throws Exception {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("ending")));
    try (var stream = Main.class.getResourceAsStream("/greeting")) {
      System.out.println(new String(stream.readAllBytes()).trim() + " " + ProcessHandle.current().pid() + " " + System.getProperty("a") + System.getProperty("b") + " " + words[0]);
    }
    Thread.sleep(600_000);
  }
}
JAVA
  echo jar >"$WORK/jar/greeting"
  echo conf >"$WORK/conf/greeting"
  chmod -R a+rX "$WORK/conf"
  (cd "$WORK/jar" && javac Main.java && command jar --create --file "$WORK/master.jar" --main-class Main Main*.class greeting)
  "$RELEASE" --push --write --jar "$WORK/master.jar" >"$WORK/jar.line" </dev/null
  image=$(sed -n 's/^CLIC_MASTER_JAR_IMAGE=//p' "$WORK/jar.line")
  grep -qxF "CLIC_MASTER_JAR_IMAGE=$image" "$CLIC_ENV"
  [ "$(inspect "$image" '{{.Config.User}}')" = 10001:10001 ]
  docker run --detach --name clic-test-jar --network none "${LOCKED[@]}" --env JAVA_TOOL_OPTIONS=-Da=1 --env 'JAVA_OPTS=-Db=2 -Xmx64m' --volume "$WORK/conf:/app/conf:ro" "$image" 'two words' >/dev/null
  docker_within logged clic-test-jar 'conf 1 12 two words'
  docker stop --time 20 clic-test-jar >/dev/null
  docker logs clic-test-jar
  logged clic-test-jar ending
  # Java's own status for SIGTERM.
  [ "$(docker inspect --format '{{.State.ExitCode}}' clic-test-jar)" = 143 ]
}

logged() { docker logs "$1" 2>&1 | grep -qxF -- "$2"; }
