#pragma once
// Gives the tests of this folder a chain that Lotus made (vectors/lotus-devnet), with all its states. Nothing is
// executed: each header says what Lotus computed about its parents.
#include <strata/chain/chain_store.hpp>
#include <strata/chain/network.hpp>
#include <strata/ipld/car.hpp>
#include <strata/testing/vectors.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain::testing {

class RecordedChain {
  public:
    /// 205 tipsets with real proofs; epoch 69 is a null round.
    static RecordedChain& real() {
        static RecordedChain chain("real");
        return chain;
    }
    /// 1,391 tipsets with stub proofs, and ten null rounds.
    static RecordedChain& with_long_history() {
        static RecordedChain chain("long");
        return chain;
    }

    MemoryBlockstore blocks;
    store::MemoryKeyValue meta;
    ChainStore store{blocks, meta};
    Network network;
    std::vector<TipsetPtr> tipsets;  // from genesis up

    const TipsetPtr& head() const { return tipsets.back(); }
    TipsetPtr at(ChainEpoch epoch) { return store.tipset_at(epoch, head(), NullRound::previous).value(); }
    vm::StateTree state_before(const Tipset& tipset) {
        return vm::StateTree::load(blocks, tipset.parent_state_root()).value();
    }

  private:
    explicit RecordedChain(std::string_view name) {
        const auto folder = *strata::testing::find_vectors("lotus-devnet") / name;
        network = parse_network(strata::testing::read_file(folder / "network.json")).value();
        const auto header = load_car(as_bytes(strata::testing::read_file(folder / "chain.car")), blocks).value();
        auto tipset = store.tipset(TipsetKey(header.roots)).value();
        for (tipsets.push_back(tipset); tipset->height() > 0; tipsets.push_back(tipset))
            tipset = store.parent(*tipset).value();
        std::ranges::reverse(tipsets);
        STRATA_CHECK(store.start(tipsets.front()->min_ticket_block()).has_value());
        STRATA_CHECK(store.set_head(head()).has_value());
    }
};

}  // namespace strata::chain::testing
