// Measures HAMT and AMT as state uses them: 10,000 entries of 64 bytes are set, flushed, loaded and read. Items are
// entries.
#include <benchmark/benchmark.h>

#include <strata/base/varint.hpp>
#include <strata/ipld/amt.hpp>
#include <strata/ipld/hamt.hpp>

namespace strata {
namespace {

constexpr std::uint64_t kEntries = 10'000;

Bytes value_of(std::uint64_t i) {
    CborWriter w;
    w.bytes(Bytes(64, static_cast<std::uint8_t>(i)));
    return w.take();
}

Hamt filled_hamt(Blockstore& store) {
    Hamt map(store, 5);
    for (std::uint64_t i = 0; i < kEntries; ++i) STRATA_CHECK(map.set(uvarint(i), value_of(i)).has_value());
    return map;
}
Amt filled_amt(Blockstore& store) {
    Amt array(store, 5);
    for (std::uint64_t i = 0; i < kEntries; ++i) STRATA_CHECK(array.set(i, value_of(i)).has_value());
    return array;
}

void count(benchmark::State& state) {
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kEntries));
}

void hamt_set(benchmark::State& state) {
    for (auto _ : state) {
        MemoryBlockstore store;
        benchmark::DoNotOptimize(filled_hamt(store));
    }
    count(state);
}
BENCHMARK(hamt_set)->Unit(benchmark::kMillisecond);

void hamt_flush(benchmark::State& state) {
    for (auto _ : state) {
        state.PauseTiming();
        MemoryBlockstore store;
        auto map = filled_hamt(store);
        state.ResumeTiming();
        benchmark::DoNotOptimize(map.flush());
    }
    count(state);
}
BENCHMARK(hamt_flush)->Unit(benchmark::kMillisecond);

void hamt_load_and_get(benchmark::State& state) {
    MemoryBlockstore store;
    const Cid root = filled_hamt(store).flush().value();
    for (auto _ : state) {
        const auto map = Hamt::load(store, root, 5).value();
        for (std::uint64_t i = 0; i < kEntries; ++i) benchmark::DoNotOptimize(map.get(uvarint(i)));
    }
    count(state);
}
BENCHMARK(hamt_load_and_get)->Unit(benchmark::kMillisecond);

void amt_set_and_flush(benchmark::State& state) {
    for (auto _ : state) {
        MemoryBlockstore store;
        auto array = filled_amt(store);
        benchmark::DoNotOptimize(array.flush());
    }
    count(state);
}
BENCHMARK(amt_set_and_flush)->Unit(benchmark::kMillisecond);

void amt_load_and_get(benchmark::State& state) {
    MemoryBlockstore store;
    const Cid root = filled_amt(store).flush().value();
    for (auto _ : state) {
        const auto array = Amt::load(store, root, 5).value();
        for (std::uint64_t i = 0; i < kEntries; ++i) benchmark::DoNotOptimize(array.get(i));
    }
    count(state);
}
BENCHMARK(amt_load_and_get)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strata
