# shellcheck shell=bash
# shellcheck disable=SC2034  # JAR_VERSION is read by release.sh
# What release.sh wants to know of a jar.

# jar_read FILE: sets MAIN_CLASS where that is not set, and JAR_VERSION, which is made from the jar's checksum and that class, since the version that
# is told by who builds it may stay the same between two builds. Refuses what is no jar that can be started.
jar_read() {
  local sum manifest
  if ! [ -f "$1" ] || ! [ -r "$1" ]; then refuse "there is no jar $1 that $(id -un) can read"; fi
  need_tool unzip 'it reads the manifest of the jar'
  # The manifest's lines are folded at 72 bytes.
  manifest=$(unzip -p "$1" META-INF/MANIFEST.MF 2>/dev/null) || refuse "$1 is no jar: it has no META-INF/MANIFEST.MF"
  manifest=$(tr -d '\r' <<<"$manifest" | sed -e ':a' -e 'N' -e '$!ba' -e 's/\n //g')
  MAIN_CLASS=${MAIN_CLASS:-$(sed -nE 's/^Main-Class: *([^ ]+) *$/\1/p' <<<"$manifest" | head -n 1)}
  [[ $MAIN_CLASS =~ ^[A-Za-z_$][A-Za-z0-9_.$]*$ ]] || refuse "the manifest of $1 names no Main-Class: say --main-class"
  if grep -q '^Class-Path:' <<<"$manifest"; then
    warn "$1 looks for other jars beside itself (Class-Path in its manifest), but the image has this one alone: build a jar with all in it"
  fi
  sum=$(sha256sum <"$1")
  sum=$(sha256sum <<<"$sum $MAIN_CLASS")
  JAR_VERSION=jar-${sum:0:12}
}
