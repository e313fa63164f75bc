// Exports and imports a snapshot of a made chain, beside a plain copy of the same bytes, which is the limit. The
// counter peak_MiB is the most memory that the program had so far, so run one benchmark at a time to compare it.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <strata/base/files.hpp>
#include <strata/node/snapshot.hpp>
#include <strata/node/test_snapshot.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;
using chain::SnapshotFormat;

struct Made {
    Made() {
        const auto chain = testing::made_chain(1500, 1500);
        testing::put_into(folder / "node", *chain);
        expected.genesis = chain->chain.genesis()->cids().front();
        for (const auto format : {SnapshotFormat::v1, SnapshotFormat::v2, SnapshotFormat::indexed})
            STRATA_CHECK(export_snapshot(folder / "node", file(format), {.format = format}).has_value());
    }
    fs::path file(SnapshotFormat format) const { return folder / std::to_string(static_cast<int>(format)); }
    strata::testing::TempFolder folder;
    chain::ExpectedChain expected;
};
Made& made() {
    static Made one;
    return one;
}

// The bytes that a second handles are those of the plain file, whatever the form.
void count(benchmark::State& state) {
    state.SetBytesProcessed(static_cast<std::int64_t>(fs::file_size(made().file(SnapshotFormat::v1))) *
                            state.iterations());
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    state.counters["peak_MiB"] = static_cast<double>(usage.ru_maxrss) / 1024;
}

void copy(benchmark::State& state) {
    const auto from = made().file(SnapshotFormat::v1);
    for (auto _ : state) STRATA_CHECK(strata::copy_file(from, made().folder / "copy").has_value());
    count(state);
}
BENCHMARK(copy)->Unit(benchmark::kMillisecond)->UseRealTime();

void snapshot_export(benchmark::State& state) {
    const auto format = static_cast<SnapshotFormat>(state.range(0));
    made();
    for (auto _ : state)
        STRATA_CHECK(export_snapshot(made().folder / "node", made().folder / "out", {.format = format}).has_value());
    count(state);
}
BENCHMARK(snapshot_export)->DenseRange(0, 2)->Unit(benchmark::kMillisecond)->UseRealTime();

void snapshot_import(benchmark::State& state) {
    const auto file = made().file(static_cast<SnapshotFormat>(state.range(0)));
    for (auto _ : state) {
        state.PauseTiming();
        STRATA_CHECK(remove_path(made().folder / "target").has_value());
        state.ResumeTiming();
        STRATA_CHECK(import_snapshot(file, made().folder / "target", {.expected = made().expected}).has_value());
    }
    count(state);
}
BENCHMARK(snapshot_import)->DenseRange(0, 2)->Unit(benchmark::kMillisecond)->UseRealTime();

void snapshot_in_place(benchmark::State& state) {
    const auto file = made().file(SnapshotFormat::indexed);
    for (auto _ : state) {
        state.PauseTiming();
        STRATA_CHECK(remove_path(made().folder / "target").has_value());
        state.ResumeTiming();
        STRATA_CHECK(import_snapshot(file, made().folder / "target", {.expected = made().expected, .in_place = true})
                         .has_value());
    }
    count(state);
}
BENCHMARK(snapshot_in_place)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace strata::node
