// Cases of builtin-actors v18 actors/miner/tests (sector_number_allocation.rs, precommitted_sector_stores.rs,
// precommit_expiry.rs, repay_debt_test.rs, sectors.rs).
#include <strata/actors/miner/state.hpp>

#include <strata/actors/miner/bitfield_queue.hpp>
#include <strata/actors/miner/ext.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors::miner {
namespace {

constexpr auto kDeny = CollisionPolicy::deny_collisions;
constexpr auto kAllow = CollisionPolicy::allow_collisions;
constexpr ChainEpoch kPeriodOffset = 1808;

class MinerStateTest : public actors::testing::RuntimeTest {
  protected:
    static State empty(Runtime& rt) {
        const Cid info = put_cbor(rt.store(), std::uint64_t{0}).value();  // not used here
        return State::empty(rt, info, kPeriodOffset, 0).value();
    }
    static ExitCode code(const Done& done) { return done ? ExitCode::ok : done.error().code; }
    static BitField allocated(Runtime& rt, const State& state) {
        return get_cbor<BitField>(rt.store(), state.allocated_sectors).value();
    }
    static SectorPreCommitOnChainInfo precommit(SectorNumber number, std::int64_t deposit = 1) {
        SectorPreCommitOnChainInfo out;
        out.info.sector_number = number;
        out.info.sealed_cid = Cid::v1(Codec::commitment_sealed, HashCode::poseidon_bls12_381_a2_fc1, Bytes(32, 1));
        out.pre_commit_deposit = deposit;
        return out;
    }
    static std::map<std::uint64_t, BitField> clean_ups(Runtime& rt, const State& state) {
        auto queue = BitFieldQueue::load(rt, state.pre_committed_sectors_cleanup, state.quant_spec_every_deadline());
        std::map<std::uint64_t, BitField> out;
        EXPECT_TRUE(queue->amt().for_each([&](std::uint64_t epoch, const BitField& numbers) -> Status {
            out.emplace(epoch, numbers);
            return {};
        }));
        return out;
    }
};

TEST_F(MinerStateTest, SectorNumbersAreGivenOnce) {
    run([](Runtime& rt) {
        auto state = empty(rt);
        ASSERT_TRUE(state.allocate_sector_numbers(rt, {1, 2, 3}, kDeny));
        EXPECT_EQ(code(state.allocate_sector_numbers(rt, {1}, kDeny)), ExitCode::illegal_argument);
        EXPECT_EQ(code(state.allocate_sector_numbers(rt, {3, 4, 5}, kDeny)), ExitCode::illegal_argument);
        EXPECT_EQ(allocated(rt, state), (BitField{1, 2, 3}));
        ASSERT_TRUE(state.allocate_sector_numbers(rt, {0, 1, 5}, kAllow));
        EXPECT_EQ(code(state.allocate_sector_numbers(rt, {0}, kDeny)), ExitCode::illegal_argument);
        ASSERT_TRUE(state.allocate_sector_numbers(rt, {4, kMaxSectorNumber}, kDeny));
        EXPECT_EQ(allocated(rt, state), (BitField{0, 1, 2, 3, 4, 5, kMaxSectorNumber}));
    });
}

// Numbers far apart fill the bytes of the bit field (compaction_with_mask). The refusal is a serialization error.
TEST_F(MinerStateTest, SectorNumbersFarApartReachTheLimitOfABitField) {
    run([](Runtime& rt) {
        auto state = empty(rt);
        ExitCode refused = ExitCode::ok;
        std::uint64_t next = 1;
        for (; refused == ExitCode::ok; next += 100) {
            ASSERT_LT(next, 8000U);
            std::vector<std::uint64_t> numbers;
            for (std::uint64_t i = next; i < next + 100; ++i) numbers.push_back(i << 50);
            refused = code(state.allocate_sector_numbers(rt, BitField::of(numbers), kDeny));
        }
        EXPECT_EQ(refused, ExitCode::serialization);
        const std::uint64_t last = next << 50;
        // The numbers taken before can be read, and a mask over half of them makes room.
        EXPECT_FALSE(allocated(rt, state).empty());
        ASSERT_TRUE(state.allocate_sector_numbers(rt, BitField::range(0, last / 2), kAllow));
        EXPECT_TRUE(state.allocate_sector_numbers(rt, {last}, kDeny));
    });
}

TEST_F(MinerStateTest, QueuesReachTheSameLimit) {
    run([](Runtime& rt) {
        auto state = empty(rt);
        std::vector<std::pair<ChainEpoch, std::uint64_t>> events;
        for (std::uint64_t i = 1; i <= 5000; ++i) events.emplace_back(100, i << 50);
        EXPECT_EQ(code(state.add_pre_commit_clean_ups(rt, events)), ExitCode::serialization);
        events.resize(2500);
        EXPECT_TRUE(state.add_pre_commit_clean_ups(rt, events));
    });
}

// In request_terminate_deals of actors/miner/src/lib.rs the encoding fails before the market is called.
TEST_F(MinerStateTest, TheMarketIsNotToldOfMoreThanABitFieldHolds) {
    run([](Runtime& rt) {
        std::vector<std::uint64_t> numbers;
        for (std::uint64_t i = 1; i <= 5000; ++i) numbers.push_back(i << 50);
        EXPECT_EQ(code(request_terminate_deals(rt, 1, BitField::of(numbers))), ExitCode::serialization);
        EXPECT_TRUE(request_terminate_deals(rt, 1, {}));
    });
}

TEST_F(MinerStateTest, PreCommitsArePutAndDeleted) {
    run([](Runtime& rt) {
        auto state = empty(rt);
        ASSERT_TRUE(state.put_precommitted_sectors(rt, {precommit(1)}));
        ASSERT_TRUE(state.put_precommitted_sectors(rt, {precommit(2), precommit(3)}));
        EXPECT_EQ(code(state.put_precommitted_sectors(rt, {precommit(1)})), ExitCode::illegal_state);
        EXPECT_EQ(code(state.put_precommitted_sectors(rt, {precommit(4), precommit(4)})), ExitCode::illegal_state);
        EXPECT_EQ(state.get_precommitted_sectors(rt, {1, 3})->size(), 2U);
        EXPECT_EQ(state.get_precommitted_sectors(rt, {1, 4}).error().code, ExitCode::not_found);
        EXPECT_EQ(state.get_precommitted_sectors(rt, {kMaxSectorNumber + 1}).error().code, ExitCode::illegal_argument);
        EXPECT_EQ(state.find_precommitted_sectors(rt, {1, 4})->size(), 1U);
        ASSERT_TRUE(state.delete_precommitted_sectors(rt, {1}));
        EXPECT_EQ(code(state.delete_precommitted_sectors(rt, {1})), ExitCode::illegal_state);
        EXPECT_EQ(state.find_precommitted_sectors(rt, {1, 2})->size(), 1U);
    });
}

TEST_F(MinerStateTest, CleanUpsAreRoundedUpToDeadlines) {
    run([](Runtime& rt) {
        auto state = empty(rt);
        ASSERT_TRUE(state.add_pre_commit_clean_ups(rt, {{100, 1}, {200, 2}, {200, 3}}));
        // Deadlines begin at 1808 and every 60 epochs, that is, at 8 and so on.
        EXPECT_EQ(clean_ups(rt, state), (std::map<std::uint64_t, BitField>{{128, {1}}, {248, {2, 3}}}));
        ASSERT_TRUE(state.add_pre_commit_clean_ups(rt, {{100, 1}, {200, 4}, {300, 5}, {300, 6}}));
        EXPECT_EQ(clean_ups(rt, state),
                  (std::map<std::uint64_t, BitField>{{128, {1}}, {248, {2, 3, 4}}, {308, {5, 6}}}));
        ASSERT_TRUE(state.put_precommitted_sectors(rt, {precommit(1, 10), precommit(2, 20), precommit(5, 40)}));
        ASSERT_TRUE(state.add_pre_commit_deposit(70));
        EXPECT_EQ(state.cleanup_expired_pre_commits(rt, 127).value(), TokenAmount(0));
        EXPECT_EQ(state.cleanup_expired_pre_commits(rt, 250).value(), TokenAmount(30));  // 3 and 4 were proven
        EXPECT_EQ(state.pre_commit_deposits, TokenAmount(40));
        EXPECT_EQ(clean_ups(rt, state), (std::map<std::uint64_t, BitField>{{308, {5, 6}}}));
    });
}

TEST_F(MinerStateTest, DebtIsRepaidOutOfTheBalanceAndGrows) {
    run([](Runtime& rt) {
        auto state = empty(rt);
        ASSERT_TRUE(state.apply_penalty(1000));
        const auto repaid = state.repay_partial_debt_in_priority_order(rt, 0, 300).value();
        EXPECT_EQ(repaid.to_burn, TokenAmount(300));
        EXPECT_EQ(repaid.total_unlocked, TokenAmount(0));
        EXPECT_EQ(state.fee_debt, TokenAmount(700));
        ASSERT_TRUE(state.apply_penalty(2050));
        ASSERT_TRUE(state.repay_partial_debt_in_priority_order(rt, 33, 0));
        EXPECT_EQ(state.fee_debt, TokenAmount(2750));
        EXPECT_EQ(code(state.apply_penalty(-1)), ExitCode::illegal_state);
        EXPECT_EQ(state.repay_debts(2749).error().code, ExitCode::insufficient_funds);
        EXPECT_EQ(state.repay_debts(2750).value(), TokenAmount(2750));
        EXPECT_TRUE(state.fee_debt.is_zero());
    });
}

TEST_F(MinerStateTest, FundsMustAddUp) {
    run([](Runtime& rt) {
        auto state = empty(rt);
        EXPECT_FALSE(state.continue_deadline_cron());
        ASSERT_TRUE(state.add_pre_commit_deposit(10));
        ASSERT_TRUE(state.add_initial_pledge(20));
        EXPECT_TRUE(state.continue_deadline_cron());
        state.fee_debt = 5;
        EXPECT_TRUE(state.check_balance_invariants(30));
        EXPECT_FALSE(state.check_balance_invariants(29));
        EXPECT_EQ(state.get_unlocked_balance(37).value(), TokenAmount(7));
        EXPECT_EQ(state.get_available_balance(37).value(), TokenAmount(2));
        EXPECT_EQ(state.get_available_balance(32).value(), TokenAmount(-3));
        EXPECT_FALSE(state.get_unlocked_balance(29));
        EXPECT_EQ(code(state.add_initial_pledge(-21)), ExitCode::illegal_state);
        EXPECT_EQ(code(state.add_pre_commit_deposit(-11)), ExitCode::illegal_state);
    });
}

TEST_F(MinerStateTest, SectorsAreLoadedByNumber) {
    run([](Runtime& rt) {
        const auto sector = [](SectorNumber number) {
            SectorOnChainInfo out;
            out.sector_number = number;
            out.sealed_cid = Cid::v1(Codec::commitment_sealed, HashCode::poseidon_bls12_381_a2_fc1, Bytes(32, 1));
            return out;
        };
        auto all = Sectors::load(rt, empty(rt).sectors).value();
        ASSERT_TRUE(all.store(rt, {sector(0), sector(1), sector(5)}));
        EXPECT_EQ(all.load_sectors(rt, {0, 5})->size(), 2U);
        EXPECT_TRUE(all.load_sectors(rt, {})->empty());
        EXPECT_EQ(all.load_sectors(rt, {0, 3}).error().code, ExitCode::not_found);
        EXPECT_EQ(code(all.store(rt, {sector(kMaxSectorNumber + 1)})), ExitCode::illegal_state);
        // In a proof the first healthy sector replaces the faulty ones.
        const auto proof = all.load_for_proof(rt, {0, 1}, {0}).value();
        ASSERT_EQ(proof.size(), 2U);
        EXPECT_EQ(proof[0].sector_number, 1U);
        EXPECT_EQ(proof[1].sector_number, 1U);
        EXPECT_EQ(all.load_for_proof(rt, {0, 1}, {})->at(0).sector_number, 0U);
        EXPECT_TRUE(all.load_for_proof(rt, {1}, {1})->empty());
        EXPECT_TRUE(all.load_for_proof(rt, {}, {})->empty());
        EXPECT_EQ(code(all.delete_sectors(rt, {100})), ExitCode::not_found);
        EXPECT_TRUE(all.delete_sectors(rt, {0, 5}));
        EXPECT_EQ(all.load_sectors(rt, {0}).error().code, ExitCode::not_found);
    });
}

}  // namespace
}  // namespace strata::actors::miner
