#!/usr/bin/env bash
# What observability costs a broker that is written to, in CPU seconds per GB: pairs of runs of which one has everything on (a scrape each second, traces of a tenth
# of the requests, sent to somebody who takes them) and the other has it off. The median of the pairs' ratios, with its distribution-free interval.
#   bench/observability/cost.sh [PAIRS] [SECONDS]
# FLYMQ_BINARY=… measures another build than dist/flymq. BASELINE_BINARY=… is the one that runs with it off: an older build tells what counting itself costs.
# Broker on core 0, load on core 1, 1 KiB records, 100 partitions, acks=all. The machine must be quiet.
set -euo pipefail
cd "$(dirname "$0")/../.."
pairs=${1:-11}
seconds=${2:-6}
flymq=${FLYMQ_BINARY:-dist/flymq}
baseline=${BASELINE_BINARY:-$flymq}
load=bench/FlyMQ.Load/bin/Release/net10.0/flymq-load
[ -x "$flymq" ] || ./publish.sh
dotnet build bench/FlyMQ.Load -c Release -v quiet -tl:off -nologo > /dev/null
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2> /dev/null || true; wait 2> /dev/null || true; rm -rf "$work"' EXIT

# A build from before the page, or from when its keys were called otherwise, has nothing to switch off that this knows.
off=()
"$baseline" config print 2> /dev/null | grep -q 'observability.metrics.enabled' && off+=(--observability.metrics.enabled false)
"$baseline" config print 2> /dev/null | grep -q 'health.enabled' && off+=(--health.enabled false)
taskset -c 1 "$load" sink --port 19318 > "$work/sink.log" 2>&1 &
pids+=($!)
taskset -c 0 "$flymq" --data_dir "$work/on" --listeners clients=127.0.0.1:19092 --metadata.listen 127.0.0.1:19093 --health.listen 127.0.0.1:19095 \
  --observability.metrics.listen 127.0.0.1:19094 --observability.tracing.enabled true --observability.tracing.sample_rate 0.1 \
  --observability.tracing.endpoint http://127.0.0.1:19318 --observability.tracing.protocol http/protobuf > "$work/on.log" 2>&1 &
pids+=($!)
taskset -c 0 "$baseline" --data_dir "$work/off" --listeners clients=127.0.0.1:19192 --metadata.listen 127.0.0.1:19193 ${off[@]+"${off[@]}"} > "$work/off.log" 2>&1 &
pids+=($!)
for port in 19092 19192; do
  for ((try = 0; try < 300; try++)); do ss -ltnH "sport = :$port" | grep -q . && break; sleep 0.1; done
done
broker_pid() { ss -ltnpH "sport = :$1" | sed -nE 's/.*pid=([0-9]+).*/\1/p' | head -1; }
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$1/stat"; }

# CPU seconds per GB
measure() {
  local port=$1 pid before after out scraper=
  pid=$(broker_pid "$port")
  if [ "$port" = 19092 ]; then
    while :; do curl -s -o /dev/null --compressed http://127.0.0.1:19094/metrics; sleep 1; done &
    scraper=$!
  fi
  before=$(cpu "$pid")
  out=$(taskset -c 1 "$load" produce --topic load --partitions 100 --partitions-per-request 10 --bootstrap "127.0.0.1:$port" --seconds "$seconds" --warmup 0)
  # What is unsettled and unsent yet belongs to it.
  sleep 1
  after=$(cpu "$pid")
  [ -z "$scraper" ] || kill "$scraper"
  awk -v s="$seconds" -v c="$(echo "$after $before" | awk '{ print $1 - $2 }')" '{ printf "%.4f %.0f", c / ($3 * s / 1000), $3 }' <<< "$out"
}

measure 19092 > /dev/null
measure 19192 > /dev/null
for ((pair = 0; pair < pairs; pair++)); do
  # Who is first takes turns.
  if ((pair % 2)); then on=$(measure 19092); none=$(measure 19192); else none=$(measure 19192); on=$(measure 19092); fi
  echo "$on $none" | awk -v p=$((pair + 1)) '{ printf "pair %d: on %.3f CPU-s/GB at %d MB/s, off %.3f at %d, ratio %.4f\n", p, $1, $2, $3, $4, $1 / $3 }' >&2
  echo "$on $none" | awk '{ printf "%.6f\n", $1 / $3 }' >> "$work/ratios"
done
page=$(curl -s http://127.0.0.1:19094/metrics)
grep '^flymq_trace_spans' <<< "$page" >&2
# Without spans that arrived this would have measured something else.
awk '/^flymq_trace_spans_exported_total/ { sent = $2 } END { exit !(sent > 0) }' <<< "$page" || { echo "no span was exported" >&2; exit 1; }
sort -n "$work/ratios" | awk '
  { r[NR] = $1 }
  END {
    # The median lies between the k-th smallest and the k-th largest with a probability that the binomial distribution tells.
    n = NR; tail = 0; k = 0; c = 1
    for (i = 0; i < n / 2; i++) { p = c / 2 ^ n; if (tail + p > 0.025) break; tail += p; k = i + 1; c = c * (n - i) / (i + 1) }
    k = k < 1 ? 1 : k
    m = n % 2 ? r[(n + 1) / 2] : (r[n / 2] + r[n / 2 + 1]) / 2
    printf "median ratio on / off %.4f (%+.1f %%), at least 95 %% interval %.4f to %.4f, %d pairs\n", m, (m - 1) * 100, r[k], r[n + 1 - k], n
  }'
