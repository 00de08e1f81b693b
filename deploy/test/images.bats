# The Dockerfiles as they are, and release.sh with a docker that only remembers. What is built from them: real/images.bats.

load lib/tools
load lib/stubs
load lib/docker

setup() {
  need git node python3 unzip
  IMAGES=$(cd "$BATS_TEST_DIRNAME/../images" && pwd)
  REPOSITORY=$BATS_TEST_TMPDIR/repository
  release_repository "$REPOSITORY"
  REVISION=$(git -C "$REPOSITORY" rev-parse HEAD)
  VERSION=$(node -p 'require(process.argv[1]).version' "$REPOSITORY/package.json")
  TAG=$VERSION-${REVISION:0:12}
  RELEASE=$REPOSITORY/deploy/images/release.sh
  ENV_AT_FIRST='REGISTRY=registry.example:5000/clic'
  stubs_begin docker
  export CLIC_ENV=$HOST_ROOT/clic.env
}

# The environment file is part of the machine, so that each fresh one has the first one again.
stubs_seed() { printf '%s\n' "$ENV_AT_FIRST" >"$HOST_ROOT/clic.env"; }

pushed() { if [ -d "$STUB_STATE/docker/pushed" ]; then ls "$STUB_STATE/docker/pushed"; fi; }

# release WORDS…: stdout in $OUT, stderr in $ERR, the status in $STATUS.
release() {
  STATUS=0
  "$RELEASE" "$@" </dev/null >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || STATUS=$?
  OUT=$(cat "$BATS_TEST_TMPDIR/out") ERR=$(cat "$BATS_TEST_TMPDIR/err")
  printf 'status %s\n%s\n--- stderr:\n%s\n' "$STATUS" "$OUT" "$ERR"
}

# refused TEXT WORDS…: status 2, the text, nothing on stdout, nothing changed.
refused() {
  local text=$1
  shift
  release "$@"
  [ "$STATUS" -eq 2 ] && [[ $ERR == *"$text"* ]] && [ -z "$OUT" ] && [ -z "$(changes)" ]
}

# jar [LINE…]: a jar whose manifest has these lines; prints its path.
jar() {
  mkdir -p "$BATS_TEST_TMPDIR/jar/META-INF"
  printf '%s\r\n' 'Manifest-Version: 1.0' "$@" >"$BATS_TEST_TMPDIR/jar/META-INF/MANIFEST.MF"
  python3 -c 'import shutil, sys; shutil.make_archive(sys.argv[1], "zip", sys.argv[1])' "$BATS_TEST_TMPDIR/jar"
  mv "$BATS_TEST_TMPDIR/jar.zip" "$BATS_TEST_TMPDIR/master.jar"
  echo "$BATS_TEST_TMPDIR/master.jar"
}

@test 'hadolint finds nothing in the Dockerfiles' {
  need hadolint
  find "$IMAGES" -name Dockerfile -exec hadolint --failure-threshold style {} +
}

