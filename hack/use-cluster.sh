# Sourced after env.sh: tells docker, kind, kubectl and helm which engine and which cluster are meant, and is where they
# are found. Never touches the user's own kubeconfig.
# shellcheck shell=bash disable=SC2154
MPC_ENGINE=$("$hack/engine.sh")
export MPC_ENGINE KUBECONFIG=$state/kubeconfig
# One file for each image that the nodes have, with what it was made of: its tag is dev-<that>.
export MPC_LOADED_IMAGES=$state/loaded
if [[ $MPC_ENGINE == bare ]]; then
  # shellcheck source=hack/bare/paths.sh
  source "$hack/bare/paths.sh"
  require_own_engine
  export DOCKER_HOST=$nodes_socket
  PATH=$(program_dir kubernetes):$(program_dir kind):$(program_dir helm):$PATH
  export PATH
fi
