# Sourced by every script here: says where things are. It looks at nothing but its variables, so it is safe anywhere.
# shellcheck shell=bash disable=SC2034
hack=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo=${hack%/*}
# shellcheck source=hack/versions.env
source "$hack/versions.env"

# The folder of everything that is slow to make, keyed by version. It is safe to delete while no cluster of hack/bare
# runs.
cache=${MPC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mpc-operator}
# The cluster's name. Another name means another cluster beside it.
cluster=${MPC_KIND_CLUSTER:-mpc}
# The folder of that one cluster: its kubeconfig, its engine, the names of its images.
state=$cache/clusters/$cluster

fail() {
  echo "${0##*/}: $1" >&2
  exit 1
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -c1-12
}
