#!/usr/bin/env bash
# Builds FlyMQ when its sources have changed, and runs it: ./run.sh [arguments of flymq]
# Data goes to FLYMQ_DATA_DIR, to ./data beside this script when that is unset. Ctrl-C ends it cleanly.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

if ! command -v dotnet > /dev/null; then
  cat >&2 <<'EOF'
run.sh: the .NET SDK 10 is not installed ("dotnet" is not on the PATH).
  Debian, Ubuntu:  apt-get install dotnet-sdk-10.0   (with Microsoft's package source where the distribution has none)
  anywhere else:   https://dotnet.microsoft.com/download/dotnet/10.0
EOF
  exit 1
fi
if ! (cd "$root" && dotnet --version) > /dev/null 2>&1; then
  echo "run.sh: the .NET SDK 10.0.100 or later of version 10 is needed; installed here:" >&2
  (cd / && dotnet --list-sdks | sed 's/^/  /') >&2
  exit 1
fi

binary=$root/src/FlyMQ.Server/bin/Release/net10.0/flymq
stamp=$root/src/FlyMQ.Server/obj/run.stamp
sources() { find "$root"/src "$root"/Directory.* "$root/global.json" \( -name bin -o -name obj \) -prune -o -type f "$@" -print; }
# The stamp holds the names of the files that were built, so that one taken away is noticed, and is as old as the build's beginning.
names=$(sources | sort | cksum)
if [ ! -x "$binary" ] || [ "$(cat "$stamp" 2> /dev/null)" != "$names" ] || [ -n "$(sources -newer "$stamp" | head -n 1)" ]; then
  echo "run.sh: building FlyMQ…" >&2
  began=$(mktemp)
  trap 'rm -f "$began"' EXIT
  (cd "$root" && dotnet build src/FlyMQ.Server -c Release -v quiet -tl:off) >&2
  echo "$names" > "$stamp"
  touch -r "$began" "$stamp"
  rm -f "$began"
fi

export DOTNET_ROOT=${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}
export FLYMQ_DATA_DIR=${FLYMQ_DATA_DIR:-$root/data}
exec "$binary" "$@"
