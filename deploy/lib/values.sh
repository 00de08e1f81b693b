# shellcheck shell=bash
# The values of the environment file. Every value is a row of a table (deploy/values.table, deploy/<component>/values.table):
#   NAME | type | default | help
# The file itself is parsed, never executed: KEY=VALUE lines, # comments, optional quotes. An unknown name or a value that does not fit
# its type (one-of:a,b is a or b; a type with ? may be empty) is refused with file, line and name, so that a value can be put into YAML or a configuration as it is.

# VALUE_ORIGIN is for doctor.
# shellcheck disable=SC2034
declare -gA VALUE_OF=() VALUE_TYPE=() VALUE_ORIGIN=()
VALUE_NAMES=()

# The tables, in the order of the example file.
values_tables() {
  local component
  printf '%s\n' "$DEPLOY_DIR/values.table"
  for component in "${VALUE_FOLDERS[@]}"; do
    if [ -f "$DEPLOY_DIR/$component/values.table" ]; then printf '%s\n' "$DEPLOY_DIR/$component/values.table"; fi
  done
}

# Folders that may bring a table of their own.
VALUE_FOLDERS=(kubernetes nfs redis hdfs spark-v2 images stages clic-master clic-shell)

trim() {
  local text=$1
  text=${text#"${text%%[![:space:]]*}"}
  printf '%s' "${text%"${text##*[![:space:]]}"}"
}

# Reads the tables: every name has its default.
values_declare() {
  local table line name type default
  while IFS= read -r table; do
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in '' | '#'*) continue ;; esac
      IFS='|' read -r name type default _ <<<"$line"
      name=$(trim "$name")
      VALUE_NAMES+=("$name")
      VALUE_TYPE[$name]=$(trim "$type")
      VALUE_OF[$name]=$(trim "$default")
      VALUE_ORIGIN[$name]=default
    done <"$table"
  done < <(values_tables)
}

# value_fits TYPE TEXT: whether the text is of the type. A type that ends in ? may be empty; one without must be set.
value_fits() {
  local type=$1 text=$2 label='[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?' pattern
  if [ -z "$text" ]; then
    [[ $type == *'?' ]]
    return
  fi
  case ${type%'?'} in
  name) pattern="^$label\$" ;;
  context) pattern='^[A-Za-z0-9][A-Za-z0-9@._:/-]*$' ;;
  host) pattern='^[A-Za-z0-9]([-A-Za-z0-9.:]*[A-Za-z0-9])?$' ;;
  endpoint) pattern='^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?:[0-9]{1,5}$' ;;
  path) pattern='^/([A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*)?$' ;;
  file) pattern='^[A-Za-z0-9._/~-]+$' ;;
  location) pattern='^(https?://[A-Za-z0-9._:/%-]+|[A-Za-z0-9._/~-]+)$' ;;
  url) pattern='^https?://[A-Za-z0-9._:/%-]+$' ;;
  port)
    [[ $text =~ ^[1-9][0-9]{0,4}$ ]] && [ "$text" -le 65535 ]
    return
    ;;
  count) pattern='^(0|[1-9][0-9]{0,5})$' ;;
  quantity) pattern='^[1-9][0-9]*(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$' ;;
  bytes) pattern='^[1-9][0-9]*(kb|mb|gb)$' ;;
  image) pattern='^[a-z0-9]([a-z0-9._:/-]*[a-z0-9])?(@sha256:[0-9a-f]{64})?$' ;;
  digest) pattern='^sha256:[0-9a-f]{64}$' ;;
  tag) pattern='^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$' ;;
  minor) pattern='^1\.[0-9]{2}$' ;;
  version) pattern='^v?[0-9]+\.[0-9]+(\.[0-9]+)?(-[A-Za-z0-9.]+)?$' ;;
  networks) pattern='^[0-9a-fA-F.:]+/[0-9]{1,3}(,[0-9a-fA-F.:]+/[0-9]{1,3})*$' ;;
  duration) pattern='^[1-9][0-9]*(s|m|h)$' ;;
  bool) pattern='^(true|false)$' ;;
  one-of:*) type=${type%'?'} && type=${type#one-of:} && pattern="^(${type//,/|})\$" ;;
  *) return 1 ;;
  esac
  [[ $text =~ $pattern ]]
}

