// Measures how fast a node that comes late takes in a chain that a peer in the same process has, beside the validation
// of the same blocks alone. With STRATA_THREADS=1 nothing runs side by side, which shows what the other cores bring.
#include <benchmark/benchmark.h>

#include <strata/chain/test_nodes.hpp>

namespace strata::chain {
namespace {

constexpr int kTipsets = 60;

/// A chain on one node: two miners and some messages in each tipset, as far as the miners win.
class BusyChain {
  public:
    explicit BusyChain(std::size_t messages) {
        auto& node = nodes_[0];
        for (int i = 0; i < kTipsets; ++i) {
            const auto base = node->head();
            std::vector<SignedMessage> sent;
            for (std::size_t m = 0; m < messages; ++m) sent.push_back(nodes_.transfer(nonce_++, BigInt(1)));
            const auto first = nodes_.mine(*node, base, {.miner = 0, .messages = sent});
            add(first);
            if (const auto second =
                    nodes_.try_mine(*node, base, {.miner = 1, .epoch = first.header.height, .messages = sent}))
                add(*second);
            last_ = node->head();
        }
    }

    /// Opens a node that has the genesis alone.
    testing::TestNode& late() { return nodes_.add(); }
    testing::TestNode& full() { return nodes_[0]; }
    const std::vector<FullBlock>& blocks() const { return blocks_; }
    TipsetPtr head() const { return last_; }
    std::uint64_t now() const { return blocks_.back().header.timestamp; }

  private:
    void add(const FullBlock& block) {
        STRATA_CHECK(nodes_[0]->submit_block(block, block.header.timestamp));
        blocks_.push_back(block);
    }

    testing::Nodes nodes_{1};
    Nonce nonce_ = 0;
    std::vector<FullBlock> blocks_;
    TipsetPtr last_;
};

void validation_alone(benchmark::State& state) {
    BusyChain chain(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        state.PauseTiming();
        auto& late = chain.late();
        state.ResumeTiming();
        for (const auto& block : chain.blocks())
            if (!late->submit_block(block, chain.now())) return state.SkipWithError("a block is refused");
    }
    state.SetItemsProcessed(state.iterations() * kTipsets);
}

void late_joiner(benchmark::State& state) {
    BusyChain chain(static_cast<std::size_t>(state.range(0)));
    testing::TestPeers peers;
    peers.list = {testing::TestPeer::honest("full", *chain.full())};
    for (auto _ : state) {
        state.PauseTiming();
        auto& late = chain.late();
        late->set_source(peers);
        state.ResumeTiming();
        if (!late->follow_head(chain.head()->key(), chain.now(), "full"))
            return state.SkipWithError("the head cannot be followed");
        while (late->head()->key() != chain.head()->key())
            if (!late->advance(chain.now())) return state.SkipWithError("the chain cannot be followed");
    }
    state.SetItemsProcessed(state.iterations() * kTipsets);
}

BENCHMARK(validation_alone)->Arg(0)->Arg(100)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(late_joiner)->Arg(0)->Arg(100)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace strata::chain
