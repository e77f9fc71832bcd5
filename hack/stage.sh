#!/usr/bin/env bash
# stage.sh LABEL COMMAND...: runs one stage of the tests and says how long it took.
set -euo pipefail
label=$1
shift
printf '\n== %s\n' "$label"
begin=$SECONDS
if "$@"; then
  printf '== %s: passed in %d s\n' "$label" $((SECONDS - begin))
else
  status=$?
  printf '== %s: FAILED after %d s\n' "$label" $((SECONDS - begin))
  exit "$status"
fi
