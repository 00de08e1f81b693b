# shellcheck shell=bash

# confirm TEXT: asks on a terminal; without one, --yes has to have been given. Refuses when the answer is no.
confirm() {
  if [ "$YES" = true ] || [ "$DRY_RUN" = true ]; then return 0; fi
  if ! [ -t 0 ] || ! [ -t 2 ]; then refuse "$1: not on a terminal, so say --yes"; fi
  local answer=
  read -r -p "$1: continue? [y/N] " answer || printf '\n' >&2
  [[ $answer == [yY]* ]] || refuse 'nothing was changed'
}
