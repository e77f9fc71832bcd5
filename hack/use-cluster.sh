# Sourced after env.sh: tells docker, kind, kubectl and helm which engine and which cluster are meant, and puts them in
# PATH. It never touches the user's own kubeconfig.
# shellcheck shell=bash disable=SC2154
MPC_ENGINE=$("$hack/engine.sh")
export MPC_ENGINE KUBECONFIG=$state/kubeconfig
# A folder with one file for each image that the nodes have. The file holds the hash of the image's inputs: the tag of
# the image is dev-<hash>.
export MPC_LOADED_IMAGES=$state/loaded
if [[ $MPC_ENGINE == bare ]]; then
  # shellcheck source=hack/bare/paths.sh
  source "$hack/bare/paths.sh"
  require_own_engine
  export DOCKER_HOST=$nodes_socket
  PATH=$(program_dir kubernetes):$(program_dir kind):$(program_dir helm):$PATH
  export PATH
fi