# What a type wants, for the error message.
value_wants() {
  case ${1%'?'} in
  name) echo 'a Kubernetes name (lower-case letters, digits, -)' ;;
  context) echo 'the name of a kubeconfig context' ;;
  host) echo 'a host name or address' ;;
  endpoint) echo 'host:port' ;;
  path) echo 'an absolute path of letters, digits, . _ - and /' ;;
  file | location) echo 'a path or URL without spaces' ;;
  url) echo 'an http(s) URL' ;;
  port) echo 'a port (1-65535)' ;;
  count) echo 'a whole number' ;;
  quantity) echo 'a Kubernetes quantity (10Gi, 500m)' ;;
  bytes) echo 'a size as Redis writes it (512mb, 2gb)' ;;
  image) echo 'an image name' ;;
  digest) echo 'sha256: and 64 hexadecimal digits' ;;
  tag) echo 'an image tag' ;;
  minor) echo 'a Kubernetes minor version (1.35)' ;;
  version) echo 'a version number' ;;
  networks) echo 'networks like 10.0.0.0/8,192.168.1.0/24' ;;
  duration) echo 'a duration (300s, 10m)' ;;
  bool) echo 'true or false' ;;
  one-of:*) local choices=${1%'?'} && choices=${choices#one-of:} && echo "one of ${choices//,/, }" ;;
  *) echo "of the type $1" ;;
  esac
}

# values_load FILE: the defaults, overlaid with the file. Refuses what it can't take, naming file, line and key.
values_load() {
  local file=$1 line number=0 name text quote
  values_declare
  [ -f "$file" ] || refuse "there is no environment file $file: copy $DEPLOY_DIR/clic.env.example to it and set the values"
  [ -r "$file" ] || refuse "the environment file $file can't be read by $(id -un)"
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    line=${line#$'\xef\xbb\xbf'}
    line=$(trim "${line%$'\r'}")
    case $line in '' | '#'*) continue ;; esac
    line=${line#export }
    [[ $line =~ ^([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || refuse "$file:$number: not KEY=VALUE: $line"
    name=${BASH_REMATCH[1]} text=${BASH_REMATCH[2]}
    [ -n "${VALUE_TYPE[$name]+set}" ] || refuse "$file:$number: unknown name $name (the known ones are in $DEPLOY_DIR/clic.env.example)"
    quote=${text:0:1}
    if [[ $quote == [\"\'] ]]; then
      [[ $text =~ ^${quote}([^${quote}]*)${quote}[[:space:]]*(#.*)?$ ]] || refuse "$file:$number: $name: the quote is not closed"
      text=${BASH_REMATCH[1]}
    else
      text=$(trim "${text%%[[:space:]]#*}")
    fi
    # Empty means unset: the default where there is one, else an error only for who needs the value.
    [ -n "$text" ] || continue
    value_fits "${VALUE_TYPE[$name]}" "$text" || refuse "$file:$number: $name: '$text' is not $(value_wants "${VALUE_TYPE[$name]}")"
    VALUE_OF[$name]=$text
    VALUE_ORIGIN[$name]=$file:$number
  done <"$file"
}

# value NAME: prints the value.
value() {
  [ -n "${VALUE_TYPE[$1]+set}" ] || fail "no value is called $1: a fault of these scripts"
  printf '%s' "${VALUE_OF[$1]}"
}

# value_is_true NAME: for values of the type bool.
value_is_true() { [ "$(value "$1")" = true ]; }

# values_require NAME…: refuses when one of them is not set. Call it before anything is changed.
values_require() {
  local name
  for name in "$@"; do
    [ -n "$(value "$name")" ] || refuse "$name is not set: set it in $ENV_FILE"
  done
}

# The example file, made from the tables.
values_example() {
  local table line name default help
  printf '%s\n' '# The environment: copy this file to clic.env and change what differs. Every line is KEY=VALUE; it is read, never executed.' \
    '# A commented line shows the default. No secrets belong here: they live in Kubernetes Secrets.'
  while IFS= read -r table; do
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in
      '') printf '\n' ;;
      '#'*) printf '\n%s\n' "$line" ;;
      *)
        IFS='|' read -r name _ default help <<<"$line"
        name=$(trim "$name") default=$(trim "$default")
        printf '# %s\n' "$(trim "$help")"
        if [ -n "$default" ]; then printf '#%s=%s\n' "$name" "$default"; else printf '%s=\n' "$name"; fi
        ;;
      esac
    done <"$table"
  done < <(values_tables)
}
