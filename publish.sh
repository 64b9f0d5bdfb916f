#!/usr/bin/env bash
# Makes the release binary dist/flymq: NativeAOT, one file that needs no .NET on the machine it runs on.
#   ./publish.sh               for this machine
#   ./publish.sh linux-arm64   for another one (needs a linker for it)
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

case $(uname -m) in aarch64 | arm64) here=linux-arm64 ;; *) here=linux-x64 ;; esac
target=${1:-$here}

missing=()
command -v dotnet > /dev/null || missing+=("the .NET SDK 10 (https://dotnet.microsoft.com/download/dotnet/10.0)")
command -v gcc > /dev/null || missing+=("gcc (apt-get install gcc)")
echo '#include <zlib.h>' | gcc -E - > /dev/null 2>&1 || missing+=("zlib's headers (apt-get install zlib1g-dev)")
if [ ${#missing[@]} -gt 0 ]; then
  echo "publish.sh: missing on this machine:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
fi

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
dotnet restore src/FlyMQ.Server -p:FlyMQNative=true -v quiet
dotnet publish src/FlyMQ.Server --no-restore -c Release -r "$target" -p:FlyMQNative=true -p:CppCompilerAndLinker=gcc \
  -p:DebugType=none -p:GenerateDocumentationFile=false -o "$out" -v quiet -tl:off
mkdir -p dist
# Moved, not copied over: a broker that runs keeps the file it was started from.
mv "$out/flymq" dist/flymq.new && mv dist/flymq.new dist/flymq
ls -l dist/flymq
