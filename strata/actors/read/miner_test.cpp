#include <strata/actors/read/miner.hpp>

#include <strata/actors/miner/deadline_info.hpp>
#include <strata/actors/miner/types.hpp>
#include <strata/actors/read/test_recorded.hpp>

namespace strata::actors::read {
namespace {

class ReadMiner : public testing::Recorded {
  protected:
    Miner miner_ = Miner::load(tree_, Address::id(1000)).value();
};

TEST_F(ReadMiner, KnowsItsInfoAndItsWorkersKey) {
    const auto info = miner_.info().value();
    EXPECT_EQ(miner_.id(), 1000U);
    EXPECT_EQ(info.owner, Address::id(101));
    EXPECT_EQ(info.worker, Address::id(101));
    EXPECT_EQ(info.control_addresses, std::vector{Address::id(1007)});
    ASSERT_TRUE(info.pending_worker_key);
    EXPECT_EQ(info.pending_worker_key->effective_at, 2233);
    EXPECT_EQ(info.window_post_partition_sectors, 2U);
    EXPECT_EQ(info.sector_size, SectorSize::size_2KiB);
    EXPECT_EQ(worker_key(tree_, miner_).value(),
              address("t3wgfwszri25jbbpkobuuoq2pct7uw3zfiortz5lcqdcje6r3ixnj4aqrkv6rjenrrrktluktoifgikf3tau3q"));
    EXPECT_EQ(Miner::load(tree_, address("t26t4rln6m6evx2qfewf2erqn6ssuq6bcqwtob6ai")).value().id(), 1000U);
}

TEST_F(ReadMiner, KnowsItsMoney) {
    const auto money = miner_.money();
    EXPECT_EQ(money.balance, amount("50981860414271094944132"));
    EXPECT_EQ(money.vesting, amount("38245395306799191152059"));
    EXPECT_EQ(money.initial_pledge, amount("59604643842"));
    EXPECT_TRUE(money.fee_debt.is_zero());
    // The first of the funds vests after epoch 3538.
    EXPECT_EQ(money.available, amount("12736465107412299148231"));
    EXPECT_TRUE(miner_.vested(kEpoch).value().is_zero());
    EXPECT_TRUE(miner_.vested(3538).value().is_zero());
    EXPECT_EQ(miner_.vested(3539).value(), amount("110685903955141704566"));
}

TEST_F(ReadMiner, KnowsItsSectors) {
    std::vector<SectorNumber> numbers;
    EXPECT_TRUE(miner_.for_each_sector([&](const miner::SectorOnChainInfo& sector) -> Status {
        numbers.push_back(sector.sector_number);
        return {};
    }));
    EXPECT_EQ(numbers, (std::vector<SectorNumber>{0, 1, 2, 3}));
    const auto sector = miner_.sector(3).value();
    ASSERT_TRUE(sector);
    EXPECT_EQ(sector->sealed_cid.to_string(), "bagboea4b5abcacvds4a7cq4dfttwb7ydiatybmq5grx7s2p4tzq6jsmjtxfdblde");
    EXPECT_EQ(sector->activation, 854);
    EXPECT_EQ(sector->expiration, 1550189);
    EXPECT_EQ(sector->daily_fee, TokenAmount(185877));
    EXPECT_FALSE(miner_.sector(4).value());
    EXPECT_FALSE(miner_.pre_commit(3).value());
    const auto allocated = miner_.allocated_numbers().value();
    EXPECT_TRUE(allocated.contains(3));
    EXPECT_FALSE(allocated.contains(4));
}

TEST_F(ReadMiner, KnowsItsDeadlines) {
    const auto now = miner_.deadline_at(kEpoch);
    EXPECT_EQ(now.period_start, 658);
    EXPECT_EQ(now.index, 12U);
    EXPECT_EQ(now.open, 1378);
    EXPECT_EQ(now.challenge, 1358);
    const auto deadlines = miner_.deadlines().value();
    ASSERT_EQ(deadlines.size(), 48U);
    EXPECT_EQ(deadlines[0].disputable, 1U);
    EXPECT_EQ(deadlines[1].disputable, 0U);
    EXPECT_EQ(deadlines[1].daily_fee, TokenAmount(185877));
    EXPECT_TRUE(deadlines[0].posted.empty());

    const auto first = miner_.partitions(0).value();
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].all, BitField::of(std::vector<std::uint64_t>{0, 1}));
    EXPECT_EQ(first[0].active, first[0].all);
    const auto second = miner_.partitions(1).value();
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(second[0].all, BitField::of(std::vector<std::uint64_t>{2, 3}));
    EXPECT_EQ(second[0].live, BitField::of(std::vector<std::uint64_t>{3}));
    EXPECT_TRUE(second[0].active.empty());
    EXPECT_EQ(miner_.partitions(48).error().code(), Errc::out_of_range);

    const auto proving = miner_.proving().value();
    EXPECT_EQ(proving.deadlines.size(), 48U);
    EXPECT_EQ(proving.deadlines[1].partitions[0].live, second[0].live);
    EXPECT_EQ(miner_.sectors_in(&PartitionView::active).value(), first[0].all);
    EXPECT_EQ(miner_.sectors_in(&PartitionView::live).value().count(), 3U);
    EXPECT_TRUE(miner_.sectors_in(&PartitionView::faults).value().empty());
}

TEST_F(ReadMiner, KnowsWhereASectorIsAndWhenItLeaves) {
    const auto place = miner_.find(3).value();
    ASSERT_TRUE(place);
    EXPECT_EQ(place->deadline, 1U);
    EXPECT_EQ(place->partition, 0U);
    EXPECT_EQ(miner_.expiration(0).value().on_time, 3675597);
    EXPECT_EQ(miner_.expiration(3).value().on_time, 1550217);
    EXPECT_EQ(miner_.expiration(3).value().early, 0);
    EXPECT_TRUE(miner_.find(2).value());
    EXPECT_EQ(miner_.expiration(2).value().on_time, 0) << "the sector is terminated";
    EXPECT_FALSE(miner_.find(4).value());
    EXPECT_EQ(miner_.expiration(4).value().on_time, 0);
}

// A block that this node has lost is not reported as a miner or a sector that does not exist.
TEST_F(ReadMiner, TellsALostBlockFromAMissingMiner) {
    EXPECT_EQ(Miner::load(tree_, Address::id(4711)).error().code(), Errc::not_found);
    strata::testing::FailingBlockstore disk(blocks_);
    auto tree = vm::StateTree::load(disk, root()).value();
    const auto miner = Miner::load(tree, Address::id(1000)).value();
    disk.fail_read(0, Errc::missing_block);
    EXPECT_EQ(Miner::load(disk, 1000, actor(1000)).error().code(), Errc::missing_block);
    EXPECT_EQ(miner.info().error().code(), Errc::missing_block);
    EXPECT_EQ(miner.sector(3).error().code(), Errc::missing_block);
    EXPECT_EQ(miner.find(4).error().code(), Errc::missing_block);
    EXPECT_EQ(miner.proving().error().code(), Errc::missing_block);
}

}  // namespace
}  // namespace strata::actors::read
