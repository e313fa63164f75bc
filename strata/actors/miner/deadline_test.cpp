// Cases of builtin-actors v18 actors/miner/tests/deadline_state_test.rs.
#include <strata/actors/miner/deadline.hpp>

#include <strata/actors/miner/proving_messages.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors::miner {
namespace {

constexpr auto kSize = SectorSize::size_32GiB;
constexpr QuantSpec kByFour{4, 1};
constexpr std::uint64_t kPartitionSize = 4;
constexpr ChainEpoch kFaultExpiration = 13;

SectorOnChainInfo sector(ChainEpoch expiration, SectorNumber number) {
    SectorOnChainInfo out;
    out.sector_number = number;
    out.sealed_cid = Cid::v1(Codec::commitment_sealed, HashCode::poseidon_bls12_381_a2_fc1, Bytes(32, 1));
    out.expiration = expiration;
    out.verified_deal_weight = BigInt(59 + number);
    out.initial_pledge = BigInt(999 + number);
    out.daily_fee = BigInt(1000 * number);
    return out;
}

const std::vector<SectorOnChainInfo> kSectors{sector(2, 1),  sector(3, 2),  sector(7, 3), sector(8, 4), sector(8, 5),
                                              sector(11, 6), sector(13, 7), sector(8, 8), sector(8, 9)};
const SectorOnChainInfo kTenth = sector(8, 10);

PowerPair power(std::initializer_list<SectorNumber> numbers) {
    PowerPair out;
    for (const auto number : numbers) out += power_for_sector(kSize, number == 10 ? kTenth : kSectors[number - 1]);
    return out;
}

class DeadlineTest : public actors::testing::RuntimeTest {
  protected:
    struct Expected {
        BitField faults{};
        BitField recovering{};
        BitField terminated{};
        BitField unproven{};
        BitField posts{};
        std::vector<BitField> partitions{{1, 2, 3, 4}, {5, 6, 7, 8}, {9}};
    };
    static Sectors table(Runtime& rt) {
        auto out =
            Sectors::load(rt, AmtArray<SectorOnChainInfo>::empty_root(rt.store(), kSectorsAmtWidth).value()).value();
        EXPECT_TRUE(out.store(rt, kSectors));
        EXPECT_TRUE(out.store(rt, {kTenth}));
        return out;
    }
    static Deadline added(Runtime& rt, bool prove) {
        auto d = Deadline::empty(rt).value();
        const auto result = d.add_sectors(rt, kPartitionSize, false, true, kSectors, kSize, kByFour).value();
        EXPECT_EQ(result.power, power({1, 2, 3, 4, 5, 6, 7, 8, 9}));
        EXPECT_EQ(result.daily_fee, TokenAmount(45'000));
        if (!prove) return d;
        EXPECT_EQ(post(rt, d, {{0, {}}, {1, {}}, {2, {}}}, 0).value().power_delta, result.power);
        const auto closed = end(rt, d, 0);
        EXPECT_TRUE(closed.power_delta.is_zero());
        EXPECT_TRUE(closed.penalized_power.is_zero());
        return d;
    }
    static ActorResult<Deadline::PostResult> post(Runtime& rt, Deadline& d, const std::vector<PoStPartition>& proven,
                                                  ChainEpoch fault_expiration = kFaultExpiration) {
        return d.record_proven_sectors(rt, table(rt), kSize, kByFour, fault_expiration, proven);
    }
    static Deadline::End end(Runtime& rt, Deadline& d, ChainEpoch fault_expiration = kFaultExpiration) {
        return d.process_deadline_end(rt, kByFour, fault_expiration, table(rt).flush(rt).value()).value();
    }
    static auto terminate(Runtime& rt, Deadline& d, const PartitionSectorMap& numbers) {
        return d.terminate_sectors(rt, table(rt), 15, numbers, kSize, kByFour);
    }
    static auto compact(Runtime& rt, Deadline& d, const BitField& partitions) {
        return d.compact_partitions(rt, table(rt), kSize, kPartitionSize, partitions, kByFour);
    }
    /// Marks 1, 5 and 6 faulty, expiring at epoch 9: sector 5 on time, sector 6 early.
    static Deadline with_faults(Runtime& rt, bool prove) {
        auto d = added(rt, prove);
        const auto delta = d.record_faults(rt, table(rt), kSize, kByFour, 9, {{0, {1}}, {1, {5, 6}}}).value();
        EXPECT_EQ(delta, prove ? -power({1, 5, 6}) : PowerPair{});
        return d;
    }
    static void add_tenth(Runtime& rt, Deadline& d) {
        ASSERT_TRUE(d.add_sectors(rt, kPartitionSize, false, true, {&kTenth, 1}, kSize, kByFour));
    }
    static void expect(Runtime& rt, const Deadline& d, const Expected& expected) {
        const auto all = d.partitions_amt(rt).value();
        ASSERT_EQ(all.count(), expected.partitions.size());
        BitField faults, recovering, terminated, unproven;
        std::uint64_t sectors = 0;
        PowerPair live, faulty;
        for (std::uint64_t i = 0; i < all.count(); ++i) {
            const auto p = all.get(i).value().value();
            EXPECT_EQ(p.sectors, expected.partitions[i]) << i;
            faults |= p.faults;
            recovering |= p.recoveries;
            terminated |= p.terminated;
            unproven |= p.unproven;
            sectors += p.sectors.count();
            live += p.live_power;
            faulty += p.faulty_power;
        }
        EXPECT_EQ(faults, expected.faults);
        EXPECT_EQ(recovering, expected.recovering);
        EXPECT_EQ(terminated, expected.terminated);
        EXPECT_EQ(unproven, expected.unproven);
        EXPECT_EQ(d.partitions_posted, expected.posts);
        // The sums of the deadline equal those of its partitions.
        EXPECT_EQ(d.total_sectors, sectors);
        EXPECT_EQ(d.live_sectors, sectors - terminated.count());
        EXPECT_EQ(d.live_power, live);
        EXPECT_EQ(d.faulty_power, faulty);
    }
};

const std::vector<BitField> kWithTenth{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10}};

TEST_F(DeadlineTest, AddedSectorsFillPartitions) {
    run([](Runtime& rt) {
        const auto fresh = added(rt, false);
        expect(rt, fresh, {.unproven = {1, 2, 3, 4, 5, 6, 7, 8, 9}});
        const auto proven = added(rt, true);
        expect(rt, proven, {});
        EXPECT_EQ(proven.daily_fee, TokenAmount(45'000));
        auto unproven = added(rt, false);
        EXPECT_EQ(unproven.pop_expired_sectors(rt, 9, kByFour).error().code, ExitCode::illegal_state);
    });
}

TEST_F(DeadlineTest, TerminatedSectorsLoseThePowerTheyHad) {
    for (const bool prove : {true, false}) {
        run([&](Runtime& rt) {
            auto d = added(rt, prove);
            EXPECT_EQ(terminate(rt, d, {{0, {1, 3}}, {1, {6}}}).value(), prove ? power({1, 3, 6}) : PowerPair{});
            expect(rt, d, {.terminated = {1, 3, 6}, .unproven = prove ? BitField{} : BitField{2, 4, 5, 7, 8, 9}});
            EXPECT_EQ(d.daily_fee, TokenAmount(35'000));
            EXPECT_EQ(terminate(rt, d, {{0, {1, 2}}}).error().code, ExitCode::illegal_argument);
            EXPECT_EQ(compact(rt, d, {0}).error().code,
                      ExitCode::illegal_argument);  // its terminations are not processed yet
        });
        run([&](Runtime& rt) {
            auto d = with_faults(rt, prove);
            EXPECT_EQ(terminate(rt, d, {{0, {1, 3}}, {1, {6}}}).value(), prove ? power({3}) : PowerPair{});
            expect(rt, d,
                   {.faults = {5}, .terminated = {1, 3, 6}, .unproven = prove ? BitField{} : BitField{2, 4, 7, 8, 9}});
            EXPECT_EQ(terminate(rt, d, {{0, {6}}}).error().code, ExitCode::illegal_argument);
            EXPECT_EQ(terminate(rt, d, {{4, {6}}}).error().code, ExitCode::not_found);
        });
    }
}

TEST_F(DeadlineTest, EarlyTerminationsArePoppedByLimits) {
    run([](Runtime& rt) {
        auto d = added(rt, true);
        ASSERT_TRUE(terminate(rt, d, {{0, {1, 3}}, {1, {6}}}));
        auto at_once = d;
        const auto popped = at_once.pop_early_terminations(rt, 100, 100).value();
        EXPECT_FALSE(popped.has_more);
        EXPECT_EQ(popped.result.partitions_processed, 2U);
        EXPECT_EQ(popped.result.sectors_processed, 3U);
        EXPECT_EQ(popped.result.sectors, (std::map<ChainEpoch, BitField>{{15, {1, 3, 6}}}));
        expect(rt, at_once, {.terminated = {1, 3, 6}});

        TerminationResult sum;
        for (const bool more : {true, true, false}) {
            const auto part = d.pop_early_terminations(rt, 2, 1).value();
            EXPECT_EQ(part.has_more, more);
            sum += part.result;
        }
        EXPECT_EQ(sum.partitions_processed, 3U);
        EXPECT_EQ(sum.sectors, (std::map<ChainEpoch, BitField>{{15, {1, 3, 6}}}));
    });
}

TEST_F(DeadlineTest, RemovedPartitionsGiveTheirSectorsToTheLast) {
    run([](Runtime& rt) {
        auto d = added(rt, true);
        ASSERT_TRUE(terminate(rt, d, {{0, {1, 3}}, {1, {6}}}));
        ASSERT_TRUE(d.pop_early_terminations(rt, 100, 100));
        EXPECT_TRUE(compact(rt, d, {}).value().empty());
        expect(rt, d, {.terminated = {1, 3, 6}});
        const TokenAmount fee = d.daily_fee;
        EXPECT_EQ(compact(rt, d, {0}).value(), (BitField{1, 3}));
        expect(rt, d, {.terminated = {6}, .partitions = {{5, 6, 7, 8}, {2, 4, 9}}});
        EXPECT_EQ(d.daily_fee, fee);
        EXPECT_EQ(compact(rt, d, {2}).error().code, ExitCode::illegal_argument);
    });
    run([](Runtime& rt) {
        auto d = with_faults(rt, true);
        EXPECT_EQ(compact(rt, d, {1}).error().code, ExitCode::illegal_argument);
        auto unproven = added(rt, false);
        EXPECT_EQ(compact(rt, unproven, {1}).error().code, ExitCode::illegal_argument);
    });
}

TEST_F(DeadlineTest, FaultsAreRecordedInTheirPartitions) {
    for (const bool prove : {true, false})
        run([&](Runtime& rt) {
            const auto d = with_faults(rt, prove);
            expect(rt, d, {.faults = {1, 5, 6}, .unproven = prove ? BitField{} : BitField{2, 3, 4, 7, 8, 9}});
        });
    run([](Runtime& rt) {
        auto d = added(rt, true);
        const auto record = [&](const PartitionSectorMap& numbers) {
            return d.record_faults(rt, table(rt), kSize, kByFour, 17, numbers).error().code;
        };
        EXPECT_EQ(record({{4, {1}}}), ExitCode::not_found);
        EXPECT_EQ(record({{0, {5}}}), ExitCode::illegal_argument);
        EXPECT_EQ(d.declare_faults_recovered(rt, table(rt), kSize, {{4, {1}}}).error().code, ExitCode::not_found);
        EXPECT_EQ(d.declare_faults_recovered(rt, table(rt), kSize, {{0, {5}}}).error().code,
                  ExitCode::illegal_argument);
    });
}

TEST_F(DeadlineTest, FaultySectorsExpireEarly) {
    run([](Runtime& rt) {
        auto d = with_faults(rt, true);
        const auto expired = d.pop_expired_sectors(rt, 9, kByFour).value();
        EXPECT_EQ(expired.on_time_sectors, (BitField{1, 2, 3, 4, 5, 8, 9}));
        EXPECT_EQ(expired.early_sectors, BitField{6});
        expect(rt, d, {.terminated = {1, 2, 3, 4, 5, 6, 8, 9}});
        EXPECT_EQ(d.daily_fee, TokenAmount(7'000));
        const auto popped = d.pop_early_terminations(rt, 100, 100).value();
        EXPECT_FALSE(popped.has_more);
        EXPECT_EQ(popped.result.partitions_processed, 1U);
        EXPECT_EQ(popped.result.sectors, (std::map<ChainEpoch, BitField>{{9, {6}}}));
    });
}

TEST_F(DeadlineTest, ProofsOfAllPartitions) {
    run([](Runtime& rt) {
        auto d = added(rt, true);
        add_tenth(rt, d);
        const auto first = post(rt, d, {{0, {}}, {1, {}}}).value();
        EXPECT_EQ(first.sectors, (BitField{1, 2, 3, 4, 5, 6, 7, 8}));
        EXPECT_TRUE(first.ignored_sectors.empty());
        EXPECT_TRUE(first.power_delta.is_zero());
        expect(rt, d, {.unproven = {10}, .posts = {0, 1}, .partitions = kWithTenth});
        EXPECT_EQ(post(rt, d, {{2, {}}}).value().power_delta, power({10}));
        expect(rt, d, {.posts = {0, 1, 2}, .partitions = kWithTenth});
        const auto closed = end(rt, d);
        EXPECT_TRUE(closed.power_delta.is_zero());
        EXPECT_TRUE(closed.penalized_power.is_zero());
        expect(rt, d, {.partitions = kWithTenth});
    });
}

TEST_F(DeadlineTest, ProofsWithFaultsRecoveriesAndRetractions) {
    run([](Runtime& rt) {
        auto d = with_faults(rt, true);
        add_tenth(rt, d);
        ASSERT_TRUE(d.declare_faults_recovered(rt, table(rt), kSize, {{0, {1}}, {1, {6}}}));
        expect(rt, d, {.faults = {1, 5, 6}, .recovering = {1, 6}, .unproven = {10}, .partitions = kWithTenth});
        // Sector 1 should have recovered but does not, 6 recovers, and 7 is newly faulty.
        const auto result = post(rt, d, {{0, {1}}, {1, {7}}}).value();
        EXPECT_EQ(result.ignored_sectors, (BitField{1, 5, 7}));
        EXPECT_EQ(result.new_faulty_power, power({7}));
        EXPECT_EQ(result.retracted_recovery_power, power({1}));
        EXPECT_EQ(result.recovered_power, power({6}));
        EXPECT_EQ(result.power_delta, power({6}) - power({7}));
        expect(rt, d, {.faults = {1, 5, 7}, .unproven = {10}, .posts = {0, 1}, .partitions = kWithTenth});
        const auto closed = end(rt, d);
        EXPECT_EQ(closed.power_delta, -power({9}));  // sector 10 had no power
        EXPECT_EQ(closed.penalized_power, power({9, 10}));
        expect(rt, d, {.faults = {1, 5, 7, 9, 10}, .partitions = kWithTenth});
    });
}

TEST_F(DeadlineTest, ASkippedUnprovenSectorLosesNothing) {
    run([](Runtime& rt) {
        auto d = added(rt, true);
        add_tenth(rt, d);
        const auto result = post(rt, d, {{0, {}}, {1, {}}, {2, {10}}}).value();
        EXPECT_EQ(result.ignored_sectors, BitField{10});
        EXPECT_EQ(result.new_faulty_power, power({10}));
        EXPECT_TRUE(result.power_delta.is_zero());
        expect(rt, d, {.faults = {10}, .posts = {0, 1, 2}, .partitions = kWithTenth});
        EXPECT_TRUE(end(rt, d).penalized_power.is_zero());
    });
}

TEST_F(DeadlineTest, RefusedProofs) {
    run([](Runtime& rt) {
        auto d = added(rt, true);
        EXPECT_EQ(post(rt, d, {{0, {}}, {3, {}}}).error().code, ExitCode::not_found);
        auto again = added(rt, true);
        EXPECT_EQ(post(rt, again, {{0, {}}, {0, {}}}).error().code, ExitCode::illegal_argument);
        ASSERT_TRUE(post(rt, again, {{0, {}}}));
        EXPECT_EQ(post(rt, again, {{0, {}}}).error().code, ExitCode::illegal_argument);
        EXPECT_EQ(again.take_post_proofs(rt, 0).error().code, ExitCode::illegal_argument);
    });
}

TEST_F(DeadlineTest, ProofsAreKeptForDisputes) {
    run([](Runtime& rt) {
        auto d = added(rt, true);
        ASSERT_TRUE(post(rt, d, {{0, {}}, {1, {2 + 4}}}));
        const std::vector<PoStProof> proofs{{RegisteredPoStProof{13}, {1, 2, 3}}};
        ASSERT_TRUE(d.record_post_proofs(rt, {0, 1}, proofs));
        end(rt, d);
        const auto taken = d.take_post_proofs(rt, 0).value();
        EXPECT_EQ(taken.partitions, (BitField{0, 1}));
        EXPECT_EQ(taken.proofs, proofs);
        EXPECT_EQ(d.take_post_proofs(rt, 0).error().code, ExitCode::illegal_argument);
        const auto dispute = d.load_partitions_for_dispute(rt, {0, 1}).value();
        EXPECT_EQ(dispute.all_sectors, (BitField{1, 2, 3, 4, 5, 6, 7, 8}));
        EXPECT_EQ(dispute.ignored_sectors, BitField{6});
        EXPECT_EQ(dispute.disputed_power, power({1, 2, 3, 4, 5, 7, 8}));
        EXPECT_EQ(dispute.disputed_sectors, (PartitionSectorMap{{0, {1, 2, 3, 4}}, {1, {5, 7, 8}}}));
        EXPECT_EQ(d.load_partitions_for_dispute(rt, {9}).error().code, ExitCode::illegal_state);
    });
}

TEST_F(DeadlineTest, ExpirationsAreMoved) {
    run([](Runtime& rt) {
        auto d = with_faults(rt, true);
        // Sector 1 is faulty, 7 and 20 are in different partitions, and partition 5 does not exist.
        const auto moved =
            d.reschedule_sector_expirations(rt, table(rt), 1, {{0, {1, 7, 20}}, {5, {100}}}, kSize, kByFour);
        EXPECT_TRUE(moved.value().empty());
        const auto six = d.reschedule_sector_expirations(rt, table(rt), 1, {{1, {6, 7, 9}}}, kSize, kByFour).value();
        ASSERT_EQ(six.size(), 1U);
        EXPECT_EQ(six[0].sector_number, 7U);
        const auto expired = d.pop_expired_sectors(rt, 1, kByFour).value();
        EXPECT_EQ(expired.on_time_sectors, BitField{7});
        EXPECT_TRUE(expired.early_sectors.empty());
    });
}

}  // namespace
}  // namespace strata::actors::miner
