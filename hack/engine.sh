#!/usr/bin/env bash
# Prints where the cluster's nodes run. This script alone decides it:
#   host  in a container engine that this machine has and that can fetch kind's node image
#   bare  in an engine of the project's own (hack/bare): on Debian 12, as root, where there is no such engine
# MPC_ENGINE=host|bare overrides the decision. A cluster keeps the engine that it was made with.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
# shellcheck source=hack/step.sh
source "$hack/step.sh"
# shellcheck source=hack/engines.sh
source "$hack/engines.sh"

host_has_image() {
  docker image inspect "$KIND_NODE_IMAGE" >/dev/null 2>&1 && return
  say "Fetching ${KIND_NODE_IMAGE%@*}"
  docker pull --quiet "$KIND_NODE_IMAGE" >/dev/null
}

made_with=
if [[ -f $state/engine ]]; then made_with=$(<"$state/engine"); fi
case ${MPC_ENGINE:=$made_with} in
  host | bare)
    [[ -z $made_with || $made_with == "$MPC_ENGINE" ]] || {
      remedy="Remove it first: MPC_ENGINE=$made_with make cluster-down"
      fail "MPC_ENGINE is '$MPC_ENGINE', but the cluster was made with '$made_with'. $remedy"
    }
    echo "$MPC_ENGINE"
    exit
    ;;
  '') ;;
  *) fail "MPC_ENGINE is '$MPC_ENGINE'; it can be 'host' or 'bare'" ;;
esac
if host_engine_reachable; then
  if host_has_image; then
    echo host
  elif bare_possible; then
    say "The container engine of this machine cannot fetch kind's node image;" \
      'an engine of our own will run the cluster.'
    echo bare
  else
    remedy='Give it a way to the registry, or load that image into it.'
    fail "the container engine is reachable, but cannot fetch $KIND_NODE_IMAGE. $remedy"
  fi
elif bare_possible; then
  echo bare
else
  remedy='Install and start Docker (https://docs.docker.com/get-docker) and see that "docker info" works.'
  fail "no container engine is reachable. $remedy Without one, the cluster runs on Debian 12 as root only."
fi
