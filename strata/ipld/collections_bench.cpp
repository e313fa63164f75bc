// Measures HAMT and AMT as the `bench` of the reference's program does (bench/run runs both): 100,000 values of 40
// bytes are set, flushed, loaded and read, cold (nodes are read from the store) and warm. Items are entries.
#include <benchmark/benchmark.h>

#include <random>

#include <strata/ipld/amt.hpp>
#include <strata/ipld/hamt.hpp>

namespace strata {
namespace {

constexpr std::uint64_t kEntries = 100'000;
constexpr std::size_t kChanges = 2'000;
constexpr unsigned kBitWidth = 5;

struct Row {
    Bytes key;
    Bytes value;  // CBOR
};

const std::vector<Row>& rows() {
    static const auto made = [] {
        std::mt19937_64 random(7);
        const auto some = [&](std::size_t size) {
            Bytes out(size);
            for (auto& byte : out) byte = static_cast<std::uint8_t>(random());
            return out;
        };
        std::vector<Row> out;
        for (std::uint64_t i = 0; i < kEntries; ++i) out.push_back({some(8), to_cbor(some(40))});
        return out;
    }();
    return made;
}

Hamt filled_hamt(Blockstore& store) {
    Hamt map(store, kBitWidth);
    for (const auto& [key, value] : rows()) STRATA_CHECK(map.set(key, value).has_value());
    return map;
}
Amt filled_amt(Blockstore& store) {
    Amt array(store, kBitWidth);
    for (std::uint64_t i = 0; i < kEntries; ++i) STRATA_CHECK(array.set(i, rows()[i].value).has_value());
    return array;
}
void read_all(const Hamt& map) {
    for (const auto& row : rows()) benchmark::DoNotOptimize(map.get(row.key));
}
void read_all(const Amt& array) {
    for (std::uint64_t i = 0; i < kEntries; ++i) benchmark::DoNotOptimize(array.get(i));
}

// Runs `work` on what `prepare` returns, outside the measured time.
template <class Prepare, class Work>
void measure(benchmark::State& state, std::uint64_t items, const Prepare& prepare, const Work& work) {
    for (auto _ : state) {
        state.PauseTiming();
        {
            MemoryBlockstore store;  // NOLINT(misc-const-correctness): `prepare` may change it
            auto collection = prepare(store);
            state.ResumeTiming();
            work(collection);
            state.PauseTiming();
        }
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}

Hamt empty_hamt(Blockstore& store) {
    return Hamt(store, kBitWidth);
}
Hamt loaded_hamt(Blockstore& store) {
    return Hamt::load(store, filled_hamt(store).flush().value(), kBitWidth).value();
}
Amt empty_amt(Blockstore& store) {
    return Amt(store, kBitWidth);
}
Amt loaded_amt(Blockstore& store) {
    return Amt::load(store, filled_amt(store).flush().value(), kBitWidth).value();
}

void hamt_set(benchmark::State& state) {
    measure(state, kEntries, empty_hamt, [](Hamt& map) {
        for (const auto& [key, value] : rows()) STRATA_CHECK(map.set(key, value).has_value());
    });
}
BENCHMARK(hamt_set)->Unit(benchmark::kMillisecond);

void hamt_flush(benchmark::State& state) {
    measure(state, kEntries, filled_hamt, [](Hamt& map) { benchmark::DoNotOptimize(map.flush()); });
}
BENCHMARK(hamt_flush)->Unit(benchmark::kMillisecond);

void hamt_get_cold(benchmark::State& state) {
    measure(state, kEntries, loaded_hamt, [](Hamt& map) { read_all(map); });
}
BENCHMARK(hamt_get_cold)->Unit(benchmark::kMillisecond);

void hamt_get_warm(benchmark::State& state) {
    measure(
        state, kEntries,
        [](Blockstore& store) {
            auto map = loaded_hamt(store);
            read_all(map);
            return map;
        },
        [](Hamt& map) { read_all(map); });
}
BENCHMARK(hamt_get_warm)->Unit(benchmark::kMillisecond);

void hamt_set_and_flush(benchmark::State& state) {
    measure(state, kChanges, loaded_hamt, [](Hamt& map) {
        for (std::size_t i = 0; i < kChanges; ++i) {
            auto [key, value] = rows()[i];
            value.back() ^= 1;
            STRATA_CHECK(map.set(key, value).has_value());
            benchmark::DoNotOptimize(map.flush());
        }
    });
}
BENCHMARK(hamt_set_and_flush)->Unit(benchmark::kMillisecond);

void amt_set(benchmark::State& state) {
    measure(state, kEntries, empty_amt, [](Amt& array) {
        for (std::uint64_t i = 0; i < kEntries; ++i) STRATA_CHECK(array.set(i, rows()[i].value).has_value());
    });
}
BENCHMARK(amt_set)->Unit(benchmark::kMillisecond);

void amt_flush(benchmark::State& state) {
    measure(state, kEntries, filled_amt, [](Amt& array) { benchmark::DoNotOptimize(array.flush()); });
}
BENCHMARK(amt_flush)->Unit(benchmark::kMillisecond);

void amt_get_cold(benchmark::State& state) {
    measure(state, kEntries, loaded_amt, [](Amt& array) { read_all(array); });
}
BENCHMARK(amt_get_cold)->Unit(benchmark::kMillisecond);

void amt_get_warm(benchmark::State& state) {
    measure(
        state, kEntries,
        [](Blockstore& store) {
            auto array = loaded_amt(store);
            read_all(array);
            return array;
        },
        [](Amt& array) { read_all(array); });
}
BENCHMARK(amt_get_warm)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strata
