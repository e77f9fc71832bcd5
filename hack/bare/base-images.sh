#!/usr/bin/env bash
# Makes the two public images that our Dockerfiles build on, under their public names, so that the same Dockerfiles serve
# on a machine that reaches no image registry.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/../env.sh"
# shellcheck source=hack/bare/paths.sh
source "$hack/bare/paths.sh"
export DOCKER_HOST=$builder_socket

# What an image was made of is its label, so that it is made again when that changes.
certificates=/etc/ssl/certs/ca-certificates.crt
debian_key=$(cat "$hack/bare/base-images.sh" "$certificates" | sha256)
node_key=$debian_key-$NODE_VERSION-$NPM_VERSION
has() { [[ $(docker image inspect -f '{{index .Config.Labels "made-of"}}' "$1" 2>/dev/null) == "$2" ]]; }

work=$(mktemp -d "$cache/base-images.XXXXXX")
trap 'rm -rf "$work"' EXIT

if ! has debian:trixie-slim "$debian_key"; then
  debootstrap --variant=minbase trixie "$work/debian"
  rm -rf "$work"/debian/var/{lib/apt/lists,cache/apt,log}/* "$work"/debian/usr/share/{doc,man,locale}/*
  # a machine may trust an authority of its own: then apt and npm behind it must trust it too
  install -D -m644 "$certificates" "$work/debian$certificates"
  tar -C "$work/debian" -c . | docker import -c 'CMD ["bash"]' -c "LABEL made-of=$debian_key" - debian:trixie-slim
fi
if ! has node:24-trixie-slim "$node_key"; then
  node=$("$hack/node.sh" --pinned)
  tar -C "${node%/bin}" -cf "$work/node.tar" bin include lib share
  cat >"$work/Dockerfile" <<DOCKERFILE
FROM debian:trixie-slim
ADD node.tar /usr/local
ENV NODE_EXTRA_CA_CERTS=$certificates
LABEL made-of=$node_key
CMD ["node"]
DOCKERFILE
  rm -rf "$work/debian"
  docker build -t node:24-trixie-slim "$work"
fi
