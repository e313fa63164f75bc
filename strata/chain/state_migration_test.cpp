// Expected values: states that Lotus made (vectors/lotus-devnet/long); the migrations themselves are tested in
// strata/migration.
#include <strata/chain/state_migration.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_recorded.hpp>
#include <strata/migration/migration.hpp>

namespace strata::chain {
namespace {

constexpr ChainEpoch kHeight = 1'400;

class Crossing : public ::testing::Test {
  protected:
    Crossing() { network_.upgrades.move("Xx", kHeight); }
    testing::RecordedChain& recorded_ = testing::RecordedChain::with_long_history();
    Network network_ = devnet_2k();
    Cid root_ = recorded_.at(kHeight - 1)->parent_state_root();
};

TEST_F(Crossing, the_network_migrates_at_its_height) {
    const Cid migrated = network_.migrate(recorded_.blocks, root_, kHeight).value();
    migration::NodeCache cache;
    const auto& bundle = *actors::find_bundle(actors::ActorBundle::devnet, 19);
    EXPECT_EQ(migrated, migration::to_solstice(recorded_.blocks, root_, kHeight, bundle, cache).value());
    EXPECT_EQ(network_.migrate(recorded_.blocks, root_, kHeight - 1).value(), root_);
    EXPECT_EQ(network_.migrate(recorded_.blocks, root_, kHeight + 1).value(), root_);
    auto tree = vm::StateTree::load(recorded_.blocks, migrated).value();
    EXPECT_EQ(vm::Manifest::of_state(tree).value().codes, bundle.manifest.codes);
}

TEST_F(Crossing, preparing_changes_nothing) {
    const Cid expected = devnet_2k().migrations.at(kSolstice)->migrate(recorded_.blocks, root_, kHeight).value();
    ASSERT_TRUE(
        network_.prepare_upgrade(recorded_.blocks, recorded_.at(kHeight - 60)->parent_state_root(), kHeight - 60));
    EXPECT_EQ(network_.migrate(recorded_.blocks, root_, kHeight).value(), expected);
    EXPECT_EQ(network_.migrate(recorded_.blocks, root_, kHeight).value(), expected) << "from memory";
}

// Nodes of one process share a network, but not a store.
TEST_F(Crossing, a_result_without_its_blocks_is_made_again) {
    const Cid expected = network_.migrate(recorded_.blocks, root_, kHeight).value();
    MemoryBlockstore other;
    for (const auto& [cid, data] : recorded_.blocks.blocks())
        if (cid != expected) ASSERT_TRUE(other.put_block(cid, data));
    EXPECT_EQ(network_.migrate(other, root_, kHeight).value(), expected);
    EXPECT_TRUE(other.has(expected).value());
    MemoryBlockstore empty;
    EXPECT_EQ(network_.migrate(empty, root_, kHeight).error().code(), Errc::missing_block);
}

TEST_F(Crossing, there_is_no_bundle_without_a_version) {
    const auto butterfly = migrations_of(actors::ActorBundle::butterflynet);
    EXPECT_TRUE(butterfly.contains(kFireHorse));
    EXPECT_TRUE(butterfly.contains(kSolstice));
    EXPECT_FALSE(butterfly.contains(27));
}

}  // namespace
}  // namespace strata::chain
