# Sourced: the tools that a machine with a container engine must bring itself. Nothing is installed behind its user's
# back.
# shellcheck shell=bash

# Prints, one per line, the tools that are missing and where to get them.
missing_host_tools() {
  local tool
  while read -r tool where; do
    command -v "$tool" >/dev/null || echo "$tool is not in PATH: $where"
  done <<'TOOLS'
docker https://docs.docker.com/get-docker
kind https://kind.sigs.k8s.io/docs/user/quick-start/#installation (or: brew install kind)
kubectl https://kubernetes.io/docs/tasks/tools (or: brew install kubectl)
helm https://helm.sh/docs/intro/install, version 4 or 3 (or: brew install helm)
TOOLS
}
