// Cases of builtin-actors v18 actors/miner/tests/expiration_queue.rs.
#include <strata/actors/miner/expiration_queue.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors::miner {
namespace {

constexpr auto kSize = SectorSize::size_32GiB;
constexpr QuantSpec kByFour{4, 1};

SectorOnChainInfo sector(ChainEpoch expiration, SectorNumber number) {
    SectorOnChainInfo out;
    out.sector_number = number;
    out.expiration = expiration;
    out.verified_deal_weight = BigInt(59 + number);
    out.initial_pledge = TokenAmount(999 + number);
    out.daily_fee = TokenAmount(1000 * (2 + number));
    return out;
}

const std::vector<SectorOnChainInfo> kSectors{sector(2, 1), sector(3, 2),  sector(7, 3),
                                              sector(8, 4), sector(11, 5), sector(13, 6)};
// Sectors begin .. end - 1 by position.
SectorInfos part(std::size_t begin, std::size_t end) {
    return SectorInfos(kSectors).subspan(begin, end - begin);
}
PowerPair power(std::size_t begin, std::size_t end) {
    return power_for_sectors(kSize, part(begin, end));
}

class ExpirationQueueTest : public actors::testing::RuntimeTest {
  protected:
    static ExpirationQueue empty(Runtime& rt, const QuantSpec& quant = kNoQuantization) {
        const Cid root = AmtArray<ExpirationSet>::empty_root(rt.store(), 3).value();
        return ExpirationQueue::load(rt, root, quant).value();
    }
    /// Two sectors each at 5, 9 and 13.
    static ExpirationQueue three_sets(Runtime& rt) {
        auto queue = empty(rt, kByFour);
        EXPECT_TRUE(queue.add_active_sectors(kSectors, kSize));
        return queue;
    }
    static std::size_t count(Runtime& rt, ExpirationQueue& queue) {
        return AmtArray<ExpirationSet>::load(rt.store(), queue.flush().value(), 0).value().count();
    }
    static void expect_set(ExpirationQueue& queue, ChainEpoch epoch, const BitField& on_time, const BitField& early,
                           std::int64_t pledge, const PowerPair& active, const PowerPair& faulty) {
        EXPECT_TRUE(queue.pop_until(epoch - 1).value().empty()) << "before " << epoch;
        const auto set = queue.pop_until(epoch).value();
        EXPECT_EQ(set.on_time_sectors, on_time) << epoch;
        EXPECT_EQ(set.early_sectors, early) << epoch;
        EXPECT_EQ(set.on_time_pledge, TokenAmount(pledge)) << epoch;
        EXPECT_EQ(set.active_power, active) << epoch;
        EXPECT_EQ(set.faulty_power, faulty) << epoch;
    }
};

TEST_F(ExpirationQueueTest, AddedSectorsArePopped) {
    run([](Runtime& rt) {
        auto queue = empty(rt);
        const auto added = queue.add_active_sectors(kSectors, kSize).value();
        EXPECT_EQ(added.field(), (BitField{1, 2, 3, 4, 5, 6}));
        EXPECT_EQ(added.power, power(0, 6));
        EXPECT_EQ(added.pledge, TokenAmount(6015));
        EXPECT_EQ(added.daily_fee, TokenAmount(33000));
        EXPECT_EQ(count(rt, queue), 6U);
        const auto first = queue.pop_until(7).value();
        EXPECT_EQ(first.on_time_sectors, (BitField{1, 2, 3}));
        EXPECT_EQ(first.on_time_pledge, TokenAmount(3003));
        EXPECT_EQ(first.fee_deduction, TokenAmount(12000));
        EXPECT_EQ(count(rt, queue), 3U);
        const auto second = queue.pop_until(20).value();
        EXPECT_EQ(second.on_time_sectors, (BitField{4, 5, 6}));
        EXPECT_EQ(second.on_time_pledge, TokenAmount(3012));
        EXPECT_EQ(count(rt, queue), 0U);
    });
}

TEST_F(ExpirationQueueTest, QuantizesExpirations) {
    run([](Runtime& rt) {
        auto queue = empty(rt, {5, 3});
        ASSERT_TRUE(queue.add_active_sectors(kSectors, kSize));
        EXPECT_EQ(count(rt, queue), 3U);
        expect_set(queue, 3, {1, 2}, {}, 2001, power(0, 2), {});
        expect_set(queue, 8, {3, 4}, {}, 2005, power(2, 4), {});
        expect_set(queue, 13, {5, 6}, {}, 2009, power(4, 6), {});
    });
}

TEST_F(ExpirationQueueTest, ReschedulesAsFaults) {
    run([](Runtime& rt) {
        auto queue = three_sets(rt);
        EXPECT_EQ(queue.reschedule_as_faults(6, part(1, 5), kSize).value(), power(1, 5));
        expect_set(queue, 5, {1, 2}, {}, 2001, power(0, 1), power(1, 2));
        expect_set(queue, 9, {3, 4}, {5}, 2005, {}, power(2, 5));
        expect_set(queue, 13, {6}, {}, 1005, power(5, 6), {});
    });
}

TEST_F(ExpirationQueueTest, ReschedulesAllAsFaults) {
    run([](Runtime& rt) {
        auto queue = three_sets(rt);
        ASSERT_TRUE(queue.reschedule_all_as_faults(6));
        expect_set(queue, 5, {1, 2}, {}, 2001, {}, power(0, 2));
        expect_set(queue, 9, {3, 4}, {5, 6}, 2005, {}, power(2, 6));
        expect_set(queue, 13, {}, {}, 0, {}, {});
    });
}

TEST_F(ExpirationQueueTest, FaultsLaterThanAllExpirationsMoveNothing) {
    run([](Runtime& rt) {
        auto queue = three_sets(rt);
        ASSERT_TRUE(queue.reschedule_as_faults(15, kSectors, kSize));
        ASSERT_TRUE(queue.reschedule_all_as_faults(15));
        EXPECT_EQ(count(rt, queue), 3U);
    });
}

TEST_F(ExpirationQueueTest, RecoveryRestoresEverything) {
    run([](Runtime& rt) {
        auto queue = three_sets(rt);
        ASSERT_TRUE(queue.reschedule_as_faults(6, part(1, 5), kSize));
        EXPECT_EQ(queue.reschedule_recovered(part(1, 5), kSize).value(), power(1, 5));
        expect_set(queue, 5, {1, 2}, {}, 2001, power(0, 2), {});
        expect_set(queue, 9, {3, 4}, {}, 2005, power(2, 4), {});
        expect_set(queue, 13, {5, 6}, {}, 2009, power(4, 6), {});
    });
}

TEST_F(ExpirationQueueTest, ReplacesSectors) {
    run([](Runtime& rt) {
        auto queue = empty(rt, kByFour);
        const std::vector there{kSectors[0], kSectors[1], kSectors[3], kSectors[5]};
        const std::vector out{kSectors[0], kSectors[1], kSectors[3]};
        const std::vector in{kSectors[2], kSectors[4]};
        ASSERT_TRUE(queue.add_active_sectors(there, kSize));
        const auto replaced = queue.replace_sectors(out, in, kSize).value();
        EXPECT_EQ(replaced.old_sectors, (BitField{1, 2, 4}));
        EXPECT_EQ(replaced.new_sectors, (BitField{3, 5}));
        EXPECT_EQ(replaced.power_delta, power_for_sectors(kSize, in) - power_for_sectors(kSize, out));
        EXPECT_EQ(replaced.pledge_delta, TokenAmount(1002 + 1004 - 1000 - 1001 - 1003));
        expect_set(queue, 9, {3}, {}, 1002, power(2, 3), {});
        expect_set(queue, 13, {5, 6}, {}, 2009, power(4, 6), {});
    });
}

TEST_F(ExpirationQueueTest, RemovesSectorsInAllConditions) {
    run([](Runtime& rt) {
        auto queue = three_sets(rt);
        ASSERT_TRUE(queue.reschedule_as_faults(6, part(1, 6), kSize));
        const std::vector gone{kSectors[0], kSectors[3], kSectors[4], kSectors[5]};
        const auto removed = queue.remove_sectors(gone, {4, 5, 6}, {6}, kSize).value();
        EXPECT_EQ(removed.sectors.on_time_sectors, (BitField{1, 4}));
        EXPECT_EQ(removed.sectors.early_sectors, (BitField{5, 6}));
        EXPECT_EQ(removed.sectors.on_time_pledge, TokenAmount(2003));
        EXPECT_EQ(removed.sectors.active_power, power(0, 1));
        EXPECT_EQ(removed.sectors.faulty_power, power(3, 6));
        EXPECT_EQ(removed.recovering_power, power(5, 6));
        expect_set(queue, 5, {2}, {}, 1001, {}, power(1, 2));
        expect_set(queue, 9, {3}, {}, 1002, {}, power(2, 3));
        EXPECT_EQ(count(rt, queue), 0U);
    });
}

TEST_F(ExpirationQueueTest, RefusesSectorsThatAreNotThere) {
    run([](Runtime& rt) {
        auto queue = empty(rt, kByFour);
        ASSERT_TRUE(queue.add_active_sectors(part(0, 2), kSize));
        for (const auto& failed : {queue.reschedule_as_faults(6, part(2, 3), kSize).error(),
                                   queue.reschedule_recovered(part(2, 3), kSize).error(),
                                   queue.remove_sectors(part(2, 3), {}, {}, kSize).error()})
            EXPECT_EQ(failed.code, ExitCode::illegal_state);
    });
}

// Sets written before FIP-0100 have five fields. They are written again with six.
TEST(ExpirationSet, ReadsBothForms) {
    ExpirationSet set;
    set.on_time_sectors = {7};
    set.on_time_pledge = 5;
    Bytes five = to_cbor(set);
    ASSERT_EQ(five.front(), 0x86);
    ASSERT_EQ(five.back(), 0x40);  // the fee: zero
    five.front() = 0x85;
    five.pop_back();
    const auto read = from_cbor<ExpirationSet>(five).value();
    EXPECT_EQ(read, set);
    EXPECT_EQ(to_cbor(read).front(), 0x86);
}

}  // namespace
}  // namespace strata::actors::miner
