#!/usr/bin/env bash
# in-cluster-net.sh COMMAND...: runs the command with the cluster's kubeconfig and tools, on the network where the API
# server is reachable, on any machine.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
[[ -f $state/engine ]] || fail "there is no cluster '$cluster'. Create it with: make cluster"
# shellcheck source=hack/use-cluster.sh
source "$hack/use-cluster.sh"
if [[ ${1:-} == node ]]; then PATH=$("$hack/node.sh"):$PATH; fi
if [[ $MPC_ENGINE == bare ]]; then exec nsenter --net="/run/netns/$netns" "$@"; fi
exec "$@"
