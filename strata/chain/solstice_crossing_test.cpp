// A network of version 28 crosses the upgrade to 29 with native actors, and goes on. The rules of the crossing:
// docs/protocol/node.md §9, §25. How rewards are divided: docs/protocol/nv29.md; the numbers of calibnet are in
// actors/reward/award_test.cpp. Method 37: crate fil_actor_miner_state 27.2.0 src/v19/mod.rs.
#include <gtest/gtest.h>

#include <strata/actors/bundle.hpp>
#include <strata/actors/miner/messages.hpp>
#include <strata/actors/reward/streams.hpp>
#include <strata/chain/test_nodes.hpp>

namespace strata::chain {
namespace {

namespace reward = actors::reward;

constexpr ChainEpoch kUpgrade = 6;
constexpr MethodNumber kUpgradeSectorQuality = 37;

UpgradeSchedule from_28() {
    UpgradeSchedule out = devnet_2k_upgrades();
    out.move("Xx", kUpgrade);
    return out;
}

class SolsticeCrossing : public ::testing::Test {
  protected:
    static vm::StateTree tree_after(LocalChain& node, const TipsetPtr& tipset) {
        return vm::StateTree::load(node.blocks(), node.state_after(tipset).value().state_root).value();
    }
    template <class S>
    S state_of(LocalChain& node, const TipsetPtr& tipset, ActorId id) {
        auto tree = tree_after(node, tipset);
        return get_cbor<S>(node.blocks(), tree.get(id).value().value().head).value();
    }
    static vm::ExitCode asked_to_upgrade(LocalChain& node, const TipsetPtr& base) {
        Message message = testing::Nodes::transfer(0, 0).message;
        message.to = Address::id(1000);
        message.method = kUpgradeSectorQuality;
        message.params = to_cbor(actors::miner::UpgradeSectorQualityParams{});
        const auto applied = node.simulate(base, {{message, 200}});
        EXPECT_TRUE(applied) << applied.error().message();
        return vm::ExitCode{applied->receipt.exit_code};
    }
    /// Checks what the one block of a tipset was paid.
    void expect_divided(LocalChain& node, const TipsetPtr& tipset) {
        SCOPED_TRACE(tipset->height());
        const auto before = state_of<reward::State19>(node, node.chain().parent(*tipset).value(), kRewardId);
        const auto after = state_of<reward::State19>(node, tipset, kRewardId);
        const auto streams = get_cbor<reward::StreamsState>(node.blocks(), after.streams_root).value().streams;
        const auto part = [&](const TokenAmount& minted, std::size_t stream) {
            const auto weight = reward::weight_at(streams.at(stream).weight, tipset->height());
            return div_floor(minted * BigInt(weight), BigInt(reward::kDenominator));
        };
        const TokenAmount minted = after.total_minted_reward - before.total_minted_reward;
        EXPECT_TRUE(minted.sign() > 0);
        EXPECT_EQ(after.total_explicit_minted - before.total_explicit_minted, part(minted, 1));
        EXPECT_EQ(after.accrued.at(0).amount - before.accrued.at(0).amount, part(minted, 1));
        EXPECT_EQ(after.total_burn_minted - before.total_burn_minted, minted - part(minted, 0) - part(minted, 1));
    }
    testing::Nodes nodes_{2, from_28()};
};

TEST_F(SolsticeCrossing, two_nodes_go_on_making_blocks) {
    auto& node = nodes_[0];
    std::vector<FullBlock> blocks;
    while (node->head()->height() < kUpgrade + 6) blocks.push_back(nodes_.extend(node));
    std::size_t above = 0;
    for (auto tipset = node->head(); tipset->height() > 0; tipset = node->chain().parent(*tipset).value()) {
        const bool upgraded = tipset->height() > kUpgrade;
        auto tree = tree_after(*node, tipset);
        const auto& bundle = *actors::find_bundle(actors::ActorBundle::devnet, upgraded ? 19 : 18);
        EXPECT_EQ(vm::Manifest::of_state(tree).value().codes, bundle.manifest.codes) << tipset->height();
        const auto parent = node->chain().parent(*tipset).value();
        if (upgraded && parent->height() > kUpgrade) {
            expect_divided(*node, tipset);
            ++above;
        }
    }
    EXPECT_GE(above, 2U);

    // A second node that gets the blocks comes to the same states.
    auto& other = nodes_[1];
    for (const auto& block : blocks) ASSERT_TRUE(other->submit_block(block, testing::Nodes::time_of(block)));
    EXPECT_EQ(other->head()->key(), node->head()->key());
    EXPECT_EQ(other->state_after(other->head()).value().state_root, node->state_after(node->head()).value().state_root);
}

// The miner of the message does not belong to the sender, and the method is not known before.
TEST_F(SolsticeCrossing, new_methods_come_with_the_upgrade) {
    auto& node = nodes_[0];
    EXPECT_EQ(asked_to_upgrade(*node, node->head()), vm::ExitCode::unhandled_message);
    while (node->head()->height() <= kUpgrade) nodes_.extend(node);
    EXPECT_EQ(asked_to_upgrade(*node, node->head()), vm::ExitCode::forbidden);
}

}  // namespace
}  // namespace strata::chain
