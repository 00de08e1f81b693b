#!/usr/bin/env bash
# tools.sh: installs what the tests of deploy/ need and this machine lacks, pinned: packages of Debian, Go programs and a Python environment, the latter two in
# $CLIC_DEPLOY_TOOLS (~/.cache/clic-deploy-tools). A second run finds all there and does nothing. Used by .ci/run, and by hand.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
TOOLS=${CLIC_DEPLOY_TOOLS:-$HOME/.cache/clic-deploy-tools}

PACKAGES=(shellcheck shfmt bats yamllint redis-server docker.io docker-registry debootstrap iptables unzip default-jdk-headless maven golang-go python3-venv)
GO_PROGRAMS=(
  helm.sh/helm/v3/cmd/helm@v3.22.0
  sigs.k8s.io/kustomize/kustomize/v5@v5.8.1
  github.com/zegl/kube-score/cmd/kube-score@v1.20.0
)

# program_of PACKAGE: what shows that it is there, however it was installed.
program_of() {
  case $1 in
  docker.io) echo dockerd ;;
  default-jdk-headless) echo javac ;;
  maven) echo mvn ;;
  golang-go) echo go ;;
  *) echo "$1" ;;
  esac
}

has_package() {
  if [ "$1" = python3-venv ]; then
    python3 -c 'import ensurepip' 2>/dev/null
  else
    PATH=$PATH:/usr/sbin:/sbin command -v "$(program_of "$1")" >/dev/null 2>&1
  fi
}

install_packages() {
  local package missing=() sudo=()
  for package in "${PACKAGES[@]}"; do has_package "$package" || missing+=("$package"); done
  [ "${#missing[@]}" -gt 0 ] || return 0
  echo "--- installing ${missing[*]}"
  [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

# Each program has a file beside it that says from what it was made.
install_go_programs() {
  local module name
  mkdir -p "$TOOLS/bin"
  for module in "${GO_PROGRAMS[@]}"; do
    name=$(basename "${module%%@*}")
    [ "$name" != v5 ] || name=kustomize
    if [ -x "$TOOLS/bin/$name" ] && [ "$(cat "$TOOLS/bin/.$name" 2>/dev/null)" = "$module" ]; then continue; fi
    echo "--- go install $module"
    GOBIN=$TOOLS/bin go install "$module"
    printf '%s\n' "$module" >"$TOOLS/bin/.$name"
  done
}

# What pip has to install: the pinned packages, and the Spark that the chart runs.
requirements() {
  cat requirements.txt
  if [ -f ../spark-v2/Chart.yaml ]; then sed -nE 's/^appVersion: *"?([0-9.]+)"?$/pyspark==\1/p' ../spark-v2/Chart.yaml; fi
}

install_python_packages() {
  if [ -f "$TOOLS/venv/installed" ] && cmp -s "$TOOLS/venv/installed" <(requirements); then return; fi
  echo '--- pip install'
  python3 -m venv "$TOOLS/venv"
  # pip itself is not among what is compared, so it stays as it came.
  "$TOOLS/venv/bin/pip" install --quiet --disable-pip-version-check --requirement <(requirements)
  requirements >"$TOOLS/venv/installed"
}

install_packages
install_go_programs
install_python_packages
