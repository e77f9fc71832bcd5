# Sourced: functions that show progress to people, on stderr, so that stdout stays for results.
# shellcheck shell=bash

say() { echo "$*" >&2; }

# step LABEL COMMAND...: runs a program with its output in a log file, and says how long it took. On failure it shows
# the end of the log. COMMAND is no shell function, whose errors bash would ignore here.
step() {
  local label=$1 begin=$SECONDS log
  shift
  log=${cache:?}/log/$(tr -cs '[:alnum:].\n' - <<<"$label").log
  mkdir -p "$cache/log"
  say "  .. $label"
  if "$@" >"$log" 2>&1 </dev/null; then
    say "  ok $label ($((SECONDS - begin)) s)"
  else
    tail -n 25 "$log" >&2
    say "FAIL $label ($((SECONDS - begin)) s); the whole log: $log"
    return 1
  fi
}
