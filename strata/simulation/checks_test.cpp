// Each rule of checks.hpp fires on a planted violation, and on nothing else. The rules are those of the header; the
// supply is that of docs/protocol/node.md §22.
#include <strata/simulation/checks.hpp>

#include <gtest/gtest.h>

#include <strata/ipld/cbor.hpp>

namespace strata::simulation {
namespace {

constexpr std::size_t kNode = 3;
constexpr std::uint64_t kLater = 1'000'000;
const Address kMiner = Address::id(1000);

BlockHeader block_of(ChainEpoch height, std::uint64_t lot = 0) {
    BlockHeader out;
    out.miner = kMiner;
    out.height = height;
    out.timestamp = static_cast<std::uint64_t>(height);
    out.fork_signaling = lot;
    out.ticket = Ticket{Bytes(4, 1)};
    out.parent_state_root = out.parent_message_receipts = out.messages = Cid::hash_of(Codec::dag_cbor, Bytes(1, 1));
    out.parents = {out.messages};
    return out;
}
chain::TipsetPtr tipset_of(ChainEpoch height, std::uint64_t lot = 0) {
    return chain::Tipset::make({block_of(height, lot)}).value();
}
Cid root_of(std::uint8_t name) {
    return Cid::hash_of(Codec::dag_cbor, Bytes(1, name));
}

class ChecksTest : public ::testing::Test {
  protected:
    void SetUp() override { checks_.add_honest_miner(kMiner); }
    std::vector<Rule> found() const {
        std::vector<Rule> out;
        for (const auto& violation : checks_.found()) out.push_back(violation.rule);
        return out;
    }
    void make(const BlockHeader& block, bool is_valid = true) {
        checks_.on_made(kNode, block, /*is_honest=*/true, is_valid);
    }
    void take(const chain::TipsetPtr& tipset, std::uint64_t latest = kLater) {
        checks_.on_head(kNode, {{}, {tipset}}, latest);
    }
    void revert(ChainEpoch newest, ChainEpoch oldest) {
        chain::HeadChange change;
        for (auto at = newest; at >= oldest; --at) change.reverted.push_back(tipset_of(at));
        checks_.on_head(kNode, change, kLater);
    }

    void agree(ChainEpoch height, bool has_all = true) {
        checks_.on_one_head({kNode}, tipset_of(height), [&](const auto&) { return has_all; });
    }

    Checks checks_{[] { return 7; }};
};
using Found = std::vector<Rule>;

TEST_F(ChecksTest, OneStateForEachTipset) {
    checks_.on_state(1, *tipset_of(5), root_of(1));
    checks_.on_state(2, *tipset_of(5), root_of(1));
    checks_.on_state(2, *tipset_of(6), root_of(2));
    EXPECT_EQ(found(), Found{});
    checks_.on_state(3, *tipset_of(5), root_of(2));
    EXPECT_EQ(found(), Found{Rule::one_state});
    EXPECT_EQ(checks_.found().front().epoch, 7);
}

TEST_F(ChecksTest, NothingIsRevertedOnWhichAllAgreedForLong) {
    agree(10);
    agree(20);
    agree(20 + Checks::kLasting);
    revert(30, 21);
    EXPECT_EQ(found(), Found{});
    EXPECT_EQ(checks_.longest_revert(), 10);
    revert(30, 20);
    EXPECT_EQ(found(), Found{Rule::final});
}

// Until then a late block decides anew.
TEST_F(ChecksTest, AnAgreementOfAMomentIsNotFinal) {
    agree(20);
    agree(20 + Checks::kLasting - 1);
    revert(30, 20);
    EXPECT_EQ(found(), Found{});
}

// Seed 325: two chains of nearly the same weight, between which nodes go to and fro.
TEST_F(ChecksTest, WhatANodeHasLeftInBetweenIsNotFinal) {
    agree(20);
    revert(22, 20);
    agree(20 + Checks::kLasting);
    revert(30, 20);
    EXPECT_EQ(found(), Found{});
    agree(40);
    agree(40 + Checks::kLasting);
    revert(50, 40);
    EXPECT_EQ(found(), Found{Rule::final});
}

TEST_F(ChecksTest, WhatTheLastHeadIsNotBuiltOnIsNotFinal) {
    agree(20);
    agree(20 + Checks::kLasting, /*has_all=*/false);
    revert(30, 20);
    EXPECT_EQ(found(), Found{});
}

TEST_F(ChecksTest, WithoutAgreementAForkMayBeLong) {
    revert(40, 1);
    EXPECT_EQ(found(), Found{});
}

TEST_F(ChecksTest, HonestBlocksAreTaken) {
    make(block_of(5));
    take(tipset_of(5));
    EXPECT_EQ(found(), Found{});
}

TEST_F(ChecksTest, BadBlocksAreNot) {
    make(block_of(5), /*is_valid=*/false);
    take(tipset_of(5));
    EXPECT_EQ(found(), Found{Rule::bad_block});
}

TEST_F(ChecksTest, BlocksThatTheirMinerDidNotMakeAreNot) {
    make(block_of(5));
    take(tipset_of(5, 1));
    EXPECT_EQ(found(), Found{Rule::forged_block});
}

TEST_F(ChecksTest, BlocksBeforeTheirTimeAreNot) {
    make(block_of(5));
    take(tipset_of(5), 5);
    EXPECT_EQ(found(), Found{});
    take(tipset_of(5), 4);
    EXPECT_EQ(found(), Found{Rule::early_block});
}

TEST_F(ChecksTest, HonestMinersSignOneBlockOfAnEpoch) {
    make(block_of(5));
    make(block_of(5));
    make(block_of(6));
    checks_.on_made(kNode, block_of(6, 1), /*is_honest=*/false, /*is_valid=*/true);
    EXPECT_EQ(found(), Found{});
    make(block_of(5, 1));
    EXPECT_EQ(found(), Found{Rule::equivocation});
}

TEST_F(ChecksTest, HeadsBecomeOne) {
    checks_.on_last_heads({{tipset_of(5)}, {tipset_of(5)}});
    EXPECT_EQ(found(), Found{});
    checks_.on_last_heads({{tipset_of(5)}, {tipset_of(5, 1)}});
    EXPECT_EQ(found(), Found{Rule::one_head});
}

TEST_F(ChecksTest, TheSupplyIsConstant) {
    checks_.on_supply(fil(2'000'000'000));
    EXPECT_EQ(found(), Found{});
    checks_.on_supply(fil(2'000'000'000) - TokenAmount(1));
    EXPECT_EQ(found(), Found{Rule::supply});
}

TEST_F(ChecksTest, TablesKeepTheirLimits) {
    checks_.on_size(kNode, "things", 10, 10);
    EXPECT_EQ(found(), Found{});
    checks_.on_size(kNode, "things", 11, 10);
    EXPECT_EQ(found(), Found{Rule::memory});
}

TEST_F(ChecksTest, HonestNodesListenToEachOther) {
    checks_.on_score(1, 2, -2'500);
    EXPECT_EQ(found(), Found{});
    checks_.on_score(1, 2, -2'501);
    EXPECT_EQ(found(), Found{Rule::score});
}

TEST_F(ChecksTest, TheChainGoesOnAndNoNodeFails) {
    checks_.on_last_height(10, 10);
    EXPECT_EQ(found(), Found{});
    checks_.on_last_height(9, 10);
    checks_.on_failure(kNode, fail(Errc::io, "the disk is full"));
    EXPECT_EQ(found(), (Found{Rule::growth, Rule::failure}));
}

}  // namespace
}  // namespace strata::simulation
