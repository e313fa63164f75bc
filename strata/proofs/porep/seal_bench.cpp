// Measures PC1 and PC2 of an 8 MiB sector, and their parts.
#include <benchmark/benchmark.h>

#include <strata/base/mapped_file.hpp>
#include <strata/crypto/poseidon.hpp>
#include <strata/crypto/sha256.hpp>
#include <strata/proofs/porep/seal.hpp>
#include <strata/proofs/sdr/labels.hpp>

namespace strata::proofs {
namespace {

namespace fs = std::filesystem;
using crypto::Fr;

void poseidon_hashes(benchmark::State& state) {
    const auto arity = static_cast<unsigned>(state.range(0));
    const auto& constants = crypto::merkle_poseidon_constants(arity);
    constexpr std::size_t kHashes = 64;
    std::vector<Fr> inputs;
    for (std::size_t i = 0; i < kHashes * arity; ++i) inputs.push_back(Fr::from_u64(i).inverse());
    std::vector<Fr> out(kHashes);
    for (auto _ : state) crypto::poseidon_many(constants, inputs, out);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kHashes));
}
BENCHMARK(poseidon_hashes)->Arg(2)->Arg(8)->Arg(11);

void labels_of_layer(benchmark::State& state) {
    const auto config = *SealConfig::of(static_cast<RegisteredSealProof>(6));
    const auto parents = *ParentTable::load(config.graph(), {}, {});
    std::vector<Node> below(config.nodes());
    std::vector<Node> labels(config.nodes());
    for (auto _ : state) {
        if (!label_layer(parents, {}, 2, below, labels, {})) state.SkipWithError("no labels");
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(config.nodes()));
}
BENCHMARK(labels_of_layer)->Unit(benchmark::kMillisecond);

/// The least that a label can cost: its message of 64 + 37 * 32 bytes makes 20 blocks of SHA-256
/// (docs/protocol/proofs.md §5), with no parent to fetch.
void hash_of_label(benchmark::State& state) {
    constexpr std::size_t kBlocks = 20;
    const Bytes message(kBlocks * crypto::kSha256Block, 0x5a);
    auto hash = crypto::kSha256Start;
    for (auto _ : state) {
        crypto::sha256_blocks(hash, message.data(), kBlocks);
        benchmark::DoNotOptimize(hash);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(hash_of_label);

void seal_8MiB(benchmark::State& state) {
    const bool second = state.range(0) == 2;
    SealSubject subject;
    subject.config = *SealConfig::of(static_cast<RegisteredSealProof>(6));
    const auto folder = fs::temp_directory_path() / "strata-seal-bench";
    const SealPaths paths{folder / "cache", folder / "staged", folder / "sealed", (folder / "parents").string()};
    if (!ParentTable::load(subject.config.graph(), paths.parent_cache, {})) return state.SkipWithError("no parents");
    for (auto _ : state) {
        state.PauseTiming();
        fs::remove_all(paths.cache);
        fs::create_directories(paths.cache);
        if (!MappedFile::create(paths.staged, subject.config.sector_size)) state.SkipWithError("no file");
        if (!second) state.ResumeTiming();
        const auto phase1 = seal_pre_commit_phase1(subject, paths, {});
        if (second) {
            state.ResumeTiming();
            if (!seal_pre_commit_phase2(subject, paths, *phase1)) state.SkipWithError("no seal");
        }
    }
    fs::remove_all(folder);
}
// The parent table exists already.
BENCHMARK(seal_8MiB)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->Iterations(3);

}  // namespace
}  // namespace strata::proofs
