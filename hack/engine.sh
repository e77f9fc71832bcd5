#!/usr/bin/env bash
# Prints where the cluster's nodes run. This is the one place where it is decided:
#   host  a container engine that this machine has and that can fetch kind's node image
#   bare  an engine of the project's own (hack/bare): Debian 12, as root, where there is no such engine
# MPC_ENGINE=host|bare decides otherwise. A cluster keeps the engine that it was made with.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
# shellcheck source=hack/step.sh
source "$hack/step.sh"

# in a shell of its own: os-release sets variables
bare_possible() {
  [[ $(uname -s) == Linux && $EUID == 0 && -f /etc/os-release ]] &&
    (source /etc/os-release && [[ ${ID:-}-${VERSION_ID:-} == debian-12 ]])
}
host_engine() { command -v docker >/dev/null && docker info >/dev/null 2>&1; }
host_has_image() {
  docker image inspect "$KIND_NODE_IMAGE" >/dev/null 2>&1 && return
  say "Fetching ${KIND_NODE_IMAGE%@*}"
  docker pull --quiet "$KIND_NODE_IMAGE" >/dev/null
}

case ${MPC_ENGINE:-} in
  host | bare)
    echo "$MPC_ENGINE"
    exit
    ;;
  '') ;;
  *) fail "MPC_ENGINE is '$MPC_ENGINE'; it can be 'host' or 'bare'" ;;
esac
if [[ -f $state/engine ]]; then
  cat "$state/engine"
elif host_engine; then
  if host_has_image; then
    echo host
  elif bare_possible; then
    say 'The container engine of this machine cannot fetch kind'"'"'s node image; an engine of our own will run the cluster.'
    echo bare
  else
    fail "the container engine is reachable, but cannot fetch $KIND_NODE_IMAGE. Give it a way to the registry, or load that image into it."
  fi
elif bare_possible; then
  echo bare
else
  fail 'no container engine is reachable. Install and start Docker (https://docs.docker.com/get-docker) and see that "docker info" works. Without one, the cluster runs on Debian 12 as root only.'
fi
