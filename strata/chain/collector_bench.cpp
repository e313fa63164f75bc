// Measures what a chain needs on disk while old states are collected, beside keeping everything and beside the live
// state. The chain is executed for real, with one transfer to a new account in each epoch; no rule of blocks is
// checked. STRATA_BENCH_EPOCHS sets the number of epochs; the figures of docs/performance.md have 10,000.
#include <benchmark/benchmark.h>

#include <strata/base/files.hpp>
#include <strata/chain/test_disk.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::chain {
namespace {

ChainEpoch epochs() {
    const char* const text = std::getenv("STRATA_BENCH_EPOCHS");
    return text == nullptr ? 300 : std::atoll(text);
}

// With the argument n, the last n-th part of the epochs keeps its states; 0: all do.
void disk(benchmark::State& state) {
    const auto count = epochs();
    const ChainEpoch kept = state.range(0) == 0 ? count : count / state.range(0);
    for (auto _ : state) {
        const strata::testing::TempFolder folder;
        const auto repository = store::Repository::open(folder.path()).value();
        auto& generations = repository->generations();
        testing::StubChain stub(repository->blocks(), repository->records());
        CollectorOptions options;
        options.keep_epochs = state.range(0) == 0 ? 0 : kept;
        Collector collector(stub.chain, &stub.states, generations, options);
        std::uint64_t highest = 0;
        for (ChainEpoch epoch = 1; epoch <= count; ++epoch) {
            STRATA_CHECK(stub.mine().has_value());
            highest = std::max(highest, testing::bytes_in_families(generations));
            // An epoch takes 30 seconds on a network, so more steps fit into one.
            for (int i = 0; i < 64 && collector.step().value() == Collector::Step::worked; ++i)
                highest = std::max(highest, testing::bytes_in_families(generations));
        }
        const auto mib = [](std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); };
        state.counters["epochs"] = static_cast<double>(count);
        state.counters["live_MiB"] = mib(testing::live_bytes(generations, stub.chain, kept));
        state.counters["highest_MiB"] = mib(highest);
        state.counters["end_MiB"] = mib(testing::bytes_in_families(generations));
        state.counters["files_MiB"] = mib(bytes_below(folder.path()));
        state.counters["collections"] = static_cast<double>(collector.progress().ended);
    }
    state.SetItemsProcessed(count * state.iterations());
}
BENCHMARK(disk)->Arg(5)->Arg(0)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace
}  // namespace strata::chain
