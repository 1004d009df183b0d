#!/usr/bin/env bash
# Replays the corpus of each target, and then fuzzes the target for so many seconds, on one core:
#
#   fuzz/run.sh [SECONDS [TARGET ...]]
#
# It builds as `cargo fuzz build --sanitizer none` does, so that nothing needs to be installed but g++. What is found
# anew stays out of the corpus; an input that breaks a law is in `fuzz/artifacts`.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-20}
shift || true
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    for file in fuzz_targets/*.rs; do
        targets+=("$(basename "$file" .rs)")
    done
fi

# The flags of cargo-fuzz 0.13. With a target named, what runs at build time goes without them.
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Cllvm-args=-sanitizer-coverage-stack-depth \
-Ccodegen-units=1 --cfg fuzzing"
host=$(rustc -vV | sed -n 's/^host: //p')
bins=()
for target in "${targets[@]}"; do
    bins+=(--bin "$target")
done
cargo build --release --locked --target "$host" "${bins[@]}"

found=$(mktemp -d)
trap 'rm -rf "$found"' EXIT
for target in "${targets[@]}"; do
    printf '\n-- %s\n' "$target"
    mkdir -p "artifacts/$target" "$found/$target"
    "${CARGO_TARGET_DIR:-target}/$host/release/$target" -max_total_time="$seconds" -max_len=1024 \
        -timeout=20 -rss_limit_mb=2048 -dict=words.dict -artifact_prefix="artifacts/$target/" \
        -verbosity=0 -print_final_stats=1 "$found/$target" "corpus/$target"
done
