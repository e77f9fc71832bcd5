#!/usr/bin/env bash
# Says which tools the make targets use on this machine, what is missing, and what to do about it. The script changes
# nothing but the cache: it fetches Node if it must. It fails when something is missing.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
# shellcheck source=hack/engines.sh
source "$hack/engines.sh"
# shellcheck source=hack/host-tools.sh
source "$hack/host-tools.sh"

problems=0
row() { printf '  %-9s %s\n' "$1" "$2"; }
problem() {
  row "$1" "MISSING: $2"
  problems=$((problems + 1))
}
# tool NAME COMMAND...: prints the program's path and the version that COMMAND prints
tool() {
  local name=$1
  shift
  if command -v "$1" >/dev/null; then
    row "$name" "$("$@" 2>/dev/null | head -n1) ($(command -v "$1"))"
  else
    row "$name" 'not in PATH'
  fi
}

check_node() {
  local bin install='Debian: apt-get install python3 make g++; macOS: xcode-select --install'
  if bin=$("$hack/node.sh"); then
    row node "$("$bin/node" --version), npm $(PATH=$bin:$PATH "$bin/npm" --version) ($bin)"
  else
    problem node "see the message above"
  fi
  if command -v python3 >/dev/null && command -v c++ >/dev/null; then
    row compiler "$(c++ --version | head -n1), for pkcs11js"
  elif [[ $EUID == 0 && -f /etc/debian_version ]]; then
    row compiler 'none yet: python3, make and g++ will be installed from Debian, for pkcs11js'
  else
    problem compiler "python3, make and a C++ compiler, for pkcs11js ($install)"
  fi
}

# Prints the engine that is in use, or the engine that `make cluster` would try first.
engine() {
  if [[ -n ${MPC_ENGINE:-} ]]; then
    echo "$MPC_ENGINE"
  elif [[ -f $state/engine ]]; then
    cat "$state/engine"
  elif host_engine_reachable; then
    echo host
  elif bare_possible; then
    echo bare
  fi
}

check_host() {
  local missing
  if host_engine_reachable; then
    row engine "host: Docker $(docker version -f '{{.Server.Version}}') (${DOCKER_HOST:-$(
      docker context inspect -f '{{.Endpoints.docker.Host}}'
    )})"
  else
    problem engine 'a container engine that "docker info" reaches'
  fi
  tool kind kind version
  tool kubectl kubectl version --client
  tool helm helm version --short
  while read -r missing; do
    [[ -z $missing ]] || problem '' "$missing"
  done < <(missing_host_tools)
  if [[ ! -f $state/ready ]] && ! docker image inspect "$KIND_NODE_IMAGE" >/dev/null 2>&1; then
    row image "${KIND_NODE_IMAGE%@*} will be fetched"
    if bare_possible; then
      row '' "Where it cannot be, an engine of the project's own is used, which needs none of these (MPC_ENGINE=bare)"
    fi
  fi
}

check_bare() {
  # shellcheck source=hack/bare/paths.sh
  source "$hack/bare/paths.sh"
  local image instead="MPC_ENGINE=host for this machine's"
  row engine "bare: an engine of the project's own, in a network namespace; it needs no image registry ($instead)"
  bare_possible || problem '' 'this way is for Debian 12 as root'
  if docker -H "$nodes_socket" version >/dev/null 2>&1; then
    row '' "runs: Docker $(docker -H "$nodes_socket" version -f '{{.Server.Version}}') ($nodes_socket)"
  fi
  PATH=$(program_dir kind):$(program_dir kubernetes):$(program_dir helm):$PATH
  if command -v go >/dev/null; then
    tool go go version
  else
    row go "not in PATH: Go $GO_VERSION will be fetched from PyPI"
  fi
  image=$(node_image)
  if [[ -f $cache/node-images/${image##*:}.tar.gz ]]; then
    row image "$image, cached"
    tool kind kind version
    tool kubectl kubectl version --client
    tool helm helm version --short
  else
    row image "$image is not built yet: the first make cluster takes about 20 minutes"
  fi
}

check_cluster() {
  if [[ -f $state/ready ]]; then
    row cluster "$cluster, of $(<"$state/ready")"
  else
    row cluster "$cluster is not made yet: make cluster"
  fi
}

# Prints the kilobytes that are free where the cache is, or would be.
free_disk() {
  local folder=$cache
  while [[ ! -d $folder ]]; do folder=$(dirname "$folder"); done
  df -Pk "$folder" | awk 'NR == 2 { print $4 }'
}
check_machine() {
  local disk memory need_disk=25 need_memory=6
  disk=$(($(free_disk) / 1048576))
  row cache "$cache ($disk GiB free; MPC_CACHE moves it)"
  if ((disk < need_disk)) && [[ ! -f $state/ready ]]; then
    row '' "a cluster with all its images wants $need_disk GiB"
  fi
  if [[ -r /proc/meminfo ]]; then
    memory=$(($(awk '/^MemAvailable/ { print $2 }' /proc/meminfo) / 1048576))
    row memory "$memory GiB available"
    if ((memory < need_memory)) && [[ ! -f $state/ready ]]; then
      row '' "a cluster and its tests want $need_memory GiB"
    fi
  fi
}

check_node
case $(engine) in
  host) check_host ;;
  bare) check_bare ;;
  '')
    remedy='Install and start Docker (https://docs.docker.com/get-docker)'
    problem engine "a container engine. $remedy; without one, Debian 12 as root is needed"
    ;;
  *) problem engine "MPC_ENGINE is '$MPC_ENGINE'; it can be 'host' or 'bare'" ;;
esac
check_cluster
check_machine
if ((problems > 0)); then
  echo "doctor: $problems missing, see above"
  exit 1
fi
