// The rules are those of lotus chain/gen/genesis/miners.go (SetupStorageMiners): miners are numbered from f01000 on,
// their deals are published by the actors themselves, and every sector counts from the first epoch.
#include <gtest/gtest.h>

#include <strata/actors/miner/state.hpp>
#include <strata/actors/miner/types.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/read/miner.hpp>
#include <strata/actors/read/power.hpp>
#include <strata/actors/read/state_of.hpp>
#include <strata/chain/eligibility.hpp>
#include <strata/chain/genesis/test_genesis.hpp>

namespace strata::chain {
namespace {

using actors::state_of;

class GenesisMiners : public testing::Genesis {
  protected:
    GenesisTemplate good = testing::test_template();
};

TEST_F(GenesisMiners, every_sector_is_active_and_proven) {
    auto tree = made();
    for (ActorId id = 1000; id < 1003; ++id) {
        const auto miner = actors::read::Miner::load(tree, Address::id(id)).value();
        EXPECT_EQ(miner.info().value().sector_size, SectorSize::size_8MiB);
        EXPECT_EQ(miner.sectors_in(&actors::read::PartitionView::active).value(), (BitField{0, 1})) << id;
        const auto sector = miner.sector(0).value().value();
        EXPECT_EQ(sector.sealed_cid, good.miners[id - 1000].sectors[0].comm_r);
        EXPECT_EQ(sector.activation, 0);
        EXPECT_EQ(sector.deal_weight, BigInt(0)) << "verified deals alone";
        EXPECT_GT(sector.verified_deal_weight, BigInt(0));
    }
}

// Sectors of 8 MiB with verified deals, which count ten times (FIP-0045).
TEST_F(GenesisMiners, every_sector_counts_in_the_totals) {
    auto tree = made();
    const auto power = state_of<actors::power::State>(tree, kPowerId).value();
    EXPECT_EQ(power.total_bytes_committed, BigInt(6 * (8 << 20)));
    EXPECT_EQ(power.total_qa_bytes_committed, BigInt(60 * (8 << 20)));
}

TEST_F(GenesisMiners, an_owner_may_have_several) {
    auto shared = good;
    shared.miners[1].owner = shared.miners[2].owner = shared.miners[0].owner;
    EXPECT_EQ(refusal(shared), "made");
}

TEST_F(GenesisMiners, templates_that_are_refused) {
    auto bad = good;
    std::swap(bad.miners[0], bad.miners[1]);
    EXPECT_EQ(refusal(bad), "genesis: a miner has the ID f01001, expected f01000: miners are numbered without gaps");
    bad = good;
    bad.miners.clear();
    EXPECT_EQ(refusal(bad), "genesis: there is no miner; a network needs at least one");
    bad = good;
    bad.miners[2].sectors[1].deal.client = testing::test_address("nobody");
    EXPECT_TRUE(refusal(bad).ends_with(", has no account"));
    bad = good;
    bad.miners[2].sectors[1].deal.provider = Address::id(1000);
    EXPECT_EQ(refusal(bad), "genesis: a sector of f01002 has a deal of a different miner, f01000");
    bad = good;
    bad.miners[2].sectors[1].deal_client_key = testing::test_key("client");
    EXPECT_EQ(refusal(bad), "genesis: the market accepts only 1 of 2 deals of f01002");
    bad = good;
    bad.miners[1].sectors[1].number = 0;
    EXPECT_TRUE(refusal(bad).starts_with("genesis: method 28 of f01001 ended with exit code 16")) << refusal(bad);
    bad = good;
    bad.miners[0].sector_size = SectorSize::size_64GiB;
    EXPECT_NE(refusal(bad), "made") << "a 2k network has small sectors only";
    bad = good;
    bad.miners[0].owner = testing::test_address("nobody");
    EXPECT_NE(refusal(bad), "made");
    bad = good;
    bad.miners[0].market_balance = fil(1'000);
    EXPECT_NE(refusal(bad), "made") << "the worker has 100 FIL";
}

// Such a miner is named in the power table, but cannot prove a sector.
TEST_F(GenesisMiners, a_miner_without_sectors_has_no_power) {
    auto what = good;
    what.miners[2].sectors.clear();
    genesis = make(what).value();
    auto tree = vm::StateTree::load(store, genesis.header.parent_state_root).value();
    const auto power = state_of<actors::power::State>(tree, kPowerId).value();
    const auto claim = actors::read::Power::load(tree).value().claim(Address::id(1002)).value();
    ASSERT_TRUE(claim);
    EXPECT_TRUE(claim->raw.is_zero());
    EXPECT_EQ(power.miner_count, 3);
    EXPECT_EQ(power.miner_above_min_power_count, 2);
    const auto miner = actors::read::Miner::load(tree, Address::id(1002)).value();
    EXPECT_EQ(winning_sector(miner, {}).error().code(), Errc::verification);
}

}  // namespace
}  // namespace strata::chain
