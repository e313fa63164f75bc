// Measures the validation of blocks of chains that Lotus made (vectors/lotus-devnet), from the first block to the last.
// `real` has real winning proofs and a sealed sector; `long` has stubs and more states. Needs STRATA_VECTORS.
#include <benchmark/benchmark.h>

#include <strata/actors/table.hpp>
#include <strata/chain/block_rules.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/ipld/car.hpp>
#include <strata/store/key_value.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::chain {
namespace {

namespace fs = std::filesystem;

struct RecordedChain {
    explicit RecordedChain(const fs::path& folder)
        : network(parse_network(testing::read_file(folder / "network.json")).value()),
          keys(folder.parent_path() / "vk"),
          natives(actors::native_actors()) {
        const auto car = testing::read_file(folder / "chain.car");
        const auto header = load_car(as_bytes(car), blocks).value();
        auto at = chain.tipset(TipsetKey(header.roots)).value();
        for (; at->height() != 0; at = chain.parent(*at).value()) tipsets.push_back(at);
        tipsets.push_back(at);
        std::ranges::reverse(tipsets);
    }

    MemoryBlockstore blocks;
    store::MemoryKeyValue meta;
    ChainStore chain{blocks, meta};
    Network network;
    KeyedProofVerifier keys;
    std::unique_ptr<vm::ActorTable> natives;
    std::vector<TipsetPtr> tipsets;
};

enum class What { headers, blocks };

/// Takes every header through all rules; for `blocks`, also executes every tipset below it with the recorded gas.
void validate(benchmark::State& state, const char* name, What what) {
    const auto folder = testing::find_vectors(std::string("lotus-devnet/") + name);
    if (!folder) return state.SkipWithError("STRATA_VECTORS is not set; set it to the folder of the vectors");
    RecordedChain recorded(*folder);
    StateManager states(recorded.chain, recorded.network, recorded.keys, *recorded.natives);
    BlockRules rules(recorded.chain, recorded.network, recorded.network.stub_winning_post ? nullptr : &recorded.keys);
    std::int64_t count = 0;
    for (auto _ : state) {
        for (std::size_t i = 0; i + 1 < recorded.tipsets.size(); ++i) {
            const auto& children = recorded.tipsets[i + 1]->blocks();
            const TipsetState parents{children[0].parent_state_root, children[0].parent_message_receipts};
            if (what == What::blocks) {
                const auto receipts = recorded.chain.receipts(parents.receipts_root).value();
                if (!states.execute(*recorded.tipsets[i], &receipts))
                    return state.SkipWithError("a tipset could not be executed");
            }
            for (const auto& block : children)
                if (!rules.check(block, parents)) return state.SkipWithError("a block is refused");
            count += static_cast<std::int64_t>(children.size());
        }
    }
    state.SetItemsProcessed(count);
}
BENCHMARK_CAPTURE(validate, blocks_real, "real", What::blocks)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(1);
BENCHMARK_CAPTURE(validate, headers_real, "real", What::headers)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(1);
BENCHMARK_CAPTURE(validate, blocks_long, "long", What::blocks)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(1);
BENCHMARK_CAPTURE(validate, headers_long, "long", What::headers)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(1);

}  // namespace
}  // namespace strata::chain
