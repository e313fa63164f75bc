#pragma once
// Gives the tests of this folder a genesis from a template, or the reason why there is none.
#include <gtest/gtest.h>

#include <strata/actors/bundle.hpp>
#include <strata/actors/table.hpp>
#include <strata/chain/genesis/test_template.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain::testing {

/// Makes genesis blocks from templates, in a store of its own.
class Genesis : public ::testing::Test {
  protected:
    Result<GenesisBlock> make(const GenesisTemplate& what) {
        crypto::SeededRandom random(as_bytes("lot"));
        return make_genesis(store, what, network, actors::devnet_bundle(), *table, draw_genesis_lot(random));
    }
    vm::StateTree made() {
        genesis = make(test_template()).value();
        return vm::StateTree::load(store, genesis.header.parent_state_root).value();
    }
    std::string refusal(const GenesisTemplate& what) {
        const auto result = make(what);
        return result ? "made" : result.error().message();
    }
    MemoryBlockstore store;
    Network network = devnet_2k();
    std::unique_ptr<vm::ActorTable> table = actors::native_actors();
    GenesisBlock genesis;
};

}  // namespace strata::chain::testing
