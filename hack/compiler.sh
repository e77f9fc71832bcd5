#!/usr/bin/env bash
# Makes sure that npm can compile pkcs11js, the one package that is not JavaScript. That takes python3, make and a C++
# compiler. As root on Debian this script installs those that are missing; elsewhere it says what to install.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
# shellcheck source=hack/step.sh
source "$hack/step.sh"

missing=()
for tool in python3 make c++; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0
if [[ $EUID == 0 && -f /etc/debian_version ]]; then
  step 'Debian packages to compile pkcs11js' "$hack/bare/packages.sh" python3 make g++
else
  remedy='Install them (Debian: apt-get install python3 make g++; macOS: xcode-select --install).'
  fail "pkcs11js is compiled when it is installed, which needs: ${missing[*]}. $remedy"
fi
