#!/usr/bin/env bash
# Builds FlyMQ and runs its tests; ends with one line "N passed, N failed" over all of them.
#   ./test.sh           everything; installs the clients it needs (Debian packages, as root or with sudo; npm packages)
#   ./test.sh fast      the inner loop: no real clients, no child processes
#   ./test.sh clients   only the real clients, and writes docs/clients.md
set -uo pipefail
cd "$(dirname "$0")"
mode=${1:-all}
case $mode in all | fast | clients) ;; *) echo "usage: ./test.sh [fast|clients]" >&2; exit 2 ;; esac
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# program:package, or a file that the package brings.
needs=(kcat:kcat curl:curl jq:jq ip:iproute2 pgrep:procps strace:strace node:nodejs npm:npm javac:openjdk-17-jdk-headless /usr/lib/python3/dist-packages/kafka:python3-kafka promtool:prometheus
  /usr/lib/python3/dist-packages/snappy:python3-snappy /usr/lib/python3/dist-packages/lz4:python3-lz4 /usr/lib/python3/dist-packages/zstandard:python3-zstandard
  /usr/lib/python3/dist-packages/prometheus_client:python3-prometheus-client)
install_clients() {
  local missing=()
  for need in "${needs[@]}"; do
    local what=${need%%:*}
    if [[ $what == /* ]]; then [ -e "$what" ] || missing+=("${need##*:}"); else command -v "$what" > /dev/null || missing+=("${need##*:}"); fi
  done
  [ ${#missing[@]} -eq 0 ] && return
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2> /dev/null; then root=(sudo -n); else echo "Missing, and not installed for want of root: ${missing[*]}. Their tests are skipped." >&2; return; fi
  fi
  echo "Installing ${missing[*]}"
  # Debian starts a service with its package. The tests start a Prometheus of their own, and none stays behind on this machine.
  local policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    trap "${root[*]} rm -f $policy" EXIT
    printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee $policy > /dev/null && "${root[@]}" chmod +x $policy
  fi
  if ! { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
      || { "${root[@]}" apt-get update -qq && "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; }; } > /dev/null; then
    echo "Could not install ${missing[*]}. Their tests are skipped." >&2
  elif [[ " ${missing[*]} " == *" prometheus "* ]]; then
    "${root[@]}" update-rc.d prometheus disable > /dev/null
  fi
  if [ -n "$(trap -p EXIT)" ]; then "${root[@]}" rm -f $policy; trap - EXIT; fi
}
# A tool of .NET's that the documentation names, in a folder of its own beside the build's.
install_tools() {
  export PATH="$PWD/artifacts/tools:$PATH"
  command -v dotnet-counters > /dev/null || dotnet tool install dotnet-counters --version 10.0.750501 --tool-path artifacts/tools > /dev/null \
    || echo "Could not install dotnet-counters. The tests that need it are skipped." >&2
}
[ "$mode" = fast ] || { install_clients; install_tools; }

dotnet build FlyMQ.slnx -c Release -v quiet -tl:off || { echo "0 passed, 1 failed"; exit 1; }

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
run() {
  local name=$1 binary="tests/$1/bin/Release/net10.0/$1"
  "$binary" -noColor > "$results/$name.log" 2>&1 || true
  # A run that ended without a summary (a crash) counts as one failure.
  grep -E '^ +[^ ]+ +Total: [0-9]+' "$results/$name.log" > "$results/$name.sum" || echo "$name Total: 1, Errors: 1, Failed: 0, Skipped: 0, Not Run: 0" > "$results/$name.sum"
  echo "== $name: $(sed -E 's/^ +//' "$results/$name.sum")"
  grep -qE 'Errors: 0, Failed: 0' "$results/$name.sum" || tail -n 300 "$results/$name.log"
}

# The quick projects first; the real clients have the machine to themselves, for they are told by what time does to them.
for project in tests/*/; do
  name=$(basename "$project")
  [ -x "$project/bin/Release/net10.0/$name" ] && grep -qrE '\[(Fact|Theory|Scenario)' --include='*.cs' "$project" || continue
  if [ "$name" = FlyMQ.Compatibility ]; then [ "$mode" = fast ] && continue; else [ "$mode" = clients ] && continue; fi
  if [ "$name" = FlyMQ.Compatibility ]; then last=$name; continue; fi
  run "$name"
done
[ "$mode" = clients ] && export FLYMQ_CLIENTS_TABLE="$PWD/docs/clients.md"
[ -n "${last:-}" ] && run "$last"

cat "$results"/*.sum | awk '
  { for (i = 1; i < NF; i++) { v = $(i + 1) + 0
      if ($i == "Total:") total += v; if ($i == "Errors:") errors += v; if ($i == "Failed:") failed += v
      if ($i == "Skipped:") skipped += v; if ($i == "Run:") notrun += v } }
  END { f = failed + errors; p = total - failed - errors - skipped - notrun
        printf "%d passed, %d failed", p, f; if (skipped + notrun) printf ", %d skipped", skipped + notrun; print ""
        exit f > 0 || p == 0 }'
