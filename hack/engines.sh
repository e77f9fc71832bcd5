# Sourced: functions that tell which engines could run the cluster's nodes on this machine. They only look.
# shellcheck shell=bash

host_engine_reachable() { command -v docker >/dev/null && docker info >/dev/null 2>&1; }

# This function runs in a shell of its own, since os-release sets variables.
bare_possible() (
  [[ $(uname -s) == Linux && $EUID == 0 && -f /etc/os-release ]] || exit 1
  # shellcheck source=/dev/null
  source /etc/os-release
  [[ ${ID:-}-${VERSION_ID:-} == debian-12 ]]
)
