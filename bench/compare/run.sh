#!/usr/bin/env bash
# FlyMQ beside Apache Kafka, interleaved in one run: producer-perf-test with 1 KiB records, acks=1 and all, 1 and 100 partitions. The broker has core 0, the
# client core 1. Prints records per second and the broker's CPU seconds per million records. Needs ../shared/peers/kafka (or KAFKA_PEER) and a built FlyMQ.
#   bench/compare/run.sh [ROUNDS] [RECORDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-3} records=${2:-500000}
peer=${KAFKA_PEER:-../shared/peers/kafka}
flymq=${FLYMQ_BINARY:-src/FlyMQ.Server/bin/Release/net10.0/flymq}
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2> /dev/null || true; wait 2> /dev/null || true; rm -rf "$work"' EXIT

taskset -c 0 "$flymq" --data_dir "$work/flymq" --listeners clients=127.0.0.1:19092 --metadata.listen 127.0.0.1:19093 > "$work/flymq.log" 2>&1 &
pids+=($!)
taskset -c 0 "$peer/broker.sh" "$work/kafka" 19192 > "$work/kafka.log" 2>&1 &
pids+=($!)
sleep 12

broker_pid() { ss -ltnpH "sport = :$1" | sed -nE 's/.*pid=([0-9]+).*/\1/p' | head -1; }
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$1/stat"; }
measure() {
  local name=$1 port=$2 acks=$3 partitions=$4 topic="bench-$3-$4"
  local pid; pid=$(broker_pid "$port")
  "$peer/run-class.sh" org.apache.kafka.tools.TopicCommand --bootstrap-server "127.0.0.1:$port" --create --if-not-exists --topic "$topic" --partitions "$partitions" > /dev/null 2>&1
  local before after rate
  before=$(cpu "$pid")
  rate=$(taskset -c 1 "$peer/run-class.sh" org.apache.kafka.tools.ProducerPerformance --topic "$topic" --num-records "$records" --record-size 1024 --throughput -1 \
    --command-property "bootstrap.servers=127.0.0.1:$port" "acks=$acks" linger.ms=5 2> /dev/null | tail -1 | sed -nE 's/.*, ([0-9.]+) records\/sec.*/\1/p')
  after=$(cpu "$pid")
  awk -v n="$name" -v a="$acks" -v p="$partitions" -v r="$rate" -v c="$(echo "$after $before" | awk '{ print $1 - $2 }')" -v k="$records" \
    'BEGIN { printf "%-6s acks=%-3s partitions=%-4s %10.0f records/s  %6.2f CPU-s per million\n", n, a, p, r, c * 1e6 / k }'
}

for ((round = 1; round <= rounds; round++)); do
  for acks in 1 all; do
    for partitions in 1 100; do
      measure flymq 19092 "$acks" "$partitions"
      measure kafka 19192 "$acks" "$partitions"
    done
  done
done
grep VmRSS "/proc/$(broker_pid 19092)/status" | sed 's/^/flymq /'
grep VmRSS "/proc/$(broker_pid 19192)/status" | sed 's/^/kafka /'
