# shellcheck shell=bash
# Builds the cluster's programs from public Go modules. Kubernetes is no module that `go install` takes, since its go.mod replaces modules with
# folders; so each program is built in a module of our own whose go.mod is the program's, with the published versions of those modules.

# Tries of a download, seconds for one, and seconds for one compilation.
FETCH_TRIES=3 FETCH_SECONDS=900 COMPILE_SECONDS=3000

# recipe PROGRAM: sets FOLDER (where it is built), MODULE, VERSION, PACKAGE, STAMP (linker flags) and TAGS.
recipe() {
  local name=${KUBERNETES_VERSION%.*}
  FOLDER=$1 STAMP='' TAGS=''
  case $1 in
  etcd) MODULE=go.etcd.io/etcd/server/v3 VERSION=$ETCD_VERSION PACKAGE=$MODULE ;;
  containerd | containerd-shim-runc-v2 | ctr)
    FOLDER=containerd MODULE=github.com/containerd/containerd/v2 VERSION=$CONTAINERD_VERSION
    PACKAGE=$MODULE/cmd/$1 STAMP="-X $MODULE/version.Version=$VERSION"
    if [ "$1" = containerd ]; then TAGS='no_btrfs no_devmapper no_zfs'; fi
    ;;
  coredns) MODULE=github.com/coredns/coredns VERSION=$COREDNS_VERSION PACKAGE=$MODULE ;;
  kube-router)
    MODULE=github.com/cloudnativelabs/kube-router/v2 VERSION=$KUBE_ROUTER_VERSION
    PACKAGE=$MODULE/cmd/$1 STAMP="-X $MODULE/pkg/version.Version=$VERSION"
    ;;
  kwok) MODULE=sigs.k8s.io/kwok VERSION=$KWOK_VERSION PACKAGE=$MODULE/cmd/kwok ;;
  *)
    FOLDER=k8s MODULE=k8s.io/kubernetes VERSION=$KUBERNETES_VERSION PACKAGE=$MODULE/cmd/$1
    STAMP="-X k8s.io/component-base/version.gitVersion=$VERSION -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=${name#v1.}"
    STAMP+=' -X k8s.io/component-base/version.gitTreeState=clean -X k8s.io/component-base/version.buildDate=1970-01-01T00:00:00Z'
    STAMP+=" ${STAMP//k8s.io\/component-base\/version/k8s.io\/client-go\/pkg\/version}"
    ;;
  esac
}

# build PROGRAM…: those that are missing, or of another version.
build() {
  local program has=''
  if command -v go >/dev/null; then has=$(go version -m "${@/#/$BIN/}" 2>/dev/null || true); fi
  for program in "$@"; do
    recipe "$program"
    if [ -x "$BIN/$program" ]; then
      # Without Go, what is there has to do.
      if [ -z "$has" ] || built_from "$MODULE" "$VERSION" "$BIN/$program" <<<"$has"; then continue; fi
    fi
    compile "$program"
  done
}

# built_from MODULE VERSION PROGRAM: whether what `go version -m` says on stdin is so. Programs begin a line, what they are made of is indented.
built_from() {
  awk -F '\t' -v module="$1" -v version="$2" -v program="$3:" '
    /^[^\t]/ { ours = index($0, program) == 1 }
    ours && $2 == "mod" && $3 == module && $4 == version { found = 1 }
    END { exit !found }'
}

# compile PROGRAM: as `recipe` has set it. How long it took goes to build-times.tsv.
compile() {
  local program=$1 log=$LOG/build-$1.log began=$SECONDS
  need_go
  step "building $program $VERSION"
  if ! (compile_here "$program") >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    fail "$program $VERSION could not be built: see $log"
  fi
  printf '%s\t%s\t%s s\t%s bytes\n' "$(date -u +%T)" "$program" "$((SECONDS - began))" "$(stat -c %s "$BIN/$program")" >>"$CLUSTER/build-times.tsv"
}

# In a shell of its own, whose folder and environment it changes. First the modules of which a package is needed, so that only this is tried again.
compile_here() {
  export CGO_ENABLED=0 GOFLAGS='-trimpath -mod=mod -buildvcs=false' GOWORK=off
  main_module "$FOLDER" "$MODULE" "$VERSION" &&
    cd "$SOURCES/$FOLDER" &&
    fetch go list -deps ${TAGS:+-tags "$TAGS"} "$PACKAGE" >/dev/null &&
    timeout "$COMPILE_SECONDS" nice -n 10 go build ${TAGS:+-tags "$TAGS"} -ldflags "-s -w $STAMP" -o "$BIN/$1.part" "$PACKAGE" &&
    mv "$BIN/$1.part" "$BIN/$1"
}

# fetch COMMAND…: tries again, since proxies of modules fail or hang at times.
fetch() {
  local try
  for ((try = 1; try < FETCH_TRIES; try++)); do
    if timeout "$FETCH_SECONDS" "$@"; then return; fi
    echo "try $try of $FETCH_TRIES failed: $*" >&2
    sleep 5
  done
  timeout "$FETCH_SECONDS" "$@"
}

# main_module FOLDER MODULE VERSION: the module that a program is built in. kwok takes the versions of Kubernetes, whose compiled packages it shares.
main_module() {
  local folder=$SOURCES/$1 from
  if [ -s "$folder/.ok-$3" ]; then return; fi
  if [ "$1" = kwok ]; then
    main_module k8s k8s.io/kubernetes "$KUBERNETES_VERSION" && from=$SOURCES/k8s || return 1
  else
    from=$(module_folder "$2" "$3") || return 1
  fi
  # Staging modules are published as v0.X.Y. What others replace with a folder has its real version in the require line.
  rm -rf "$folder" &&
    mkdir -p "$folder" &&
    install -m 644 -t "$folder" "$from/go.mod" "$from/go.sum" &&
    cd "$folder" &&
    sed -i -E -e '/^toolchain /d' -e "s#=> \./staging/src/(k8s.io/[a-z0-9-]+)#=> \1 v0.${KUBERNETES_VERSION#v1.}#" -e '/=> \.\.?\//d' go.mod &&
    go mod edit -module="local/$1" -require="$2@$3" &&
    echo ok >".ok-$3"
}

# module_folder MODULE VERSION: where its files are, fetched if need be.
module_folder() {
  local said
  if ! said=$(cd / && fetch go mod download -json "$1@$2"); then
    printf '%s\n' "$said" >&2
    return 1
  fi
  sed -n 's/.*"Dir": "\(.*\)",/\1/p' <<<"$said"
}
