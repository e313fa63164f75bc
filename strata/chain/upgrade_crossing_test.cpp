// A network that begins with version 27 crosses the upgrade to 28 as its blocks are made. The rules:
// docs/protocol/node.md §9, §25 (the migration runs after the cron of the upgrade's height; the new version holds above
// it). What the methods of version 17 lack: builtin-actors, git diff v17.0.0 v18.0.0, actors/miner/src/lib.rs.
#include <gtest/gtest.h>

#include <strata/actors/bundle.hpp>
#include <strata/chain/test_nodes.hpp>

namespace strata::chain {
namespace {

constexpr ChainEpoch kUpgrade = 6;
constexpr MethodNumber kGetNominalSectorExpiration = 3'010'055'991;

UpgradeSchedule from_27() {
    UpgradeSchedule out(27, devnet_2k_upgrades().upgrades());
    out.move("FireHorse", kUpgrade);
    return out;
}

class UpgradeCrossing : public ::testing::Test {
  protected:
    static vm::Manifest manifest_after(LocalChain& node, const TipsetPtr& tipset) {
        auto tree = vm::StateTree::load(node.blocks(), node.state_after(tipset).value().state_root).value();
        return vm::Manifest::of_state(tree).value();
    }
    static const vm::Manifest& bundle(actors::ActorsVersion version) {
        return actors::find_bundle(actors::ActorBundle::devnet, version)->manifest;
    }
    static vm::ExitCode asked_for_expiration(LocalChain& node, const TipsetPtr& base) {
        Message message = testing::Nodes::transfer(0, 0).message;
        message.to = Address::id(1000);
        message.method = kGetNominalSectorExpiration;
        message.params = to_cbor(std::uint64_t{0});
        const auto applied = node.simulate(base, {{message, 200}});
        EXPECT_TRUE(applied) << applied.error().message();
        return vm::ExitCode{applied->receipt.exit_code};
    }
    testing::Nodes nodes_{2, from_27()};
};

TEST_F(UpgradeCrossing, the_state_changes_after_the_cron_of_the_height) {
    auto& node = nodes_[0];
    std::vector<FullBlock> blocks;
    while (node->head()->height() < kUpgrade + 4) blocks.push_back(nodes_.extend(node));
    bool before = false;
    bool after = false;
    for (auto tipset = node->head(); tipset->height() > 0; tipset = node->chain().parent(*tipset).value()) {
        const bool upgraded = tipset->height() > kUpgrade;
        (upgraded ? after : before) = true;
        EXPECT_EQ(manifest_after(*node, tipset).codes, bundle(upgraded ? 18 : 17).codes) << tipset->height();
    }
    EXPECT_TRUE(before && after);

    // A second node that gets the blocks comes to the same states.
    auto& other = nodes_[1];
    for (const auto& block : blocks) ASSERT_TRUE(other->submit_block(block, testing::Nodes::time_of(block)));
    EXPECT_EQ(other->head()->key(), node->head()->key());
    EXPECT_EQ(other->state_after(other->head()).value().state_root, node->state_after(node->head()).value().state_root);
}

// GetNominalSectorExpiration is a method since version 18. The sector of the genesis has number 0.
TEST_F(UpgradeCrossing, new_methods_come_with_the_upgrade) {
    auto& node = nodes_[0];
    EXPECT_EQ(asked_for_expiration(*node, node->head()), vm::ExitCode::unhandled_message);
    while (node->head()->height() < kUpgrade) nodes_.extend(node);
    // Blocks above the upgrade's height follow the new version, and a call runs as in the next block.
    ASSERT_EQ(node->head()->height(), kUpgrade);
    EXPECT_EQ(asked_for_expiration(*node, node->head()), vm::ExitCode::ok);
    while (node->head()->height() < kUpgrade + 2) nodes_.extend(node);
    EXPECT_EQ(asked_for_expiration(*node, node->head()), vm::ExitCode::ok);
}

// Source: lotus chain/stmgr/utils.go (ComputeState).
TEST_F(UpgradeCrossing, a_state_is_computed_above_the_upgrade) {
    auto& node = nodes_[0];
    while (node->head()->height() < kUpgrade - 2) nodes_.extend(node);
    const auto code_at = [&](ChainEpoch height) {
        const auto computed = node->trace_with(*node->head(), height, {}).value();
        auto tree = vm::StateTree::load(node->blocks(), computed.state.state_root).value();
        return vm::Manifest::of_state(tree).value().codes;
    };
    EXPECT_EQ(code_at(kUpgrade), bundle(17).codes);
    EXPECT_EQ(code_at(kUpgrade + 1), bundle(18).codes);
    EXPECT_EQ(code_at(kUpgrade + 1000), bundle(18).codes);
}

}  // namespace
}  // namespace strata::chain
