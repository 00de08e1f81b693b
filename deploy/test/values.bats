# The environment file: what is taken, what is refused, and the tables that it is made from.

setup() {
  load lib/tools
  DEPLOY_DIR=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
  # shellcheck source=/dev/null
  for part in log values; do . "$DEPLOY_DIR/lib/$part.sh"; done
  FILE=$BATS_TEST_TMPDIR/clic.env
}

# loads TEXT: the values of a file with this text, in a shell of its own; prints one of them.
loads() (
  printf '%b' "$1" >"$FILE"
  values_load "$FILE"
  value "$2"
)

@test 'quotes, comments, export, blanks, CRLF and a byte order mark are taken' {
  [ "$(loads '\xef\xbb\xbfNAMESPACE=big-data\r\n' NAMESPACE)" = big-data ]
  [ "$(loads '  export NAMESPACE="big-data"   # ours\n' NAMESPACE)" = big-data ]
  [ "$(loads "NAMESPACE='big-data'" NAMESPACE)" = big-data ]
  [ "$(loads 'NAMESPACE=big-data # ours\n\n# NAMESPACE=other\n' NAMESPACE)" = big-data ]
}

@test 'what is not set, or empty, has its default' {
  [ "$(loads 'NAMESPACE=\n' NAMESPACE)" = argo ]
  [ "$(loads '' READY_TIMEOUT)" = 10m ]
}

@test 'the file is never executed' {
  run loads "NAMESPACE=\$(touch $BATS_TEST_TMPDIR/executed)\n" NAMESPACE
  [ "$status" -eq 2 ]
  [ ! -e "$BATS_TEST_TMPDIR/executed" ]
}

@test 'an unknown name, a wrong type, an open quote and a line without = are refused with file and line' {
  local text
  for text in 'NAMESPAC=a' 'NAMESPACE=A_B' 'READY_TIMEOUT=soon' 'NAMESPACE="argo' 'NAMESPACE' 'REGISTRY=a b'; do
    run loads "# first\n$text\n" NAMESPACE
    [ "$status" -eq 2 ]
    [[ $output == *"clic.env:2: "* ]]
    [ "${#lines[@]}" -eq 1 ]
  done
}

# shellcheck disable=SC2016  # nothing of it is to expand
@test 'no value can carry YAML, a second line or shell into a manifest' {
  local type text
  for type in name context host endpoint path file location url port count quantity bytes image digest tag minor version networks duration bool one-of:a,b; do
    for text in 'a: b' $'a\nb' 'a"b' "a'b" 'a;b' 'a$b' 'a`b' '{a}' 'a #b' '*a' '&a' 'a\b'; do
      run value_fits "$type" "$text"
      [ "$status" -ne 0 ] || { echo "$type takes $text" && false; }
    done
  done
}

@test 'each default fits its type, each name comes once, has a help text, and belongs to its component' {
  local table folder line name type default help prefix
  local -A seen=()
  while IFS= read -r table; do
    folder=$(basename "$(dirname "$table")")
    prefix=${folder//-/_}
    prefix=${prefix^^}
    while IFS= read -r line; do
      case $line in '' | '#'*) continue ;; esac
      IFS='|' read -r name type default help <<<"$line"
      name=$(trim "$name") type=$(trim "$type") default=$(trim "$default")
      [ -z "${seen[$name]-}" ] || { echo "$name comes twice" && false; }
      seen[$name]=yes
      [ -n "$(trim "$help")" ] || { echo "$name has no help" && false; }
      [ -z "$default" ] || value_fits "$type" "$default" || { echo "$table: $name: $default is not of the type $type" && false; }
      case $folder in
      deploy | images) ;;
      kubernetes) [[ $name == K8S_* || $name == KUBE* || $name == *NODE* || $name == CONTROL_PLANE* || $name == POD_* || $name == SERVICE_* || $name == *MIRROR* || $name == *CNI* || $name == *CALICO* ]] || { echo "$name is not named after $folder" && false; } ;;
      spark-v2) [[ $name == SPARK_* ]] || { echo "$name is not named after $folder" && false; } ;;
      stages) [[ $name == CLIC_STAGE_* || $name == CLUSTER_DOMAIN ]] || { echo "$name is not named after $folder" && false; } ;;
      *) [[ $name == "$prefix"_* ]] || { echo "$name is not named after $folder" && false; } ;;
      esac
    done <"$table"
  done < <(values_tables)
}

@test 'clic.env.example is what the tables give, and it can be loaded as it is' {
  diff "$DEPLOY_DIR/clic.env.example" <("$DEPLOY_DIR/deploy.sh" example)
  (values_load "$DEPLOY_DIR/clic.env.example")
}

@test 'each value that a script asks for is in a table' {
  local name unknown=''
  values_declare
  while IFS= read -r name; do
    [ -n "${VALUE_TYPE[$name]-}" ] || unknown+=" $name"
  done < <(grep -rhoE '\bvalue(_is_true)? [A-Z][A-Z0-9_]+' "$DEPLOY_DIR" --include='*.sh' --exclude-dir=test | awk '{print $2}' | sort -u | grep -vx NAME)
  [ -z "$unknown" ] || { echo "unknown:$unknown" && false; }
}