@test 'each base image has a version, and the defaults of Dockerfiles and values are the same' {
  local name image count=0
  while IFS='=' read -r name image; do
    echo "$name $image"
    [[ $image =~ ^[a-z./-]+:[a-z]*[-.]?[0-9]+\.[0-9]+.*$ ]]
    [[ $image != *latest* ]]
    grep -qE "^IMAGES_$name \| image \| ${image//./\\.} \|" "$IMAGES/values.table"
    count=$((count + 1))
  done < <(sed -nE 's/^ARG ([A-Z]+_IMAGE)=(.*)$/\1=\2/p' "$IMAGES"/*/Dockerfile)
  [ "$count" -eq 3 ]
  # Every FROM is one of these, or a stage.
  run grep -hE '^FROM' "$IMAGES"/*/Dockerfile
  # shellcheck disable=SC2143  # a negated command never fails a test
  [ -z "$(grep -vE '^FROM (--platform=\$\{BUILD_PLATFORM\} )?(\$\{[A-Z]+_IMAGE\}|runtime)( AS [a-z-]+)?$' <<<"$output")" ]
}

@test 'no Dockerfile ends as root' {
  local file
  for file in "$IMAGES"/*/Dockerfile; do [ "$(grep '^USER' "$file" | sort -u)" = 'USER 10001:10001' ]; done
}

@test 'what the build gets is what the package needs: no history, no dependencies, no environment file' {
  run cat "$REPOSITORY/.dockerignore"
  [ "$(grep -v '^#' <<<"$output" | head -n 1)" = '*' ]
  [ "$(sed -n 's/^!//p' <<<"$output" | sort | paste -sd ' ')" = 'README.md README.zh-CN.md bin conf idl package-lock.json package.json src' ]
}

@test 'without --push both images are built with version and revision, and nothing is pushed or printed' {
  release
  [ "$STATUS" -eq 0 ]
  [ -z "$OUT" ]
  [ -z "$(pushed)" ]
  [ "$(ls "$STUB_STATE/docker/images")" = "$(printf '%s\n' "registry.example:5000_clic_clic-master:$VERSION" "registry.example:5000_clic_clic-master:$TAG" \
    "registry.example:5000_clic_clic:$VERSION" "registry.example:5000_clic_clic:$TAG" | sort)" ]
  run calls docker
  [[ $output == *"VERSION=$VERSION"* && $output == *"REVISION=$REVISION"* && $output == *'--target clic-master '* && $output == *'--target clic '* ]]
}

@test 'without a registry the images have their names alone' {
  ENV_AT_FIRST='' stubs_fresh
  release
  [ "$STATUS" -eq 0 ]
  [ -f "$STUB_STATE/docker/images/clic-master:$TAG" ]
}

@test '--push pushes all tags, the one with the revision last, and prints lines for the environment file' {
  release --push
  [ "$STATUS" -eq 0 ]
  grep -qxE 'CLIC_MASTER_IMAGE=registry.example:5000/clic/clic-master@sha256:[0-9a-f]{64}' <<<"$OUT"
  grep -qxE 'CLIC_SHELL_IMAGE=registry.example:5000/clic/clic@sha256:[0-9a-f]{64}' <<<"$OUT"
  [ "$(wc -l <<<"$OUT")" -eq 2 ]
  [ "$(calls 'docker push')" = "$(printf 'docker push registry.example:5000/clic/%s\n' "clic-master:$VERSION" "clic-master:$TAG" "clic:$VERSION" "clic:$TAG")" ]
}

@test 'the lines are values that deploy.sh takes' {
  release --push
  printf '%s\n' "$OUT" >>"$CLIC_ENV"
  release --dry-run
  [ "$STATUS" -eq 0 ]
}

@test 'a second release of a revision pushes nothing, and prints the same' {
  second_run_changes_nothing "$RELEASE" --push --write
  release --push
  local first=$OUT
  : >"$STUB_LOG"
  release --push
  [ "$STATUS" -eq 0 ]
  [ "$OUT" = "$first" ]
  [[ $ERR == *'is in the registry already'* ]]
  [ -z "$(calls 'docker (build|push)')" ]
}

@test 'each failure of docker stops the release, and a rerun completes it' {
  every_failure_stops_and_rerun_succeeds "$RELEASE" --push --write
}

@test 'a registry that can not be asked stops the release before anything is built' {
  stub_answer docker 'pull *' 1 <<<'Error response from daemon: Get "https://registry.example:5000/v2/": dial tcp: connection refused'
  release --push
  [ "$STATUS" -eq 1 ]
  [[ $ERR == *'connection refused'* ]]
  [ -z "$(changes)" ]
}

@test 'a tag that the registry has of another revision is left alone' {
  release --push
  sed -i "s/$REVISION/0000000/" "$STUB_STATE"/docker/pushed/*
  : >"$STUB_LOG"
  release --push
  [ "$STATUS" -eq 1 ]
  [[ $ERR == *"of another revision ('0000000'"* ]]
  [ -z "$(calls 'docker (build|push)')" ]
}

@test '--write sets the values in the environment file, whatever it said, and changes nothing else' {
  cat >"$CLIC_ENV" <<'ENV'
# A comment
REGISTRY=registry.example:5000/clic
#CLIC_MASTER_IMAGE=
CLIC_SHELL_IMAGE=old:1
NAMESPACE=other
export CLIC_SHELL_IMAGE=old:2
ENV
  chmod 640 "$CLIC_ENV"
  release --push --write
  [ "$STATUS" -eq 0 ]
  diff "$CLIC_ENV" - <<<"# A comment
REGISTRY=registry.example:5000/clic
${OUT%$'\n'*}
${OUT#*$'\n'}
NAMESPACE=other"
  [ "$(stat -c %a "$CLIC_ENV")" = 640 ]
  [ "$(ls "$HOST_ROOT")" = "$(printf 'clic.env\netc')" ]
}

@test '--write follows a new revision' {
  release --push --write
  local first=$OUT
  release_commit "$REPOSITORY" second
  release --push --write
  [ "$STATUS" -eq 0 ]
  [ "$OUT" != "$first" ]
  [ "$(grep '^CLIC_' "$CLIC_ENV")" = "$OUT" ]
}

@test 'changes that are not committed are refused, and named in the tags when they are allowed' {
  echo '// changed' >>"$REPOSITORY/src/cli/main.ts"
  refused 'not committed' --push
  release --push --allow-dirty
  [ "$STATUS" -eq 0 ]
  [ "$(pushed | grep -vc -- '-dirty$')" -eq 0 ]
  [ -f "$STUB_STATE/docker/pushed/registry.example:5000_clic_clic:$TAG-dirty" ]
  # They may have changed again.
  : >"$STUB_LOG"
  release --push --allow-dirty
  [ "$STATUS" -eq 0 ]
  [ -n "$(calls 'docker build')" ]
}

@test 'a file that git does not know is a change, one that it ignores is not' {
  mkdir "$REPOSITORY/dist"
  touch "$REPOSITORY/dist/clic.cjs"
  release
  [ "$STATUS" -eq 0 ]
  : >"$STUB_LOG"
  touch "$REPOSITORY/src/new.ts"
  refused 'not committed'
}

@test 'the environment file in the repository is no change, whether git knows it or not' {
  local file=$REPOSITORY/deploy/clic.env
  printf '%s\n' "$ENV_AT_FIRST" >"$file"
  release --push --write --env "$file"
  [ "$STATUS" -eq 0 ]
  release_commit "$REPOSITORY" second
  release --push --write --env "$file"
  [ "$STATUS" -eq 0 ]
  [ "$(grep '^CLIC_' "$file")" = "$OUT" ]
  release --push --write --env "$file"
  [ "$STATUS" -eq 0 ]
  touch "$REPOSITORY/deploy/other"
  : >"$STUB_LOG"
  refused 'not committed' --push --env "$file"
}

@test 'what can not work is refused before anything is built' {
  refused '--platform wants --push' --platform linux/amd64,linux/arm64
  refused 'is not a list like' --push --platform 'linux/amd64;arm'
  refused '--write wants --push' --write
  refused '--main-class wants --jar' --main-class Main
  refused '--jar wants a value' --jar
  refused 'unknown option' --pull
  refused 'there is no jar' --jar /nonexistent.jar
  rm -rf "$REPOSITORY/.git"
  refused 'no git repository'
}

@test 'a push without a registry is refused' {
  ENV_AT_FIRST='' stubs_fresh
  refused 'REGISTRY is not set' --push
}

@test 'an engine that does not answer is refused' {
  stub_answer docker 'version *' 1 <<<'Cannot connect to the Docker daemon'
  refused 'the docker engine does not answer'
}

@test 'a machine without docker is refused' {
  rm "$STUB_BIN/docker"
  local bin=$BATS_TEST_TMPDIR/bin tool
  mkdir "$bin"
  for tool in bash git sed id timeout dirname cat readlink realpath; do ln -s "$(command -v "$tool")" "$bin/"; done
  PATH=$bin refused 'docker is not installed'
}

@test '--dry-run tells what it would do, and only asks' {
  release --push --write --dry-run
  [ "$STATUS" -eq 0 ]
  [ -z "$OUT" ]
  [ -z "$(changes)" ]
  [[ $ERR == *"would build registry.example:5000/clic/clic-master:$TAG and push it"* ]]
  [ "$(cat "$CLIC_ENV")" = "$ENV_AT_FIRST" ]
}

@test 'the values of mirrors go to the build' {
  printf '%s\n' IMAGES_NODE_IMAGE=mirror.example/node:20.19.0 IMAGES_BASE_IMAGE=mirror.example/debian:12.1 IMAGES_NPM_REGISTRY=https://npm.example/ >>"$CLIC_ENV"
  release
  run calls 'docker build'
  [[ $output == *NODE_IMAGE=mirror.example/node:20.19.0* && $output == *BASE_IMAGE=mirror.example/debian:12.1* && $output == *NPM_REGISTRY=https://npm.example/* ]]
}

@test 'several platforms are built and pushed by buildx; a second release pushes nothing, until one more platform is wanted' {
  release --push --platform linux/amd64
  [ "$STATUS" -eq 0 ]
  release --push --platform linux/amd64,linux/arm64
  [ "$STATUS" -eq 0 ]
  [[ $OUT == *'CLIC_SHELL_IMAGE=registry.example:5000/clic/clic@sha256:'* ]]
  run calls 'docker buildx build'
  [[ $output == *'--platform linux/amd64\,linux/arm64 --push'*"clic-master:$TAG"* ]]
  : >"$STUB_LOG"
  release --push --platform linux/amd64,linux/arm64
  [ "$STATUS" -eq 0 ]
  [ -z "$(changes)" ]
  [[ $ERR == *'in the registry already'* ]]
}

@test 'a jar becomes the image clic-master-jar, with the class that its manifest names' {
  local file
  # A manifest folds long lines.
  file=$(jar 'Main-Class: org.example.a.rather.long.name.of.a.package.that.is.folded' ' .Main')
  release --push --write --jar "$file"
  [ "$STATUS" -eq 0 ]
  [[ $OUT =~ ^CLIC_MASTER_JAR_IMAGE=registry.example:5000/clic/clic-master-jar@sha256:[0-9a-f]{64}$ ]]
  grep -qxF "$OUT" "$CLIC_ENV"
  [[ $(calls 'docker build') == *'MAIN_CLASS=org.example.a.rather.long.name.of.a.package.that.is.folded.Main '* ]]
  [ "$(pushed | sed -E 's/.*:jar-[0-9a-f]{12}/JAR/')" = "$(printf 'JAR\nJAR-%s' "${REVISION:0:12}")" ]
  # The same jar again, then with another class.
  : >"$STUB_LOG"
  release --push --jar "$file"
  [ "$STATUS" -eq 0 ]
  [ -z "$(changes)" ]
  release --push --jar "$file" --main-class org.example.Other
  [ "$STATUS" -eq 0 ]
  [[ $(calls 'docker build') == *'MAIN_CLASS=org.example.Other '* ]]
}

@test 'a jar that can not be started is refused, one that looks for others is told' {
  refused 'names no Main-Class' --jar "$(jar 'Created-By: test')"
  echo text >"$BATS_TEST_TMPDIR/no.jar"
  refused 'is no jar' --jar "$BATS_TEST_TMPDIR/no.jar"
  release --jar "$(jar 'Main-Class: Main' 'Class-Path: lib/thrift.jar')"
  [ "$STATUS" -eq 0 ]
  [[ $ERR == *'looks for other jars'* ]]
}
