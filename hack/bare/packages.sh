#!/usr/bin/env bash
# packages.sh NAME...: installs the Debian packages that are not installed yet.
set -euo pipefail

missing=()
for name; do
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || missing+=("$name")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}"
