#!/usr/bin/env bash
# images.sh [NAME...]: builds the named images, or else all that are deployed, and loads them into the nodes. An image
# whose inputs are the same as when it was loaded is left alone. Each image has two tags: `dev`, and `dev-` with the
# hash of its inputs. The second is the tag to deploy where a change shall be rolled out. The script prints the images
# with that tag, one per line, as NAME IMAGE.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
# shellcheck source=hack/step.sh
source "$hack/step.sh"
[[ -f $state/ready ]] || fail "there is no cluster '$cluster' to load images into. Create it with: make cluster"
# shellcheck source=hack/use-cluster.sh
source "$hack/use-cluster.sh"
cd "$repo"

manifests=(.dockerignore .npmrc package.json package-lock.json {crds,runtime,operator,party,test}/package.json)

# Prints the files and folders that an image is made of.
inputs() {
  echo "images/$1"
  case $1 in
    operator | party) printf '%s\n' "${manifests[@]}" {crds,runtime,"$1"}/src ;;
    test) printf '%s\n' "${manifests[@]}" ;;
  esac
}
# Prints the hash of the names and contents of an image's inputs. The .dockerignore leaves tests out, so they do not
# count.
key() {
  local files
  files=$(inputs "$1" | while read -r path; do
    find "$path" -type f ! -name '*.test.ts' ! -name '.DS_Store'
  done | LC_ALL=C sort)
  { echo "$files" && xargs cat <<<"$files"; } | sha256
}

# Builds an image with the engine that has a way to the package registries.
build() { # NAME KEY
  local context=images/$1 arguments=()
  case $1 in
    operator | party | test) context=. ;;
  esac
  if [[ $MPC_ENGINE == bare ]]; then
    arguments=(--network host)
    export DOCKER_HOST=$builder_socket DOCKER_BUILDKIT=0
  fi
  # kind cannot load the attestations that newer builders add
  export BUILDX_NO_DEFAULT_ATTESTATIONS=1
  step "Image $1" docker build ${arguments[@]+"${arguments[@]}"} \
    --tag "mpc-operator/$1:dev" --tag "mpc-operator/$1:dev-$2" --file "images/$1/Dockerfile" "$context"
}

[[ $# -gt 0 ]] || set -- operator party softhsm nats
changed=()
keys=()
tags=()
for name; do
  [[ -f images/$name/Dockerfile ]] || fail "there is no image '$name' in images/"
  key=$(key "$name")
  echo "$name mpc-operator/$name:dev-$key"
  if [[ -f $state/loaded/$name && $(<"$state/loaded/$name") == "$key" ]]; then continue; fi
  changed+=("$name")
  keys+=("$key")
  tags+=("mpc-operator/$name:dev" "mpc-operator/$name:dev-$key")
done
if [[ ${#changed[@]} -eq 0 ]]; then
  say 'The images are built and loaded.'
  exit
fi

if [[ $MPC_ENGINE == bare ]]; then
  step 'Engine for building images' "$bare/engine.sh" builder
  step 'Base images' "$bare/base-images.sh"
fi
for i in "${!changed[@]}"; do (build "${changed[i]}" "${keys[i]}"); done

# The images travel in one archive, so that shared layers travel once, and to the workers only, since nothing of ours
# runs elsewhere.
archive=$(mktemp "$state/images.XXXXXX")
trap 'rm -f "$archive"' EXIT
(
  if [[ $MPC_ENGINE == bare ]]; then export DOCKER_HOST=$builder_socket; fi
  step "Pack: ${changed[*]}" docker save --output "$archive" "${tags[@]}"
)
workers=$(kind get nodes --name "$cluster" | grep -v control-plane | paste -sd, -)
step "Load into the nodes: ${changed[*]}" kind load image-archive "$archive" --name "$cluster" --nodes "$workers"

mkdir -p "$state/loaded"
for i in "${!changed[@]}"; do echo "${keys[i]}" >"$state/loaded/${changed[i]}"; done
