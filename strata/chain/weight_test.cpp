// The expected values come from lotus chain/store/weight_test.go and from a chain that Lotus made.
#include <strata/chain/weight.hpp>

#include <gtest/gtest.h>

#include <strata/actors/power/state.hpp>
#include <strata/chain/test_chain.hpp>
#include <strata/chain/test_recorded.hpp>

namespace strata::chain {
namespace {

BlockHeader block(const Tipset& like, ActorId miner, std::uint8_t ticket) {
    BlockHeader out = like.min_ticket_block();
    out.miner = Address::id(miner);
    out.ticket = Ticket{Bytes{ticket}};
    return out;
}

// The values are computed by hand from the formula of docs/protocol/node.md §10.
TEST(Weight, log_of_power_and_wins) {
    // Since floor(log2) = 12, the weight is 12 * 256 + 12 * 256 * wins / 10.
    EXPECT_EQ(added_weight(BigInt(4096), 0), BigInt(3072));
    EXPECT_EQ(added_weight(BigInt(8191), 5), BigInt(3072 + 1536));
    EXPECT_EQ(added_weight(BigInt(4096), 1), BigInt(3072 + 307));
    EXPECT_EQ(added_weight(BigInt(8192), 0), BigInt(13 * 256));
    EXPECT_EQ(added_weight(BigInt(1), 15), BigInt(0)) << "log2 of one is 0";
    EXPECT_EQ(added_weight(BigInt::pow2(70), 75), BigInt(70 * 256 + 70 * 256 * 75 / 10));
}

// Each block names the weight that Lotus computed for its parents; the head's own weight is an answer of
// ChainTipSetWeight (api_samples.json).
TEST(Weight, of_a_recorded_chain) {
    for (const auto& [recorded, head] : {std::pair{&testing::RecordedChain::real(), 1'176'960},
                                         std::pair{&testing::RecordedChain::with_long_history(), 8'044'800}}) {
        for (std::size_t i = 0; i + 1 < recorded->tipsets.size(); ++i) {
            const auto weight = chain_weight(recorded->store, *recorded->tipsets[i]);
            ASSERT_TRUE(weight) << weight.error().message();
            EXPECT_EQ(*weight, recorded->tipsets[i + 1]->parent_weight()) << recorded->tipsets[i]->height();
        }
        EXPECT_EQ(chain_weight(recorded->store, *recorded->head()).value(), BigInt(head));
    }
}

// A state without power breaks a rule; a state that is not in the store is a failure of this node.
TEST(Weight, of_states_that_cannot_be_weighed) {
    testing::TestChain chain({});
    const auto& genesis = *chain.chain.genesis();
    EXPECT_EQ(chain_weight(chain.chain, genesis).error().code(), Errc::not_found) << "there is no power actor";

    auto header = genesis.min_ticket_block();
    header.parent_state_root = Cid::hash_of(Codec::dag_cbor, Bytes{1});
    EXPECT_EQ(chain_weight(chain.chain, *Tipset::make({header}).value()).error().code(), Errc::missing_block);

    auto& recorded = testing::RecordedChain::real();
    MemoryBlockstore blocks;
    for (const auto& [cid, data] : recorded.blocks.blocks()) ASSERT_TRUE(blocks.put_block(cid, data));
    auto state = vm::StateTree::load(blocks, recorded.head()->parent_state_root()).value();
    auto actor = *state.get(kPowerId).value();
    auto power = get_cbor<actors::power::State>(blocks, actor.head).value();
    power.total_quality_adj_power = 0;
    actor.head = put_cbor(blocks, power).value();
    state.set(kPowerId, actor);
    header = recorded.head()->min_ticket_block();
    header.parent_state_root = state.flush().value();
    store::MemoryKeyValue meta;
    ChainStore store(blocks, meta);
    EXPECT_EQ(chain_weight(store, *Tipset::make({header}).value()).error().code(), Errc::verification);
}

// TestWeightTieBreaker. The hashes of the proofs 0, 2, 3 and 1 begin with the bytes 3, 187, 232 and 238.
TEST(WeightTie, the_smaller_first_ticket_wins) {
    const testing::TestChain chain({});
    const auto& like = *chain.chain.genesis();
    const auto loser = Tipset::make({block(like, 1000, 2), block(like, 1001, 3)}).value();
    const auto winner = Tipset::make({block(like, 1000, 0), block(like, 1001, 1)}).value();
    EXPECT_FALSE(wins_tie(*loser, *winner));
    EXPECT_TRUE(wins_tie(*winner, *loser));
}

// The first pair of different tickets decides, and without one neither is preferred (breakWeightTie).
TEST(WeightTie, equal_tickets_decide_nothing) {
    const testing::TestChain chain({});
    const auto& like = *chain.chain.genesis();
    const auto a = Tipset::make({block(like, 1000, 0), block(like, 1001, 2)}).value();
    const auto b = Tipset::make({block(like, 1000, 0), block(like, 1001, 3)}).value();
    EXPECT_TRUE(wins_tie(*a, *b)) << "the second pair decides";
    EXPECT_FALSE(wins_tie(*b, *a));
    EXPECT_FALSE(wins_tie(*a, *a));
    const auto shorter = Tipset::make({block(like, 1002, 0)}).value();
    EXPECT_FALSE(wins_tie(*a, *shorter)) << "the only pair has equal tickets";
    EXPECT_FALSE(wins_tie(*shorter, *a));
}

}  // namespace
}  // namespace strata::chain
