#!/usr/bin/env bash
# Builds FlyMQ and runs its tests; ends with one line "N passed, N failed" over all of them.
#   ./test.sh        everything
#   ./test.sh fast   the inner loop: no real clients, no child processes
set -uo pipefail
cd "$(dirname "$0")"
mode=${1:-all}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

dotnet build FlyMQ.slnx -c Release -v quiet -tl:off || { echo "0 passed, 1 failed"; exit 1; }

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
for project in tests/*/; do
  name=$(basename "$project")
  [ "$mode" = fast ] && [ "$name" = FlyMQ.Compatibility ] && continue
  binary="$project/bin/Release/net10.0/$name"
  [ -x "$binary" ] || continue
  grep -qrE '\[(Fact|Theory|Scenario)' --include='*.cs' "$project" || continue
  "$binary" -noColor > "$results/$name.log" 2>&1 || true
  # A run that ended without a summary (a crash) counts as one failure.
  grep -E '^ +[^ ]+ +Total: [0-9]+' "$results/$name.log" > "$results/$name.sum" || echo "$name Total: 1, Errors: 1, Failed: 0, Skipped: 0, Not Run: 0" > "$results/$name.sum"
  echo "== $name: $(sed -E 's/^ +//' "$results/$name.sum")"
  grep -qE 'Errors: 0, Failed: 0' "$results/$name.sum" || tail -n 200 "$results/$name.log"
done

cat "$results"/*.sum | awk '
  { for (i = 1; i < NF; i++) { v = $(i + 1) + 0
      if ($i == "Total:") total += v; if ($i == "Errors:") errors += v; if ($i == "Failed:") failed += v
      if ($i == "Skipped:") skipped += v; if ($i == "Run:") notrun += v } }
  END { f = failed + errors; p = total - failed - errors - skipped - notrun
        printf "%d passed, %d failed", p, f; if (skipped + notrun) printf ", %d skipped", skipped + notrun; print ""
        exit f > 0 || p == 0 }'
