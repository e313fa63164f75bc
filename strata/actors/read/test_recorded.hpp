#pragma once
// A state of a chain that Lotus made (vectors/lotus-devnet/long), for tests of the readers. It is the state before the
// messages of epoch 1400. The expected values are Lotus' answers about it, api_samples.json.
#include <gtest/gtest.h>

#include <strata/ipld/car.hpp>
#include <strata/testing/failing_blockstore.hpp>
#include <strata/testing/vectors.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::actors::read::testing {

class Recorded : public ::testing::Test {
  protected:
    static constexpr ChainEpoch kEpoch = 1400;

    static void SetUpTestSuite() {
        if (!blocks_.blocks().empty()) return;
        const auto path = strata::testing::find_vectors("lotus-devnet/long/chain.car");
        ASSERT_TRUE(path);
        ASSERT_TRUE(load_car(as_bytes(strata::testing::read_file(*path)), blocks_));
    }

    static Cid root() { return Cid::parse("bafy2bzaced5smaowrj3jtd4n547bsms3qklve7xw62kqsjb74rdskj6x36a6i").value(); }
    static Address address(std::string_view text) { return Address::parse(text).value(); }
    static TokenAmount amount(std::string_view text) { return BigInt::parse(text).value(); }
    vm::ActorState actor(ActorId id) { return tree_.get(id).value().value(); }

    static inline MemoryBlockstore blocks_;
    vm::StateTree tree_ = vm::StateTree::load(blocks_, root()).value();
};

}  // namespace strata::actors::read::testing
