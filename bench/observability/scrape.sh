#!/usr/bin/env bash
# A scrape of a broker with 1,000 topics of 10 partitions and 1,000 groups, each of which has committed 10 offsets: how long it takes and how much memory it adds, plain and with
# gzip, and what a scrape each second does to the latency of produce requests. Broker on core 0, everything else on core 1.
#   bench/observability/scrape.sh [PAIRS] [SECONDS]     FLYMQ_BINARY=… measures another build than dist/flymq
set -euo pipefail
cd "$(dirname "$0")/../.."
pairs=${1:-5}
seconds=${2:-6}
flymq=${FLYMQ_BINARY:-dist/flymq}
load=bench/FlyMQ.Load/bin/Release/net10.0/flymq-load
[ -x "$flymq" ] || ./publish.sh
dotnet build bench/FlyMQ.Load -c Release -v quiet -tl:off -nologo > /dev/null
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2> /dev/null || true; wait 2> /dev/null || true; rm -rf "$work"' EXIT
taskset -c 0 "$flymq" --data_dir "$work/data" --listeners clients=127.0.0.1:19092 --metadata.listen 127.0.0.1:19093 --health.listen 127.0.0.1:19095 \
  --observability.metrics.listen 127.0.0.1:19094 > "$work/log" 2>&1 &
broker=$!
pids+=($broker)
for ((try = 0; try < 300; try++)); do ss -ltnH "sport = :19092" | grep -q . && break; sleep 0.1; done
taskset -c 1 "$load" many --bootstrap 127.0.0.1:19092 --topics 1000 --partitions 10 --groups 1000
rss() { awk '/VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$broker/status"; }
scrape() { taskset -c 1 curl -s -o "$work/page" -w '%{time_total} %{size_download}\n' "$@" http://127.0.0.1:19094/metrics; }

sleep 5
before=$(rss)
first=$(scrape)
echo "first scrape: $(awk '{ printf "%.0f ms, %.1f MB", $1 * 1000, $2 / 1e6 }' <<< "$first"), $(grep -vc '^#' "$work/page") samples, $(grep -c '_bucket{' "$work/page") of them buckets; rolled up: $(grep '^flymq_metrics_rolled_up_topics' "$work/page" | cut -d' ' -f2) topics"
for ((i = 0; i < 20; i++)); do scrape >> "$work/plain"; done
for ((i = 0; i < 20; i++)); do scrape -H 'Accept-Encoding: gzip' >> "$work/gzip"; done
for kind in plain gzip; do
  sort -n "$work/$kind" | awk -v kind=$kind '{ t[NR] = $1; s = $2 } END { printf "%s: median of %d scrapes %.0f ms, slowest %.0f ms, %.2f MB\n", kind, NR, t[int((NR + 1) / 2)] * 1000, t[NR] * 1000, s / 1e6 }'
done
echo "resident: $before MiB before the first scrape, $(rss) MiB after 41"

produce() { taskset -c 1 "$load" produce --topic load --bootstrap 127.0.0.1:19092 --in-flight 1 --seconds "$seconds" --warmup 0; }
produce > /dev/null
for ((pair = 0; pair < pairs; pair++)); do
  quiet=$(produce)
  while :; do scrape --compressed > /dev/null; sleep 1; done &
  scraper=$!
  scraped=$(produce)
  kill $scraper
  echo "$quiet $scraped" | awk '{ printf "produce, p50 / p99 ms: %.2f / %.2f alone, %.2f / %.2f with a scrape each second\n", $6, $9, $18, $21 }'
done
