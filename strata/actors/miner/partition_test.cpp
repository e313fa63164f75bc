// Cases of builtin-actors v18 actors/miner/tests/miner_actor_test_partitions.rs.
#include <strata/actors/miner/partition.hpp>

#include <strata/actors/miner/bitfield_queue.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors::miner {
namespace {

constexpr auto kSize = SectorSize::size_32GiB;
constexpr QuantSpec kByFour{4, 1};

SectorOnChainInfo sector(ChainEpoch expiration, SectorNumber number, std::int64_t pledge, std::int64_t fee) {
    SectorOnChainInfo out;
    out.sector_number = number;
    out.sealed_cid = Cid::v1(Codec::commitment_sealed, HashCode::poseidon_bls12_381_a2_fc1, Bytes(32, 1));
    out.expiration = expiration;
    out.verified_deal_weight = BigInt(59 + number);
    out.initial_pledge = pledge;
    out.daily_fee = fee;
    return out;
}

const std::vector<SectorOnChainInfo> kSectors{sector(2, 1, 1000, 3000),  sector(3, 2, 1001, 4000),
                                              sector(7, 3, 1002, 5000),  sector(8, 4, 1003, 6000),
                                              sector(11, 5, 1004, 7000), sector(13, 6, 1005, 8000)};
const SectorOnChainInfo kSeventh = sector(13, 7, 1006, 9000);
const BitField kAll{1, 2, 3, 4, 5, 6};

PowerPair power(const std::vector<SectorOnChainInfo>& sectors) {
    return power_for_sectors(kSize, sectors);
}
PowerPair power(std::initializer_list<std::size_t> numbers) {
    PowerPair out;
    for (const auto number : numbers) out += power_for_sector(kSize, kSectors[number - 1]);
    return out;
}

class PartitionTest : public actors::testing::RuntimeTest {
  protected:
    static Sectors table(Runtime& rt) {
        auto out =
            Sectors::load(rt, AmtArray<SectorOnChainInfo>::empty_root(rt.store(), kSectorsAmtWidth).value()).value();
        EXPECT_TRUE(out.store(rt, kSectors));
        EXPECT_TRUE(out.store(rt, {kSeventh}));
        return out;
    }
    static Partition unproven(Runtime& rt) {
        auto out = Partition::empty(rt).value();
        const auto added = out.add_sectors(rt, false, kSectors, kSize, kByFour).value();
        EXPECT_EQ(added.power, power(kSectors));
        EXPECT_EQ(added.daily_fee, TokenAmount(33'000));
        return out;
    }
    static Partition proven(Runtime& rt) {
        auto out = unproven(rt);
        EXPECT_EQ(out.activate_unproven(), power(kSectors));
        return out;
    }
    static Partition::NewFaults fault(Runtime& rt, Partition& p, const BitField& numbers, ChainEpoch expiration = 7) {
        return p.record_faults(rt, table(rt), numbers, expiration, kSize, kByFour).value();
    }
    static void recover(Runtime& rt, Partition& p, const BitField& numbers) {
        EXPECT_TRUE(p.declare_faults_recovered(rt, table(rt), kSize, numbers));
    }
    static auto terminate(Runtime& rt, Partition& p, const BitField& numbers) {
        return p.terminate_sectors(rt, table(rt), 3, numbers, kSize, kByFour);
    }
    static void expect_sets(const Partition& p, const BitField& sectors, const BitField& faults,
                            const BitField& recoveries, const BitField& terminated, const BitField& not_proven) {
        EXPECT_EQ(p.sectors, sectors);
        EXPECT_EQ(p.faults, faults);
        EXPECT_EQ(p.recoveries, recoveries);
        EXPECT_EQ(p.terminated, terminated);
        EXPECT_EQ(p.unproven, not_proven);
    }
    using Groups = std::vector<std::pair<ChainEpoch, BitField>>;
    static void expect_expirations(Runtime& rt, const Partition& p, const Groups& groups) {
        auto queue = ExpirationQueue::load(rt, p.expirations_epochs, kByFour).value();
        for (const auto& [epoch, numbers] : groups) {
            EXPECT_TRUE(queue.pop_until(epoch - 1).value().empty()) << epoch;
            const auto set = queue.pop_until(epoch).value();
            EXPECT_EQ(set.on_time_sectors | set.early_sectors, numbers) << epoch;
        }
        EXPECT_TRUE(queue.pop_until(1000).value().empty());
    }
    static std::map<std::uint64_t, BitField> early_terminations(Runtime& rt, const Partition& p) {
        std::map<std::uint64_t, BitField> out;
        auto queue = BitFieldQueue::load(rt, p.early_terminated, kNoQuantization).value();
        EXPECT_TRUE(queue.amt().for_each_while([&](std::uint64_t epoch, const BitField& numbers) -> Result<bool> {
            out[epoch] = numbers;
            return true;
        }));
        return out;
    }
};

TEST_F(PartitionTest, AddedSectors) {
    run([](Runtime& rt) {
        auto p = unproven(rt);
        expect_sets(p, kAll, {}, {}, {}, kAll);
        EXPECT_EQ(p.active_power(), PowerPair{});
        EXPECT_EQ(p.activate_unproven(), power(kSectors));
        expect_sets(p, kAll, {}, {}, {}, {});
        EXPECT_EQ(p.active_power(), power(kSectors));
        expect_expirations(rt, p, {{5, {1, 2}}, {9, {3, 4}}, {13, {5, 6}}});
        EXPECT_EQ(p.add_sectors(rt, false, kSectors, kSize, kByFour).error().code, ExitCode::illegal_state);
    });
}

TEST_F(PartitionTest, NewFaults) {
    for (const bool is_proven : {true, false}) {
        run([&](Runtime& rt) {
            auto p = is_proven ? proven(rt) : unproven(rt);
            const auto faults = fault(rt, p, {4, 5});
            EXPECT_EQ(faults.faulty_power, power({4, 5}));
            EXPECT_EQ(faults.power_delta, is_proven ? -power({4, 5}) : PowerPair{});
            expect_sets(p, kAll, {4, 5}, {}, {}, is_proven ? BitField{} : BitField{1, 2, 3, 6});
            expect_expirations(rt, p, {{5, {1, 2}}, {9, {3, 4, 5}}, {13, {6}}});
        });
    }
}

TEST_F(PartitionTest, KnownFaultsAreNotAddedAgain) {
    run([](Runtime& rt) {
        auto p = proven(rt);
        fault(rt, p, {4, 5});
        const auto more = fault(rt, p, {5, 6}, 3);
        EXPECT_EQ(more.sectors, BitField{6});
        EXPECT_EQ(more.power_delta, -power({6}));
        expect_sets(p, kAll, {4, 5, 6}, {}, {}, {});
        expect_expirations(rt, p, {{5, {1, 2, 6}}, {9, {3, 4, 5}}});
        EXPECT_EQ(p.record_faults(rt, table(rt), {99}, 7, kSize, kByFour).error().code, ExitCode::illegal_argument);
    });
}

TEST_F(PartitionTest, RecoveriesAreDeclaredAndTakenBack) {
    run([](Runtime& rt) {
        auto p = proven(rt);
        fault(rt, p, {4, 5, 6});
        recover(rt, p, {3, 4, 5});  // 3 is not faulty
        expect_sets(p, kAll, {4, 5, 6}, {4, 5}, {}, {});
        EXPECT_EQ(p.recovering_power, power({4, 5}));
        recover(rt, p, {4, 5, 6});  // 4 and 5 are counted only once
        EXPECT_EQ(p.recovering_power, power({4, 5, 6}));
        EXPECT_TRUE(fault(rt, p, {}).sectors.empty());
        EXPECT_TRUE(fault(rt, p, {5}, 10).sectors.empty());
        expect_sets(p, kAll, {4, 5, 6}, {4, 6}, {}, {});
        EXPECT_EQ(p.recovering_power, power({4, 6}));
        EXPECT_EQ(p.declare_faults_recovered(rt, table(rt), kSize, {99}).error().code, ExitCode::illegal_argument);
    });
}

TEST_F(PartitionTest, RecoveredSectorsAreAsBefore) {
    run([](Runtime& rt) {
        auto p = proven(rt);
        fault(rt, p, {4, 5, 6});
        recover(rt, p, {4, 5});
        EXPECT_EQ(p.recover_faults(rt, table(rt), kSize, kByFour).value(), power({4, 5}));
        expect_sets(p, kAll, {6}, {}, {}, {});
        expect_expirations(rt, p, {{5, {1, 2}}, {9, {3, 4, 6}}, {13, {5}}});
    });
}

TEST_F(PartitionTest, ReplacedSectors) {
    const std::vector old_ones(kSectors.begin() + 1, kSectors.begin() + 4);
    const std::vector new_ones{sector(10, 2, 3000, 4000), sector(10, 7, 3001, 5000), sector(18, 8, 3002, 6000)};
    run([&](Runtime& rt) {
        auto p = proven(rt);
        const auto replaced = p.replace_sectors(rt, old_ones, new_ones, kSize, kByFour).value();
        EXPECT_EQ(replaced.power_delta, power(new_ones) - power(old_ones));
        EXPECT_EQ(replaced.pledge_delta, TokenAmount(3000 + 3001 + 3002 - 1001 - 1002 - 1003));
        EXPECT_EQ(replaced.daily_fee_delta, TokenAmount(0));
        expect_sets(p, {1, 2, 5, 6, 7, 8}, {}, {}, {}, {});
        expect_expirations(rt, p, {{5, {1}}, {13, {2, 5, 6, 7}}, {21, {8}}});
    });
    run([&](Runtime& rt) {
        auto p = proven(rt);
        fault(rt, p, {2});
        EXPECT_EQ(p.replace_sectors(rt, old_ones, new_ones, kSize, kByFour).error().code, ExitCode::illegal_state);
    });
    run([&](Runtime& rt) {
        auto p = unproven(rt);
        EXPECT_EQ(p.replace_sectors(rt, old_ones, new_ones, kSize, kByFour).error().code, ExitCode::illegal_state);
    });
}

TEST_F(PartitionTest, TerminatedSectorsInAllConditions) {
    run([](Runtime& rt) {
        auto p = proven(rt);
        ASSERT_TRUE(p.add_sectors(rt, false, {&kSeventh, 1}, kSize, kByFour));
        fault(rt, p, {3, 4, 5, 6});
        recover(rt, p, {4, 5});
        const auto gone = terminate(rt, p, {1, 3, 5, 7}).value();
        EXPECT_EQ(gone.removed.active_power, power({1}));
        EXPECT_EQ(gone.removed.faulty_power, power({3, 5}));
        EXPECT_EQ(gone.unproven_power, power({kSeventh}));
        expect_sets(p, {1, 2, 3, 4, 5, 6, 7}, {4, 6}, {4}, {1, 3, 5, 7}, {});
        expect_expirations(rt, p, {{5, {2}}, {9, {4, 6}}});
        EXPECT_EQ(early_terminations(rt, p), (std::map<std::uint64_t, BitField>{{3, {1, 3, 5, 7}}}));
        EXPECT_EQ(terminate(rt, p, {1}).error().code, ExitCode::illegal_argument);
        EXPECT_EQ(terminate(rt, p, {99}).error().code, ExitCode::illegal_argument);
        // A terminated sector cannot become faulty.
        const auto faults = fault(rt, p, {1}, 5);
        EXPECT_TRUE(faults.sectors.empty());
        EXPECT_TRUE(faults.power_delta.is_zero());
    });
}

TEST_F(PartitionTest, ExpiredSectors) {
    run([](Runtime& rt) {
        auto p = proven(rt);
        fault(rt, p, {4}, 2);
        const auto set = p.pop_expired_sectors(rt, 5, kByFour).value();
        EXPECT_EQ(set.on_time_sectors, (BitField{1, 2}));
        EXPECT_EQ(set.early_sectors, BitField{4});
        EXPECT_EQ(set.on_time_pledge, TokenAmount(2001));
        EXPECT_EQ(set.active_power, power({1, 2}));
        EXPECT_EQ(set.faulty_power, power({4}));
        expect_sets(p, kAll, {}, {}, {1, 2, 4}, {});
        expect_expirations(rt, p, {{9, {3}}, {13, {5, 6}}});
        EXPECT_EQ(early_terminations(rt, p), (std::map<std::uint64_t, BitField>{{5, {4}}}));
    });
    run([](Runtime& rt) {
        auto p = proven(rt);
        fault(rt, p, {5}, 2);
        recover(rt, p, {5});
        EXPECT_EQ(p.pop_expired_sectors(rt, 5, kByFour).error().code, ExitCode::illegal_state);
        auto fresh = unproven(rt);
        EXPECT_EQ(fresh.pop_expired_sectors(rt, 5, kByFour).error().code, ExitCode::illegal_state);
    });
}

TEST_F(PartitionTest, AMissedProofMakesAllFaulty) {
    run([](Runtime& rt) {
        auto p = proven(rt);
        ASSERT_TRUE(p.add_sectors(rt, false, {&kSeventh, 1}, kSize, kByFour));
        fault(rt, p, {4, 5, 6});
        recover(rt, p, {4, 5});
        const auto missed = p.record_missed_post(rt, 6, kByFour).value();
        // Sector 6 was faulty before, and only 1 to 3 had power to lose.
        EXPECT_EQ(missed.penalized_power, power({1, 2, 3, 4, 5}) + power({kSeventh}));
        EXPECT_EQ(missed.power_delta, -power({1, 2, 3}));
        expect_sets(p, {1, 2, 3, 4, 5, 6, 7}, {1, 2, 3, 4, 5, 6, 7}, {}, {}, {});
        expect_expirations(rt, p, {{5, {1, 2}}, {9, {3, 4, 5, 6, 7}}});
    });
}

TEST_F(PartitionTest, EarlyTerminationsArePoppedInParts) {
    run([](Runtime& rt) {
        auto p = proven(rt);
        fault(rt, p, {3, 4, 5, 6});
        recover(rt, p, {4, 5});
        ASSERT_TRUE(terminate(rt, p, {1, 3, 5}));
        auto popped = p.pop_early_terminations(rt, 1).value();
        EXPECT_EQ(popped.result.sectors, (std::map<ChainEpoch, BitField>{{3, {1}}}));
        EXPECT_TRUE(popped.has_more);
        EXPECT_EQ(early_terminations(rt, p), (std::map<std::uint64_t, BitField>{{3, {3, 5}}}));
        popped = p.pop_early_terminations(rt, 5).value();
        EXPECT_EQ(popped.result.sectors, (std::map<ChainEpoch, BitField>{{3, {3, 5}}}));
        EXPECT_FALSE(popped.has_more);
        EXPECT_TRUE(early_terminations(rt, p).empty());
    });
}

// A full partition whose numbers are far apart still fits into the limit of a bit field.
TEST_F(PartitionTest, AFullPartitionIsEncoded) {
    std::vector<SectorOnChainInfo> many;
    std::vector<std::uint64_t> numbers;
    for (std::uint64_t i = 0; i < 2349; ++i) {
        numbers.push_back((i + 1) << 50);
        many.push_back(sector(static_cast<ChainEpoch>(i) + 1, 1, 1000, 0));
        many.back().sector_number = numbers.back();
        many.back().verified_deal_weight = 0;
    }
    run([&](Runtime& rt) {
        auto p = Partition::empty(rt).value();
        ASSERT_TRUE(p.add_sectors(rt, false, many, kSize, kByFour));
        const auto again = from_cbor<Partition>(to_cbor(p)).value();
        expect_sets(again, BitField::of(numbers), {}, {}, {}, BitField::of(numbers));
        EXPECT_EQ(again.unproven_power.raw, BigInt::pow2(35) * 2349);
    });
}

}  // namespace
}  // namespace strata::actors::miner
