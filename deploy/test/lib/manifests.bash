# shellcheck shell=bash
# Questions about rendered manifests, those in $MANIFESTS.

# ask KIND NAME EXPRESSION: a Python expression about the object `o` in $MANIFESTS, its `pod`, `containers` by name, the first one, `main`, and its `env`; texts are printed as they are, lists one element a line, the
# rest as JSON. Fails when there is no such object.
ask() {
  python3 - "$MANIFESTS" "$@" <<'PYTHON'
import json, sys, yaml
path, kind, name, expression = sys.argv[1:]
with open(path, encoding="utf-8") as stream:
    found = [o for o in yaml.safe_load_all(stream) if o and o["kind"] == kind and o["metadata"]["name"] == name]
if len(found) != 1:
    sys.exit(f"{len(found)} objects are {kind}/{name}")
o = found[0]
pod = o.get("spec", {}).get("template", {}).get("spec", {}) if kind in ("StatefulSet", "Deployment") else {}
main = pod.get("containers", [{}])[0]
env = {e["name"]: e.get("value") for e in main.get("env", [])}
containers = {c["name"]: c for c in pod.get("initContainers", []) + pod.get("containers", [])}
answer = eval(expression)
for line in answer if isinstance(answer, list) else [answer]:
    print(line if isinstance(line, str) else json.dumps(line))
PYTHON
}

# says WANTED KIND NAME EXPRESSION: what `ask` answers is exactly WANTED.
says() {
  local wanted=$1 answer
  shift
  answer=$(ask "$@") || return 1
  [ "$answer" = "$wanted" ] || {
    printf '%s\nwanted %s\ngot    %s\n' "$*" "$wanted" "$answer"
    return 1
  }
}
