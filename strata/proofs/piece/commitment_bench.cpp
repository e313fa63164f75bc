// Measures CommP of 32 MiB of data that is in memory.
#include <benchmark/benchmark.h>

#include <strata/crypto/random.hpp>
#include <strata/proofs/piece/commitment.hpp>

namespace strata::proofs {
namespace {

void comm_p(benchmark::State& state) {
    Bytes data(std::size_t{127} << 18);
    crypto::SeededRandom(as_bytes("bench")).fill(data);
    for (auto _ : state) {
        PieceCommitter committer;
        committer.update(data);
        benchmark::DoNotOptimize(committer.finish());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(data.size()));
}
BENCHMARK(comm_p)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace strata::proofs
