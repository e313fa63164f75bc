// Cases of builtin-actors v18 actors/miner/tests/vesting_{add_locked_funds_table, unvested_funds}.rs.
#include <strata/actors/miner/state.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors::miner {
namespace {

struct Case {
    VestSpec spec;  // delay, period, step, quantization
    ChainEpoch period_start;
    std::vector<std::int64_t> vested;  // epoch by epoch
};

const Case kCases[] = {
    {{0, 1, 1, 1}, 0, {0, 0, 100, 0}},
    {{0, 2, 1, 1}, 0, {0, 0, 50, 50, 0}},
    {{0, 2, 1, 2}, 0, {0, 0, 0, 100, 0}},
    {{0, 3, 1, 1}, 0, {0, 0, 33, 33, 34, 0}},
    {{0, 3, 1, 2}, 0, {0, 0, 0, 66, 0, 34, 0}},
    {{0, 2, 2, 1}, 0, {0, 0, 0, 100, 0}},
    {{0, 5, 2, 1}, 0, {0, 0, 0, 40, 0, 40, 0, 20, 0}},
    {{1, 5, 2, 1}, 0, {0, 0, 0, 0, 40, 0, 40, 0, 20, 0}},
    {{0, 5, 2, 2}, 0, {0, 0, 0, 40, 0, 40, 0, 20, 0}},
    {{0, 5, 3, 1}, 0, {0, 0, 0, 0, 60, 0, 0, 40, 0}},
    {{0, 5, 3, 2}, 0, {0, 0, 0, 0, 0, 80, 0, 20, 0}},
    {{0, 5, 6, 1}, 0, {0, 0, 0, 0, 0, 0, 0, 100, 0}},
    {{5, 5, 1, 1}, 0, {0, 0, 0, 0, 0, 0, 0, 20, 20, 20, 20, 20, 0}},
    {{0, 10, 2, 2}, 0, {0, 0, 0, 20, 0, 20, 0, 20, 0, 20, 0, 20}},
    {{0, 10, 2, 2}, 1, {0, 0, 0, 20, 0, 20, 0, 20, 0, 20, 0, 20}},
    {{0, 10, 2, 2}, 55, {0, 0, 0, 20, 0, 20, 0, 20, 0, 20, 0, 20}},
    {{0, 10, 1, 5}, 0, {0, 0, 0, 0, 0, 0, 50, 0, 0, 0, 0, 50}},
};

class VestingTest : public actors::testing::RuntimeTest {
  protected:
    static State locked(Runtime& rt, ChainEpoch period_start, ChainEpoch epoch, const VestSpec& spec) {
        State state;
        state.proving_period_start = period_start;
        EXPECT_TRUE(state.add_locked_funds(rt, epoch, 100, spec));
        EXPECT_EQ(state.locked_funds, TokenAmount(100));
        return state;
    }
    static void expect_vesting(Runtime& rt, State& state, ChainEpoch begin, const std::vector<std::int64_t>& vested) {
        for (std::size_t i = 0; i < vested.size(); ++i) {
            const auto unlocked = state.unlock_vested_funds(rt, begin + static_cast<ChainEpoch>(i)).value();
            EXPECT_EQ(unlocked, TokenAmount(vested[i])) << i;
        }
        EXPECT_TRUE(state.locked_funds.is_zero());
        EXPECT_TRUE(state.vesting_funds.load(rt).value().empty());
    }
    /// Repays a debt from vesting funds only: the balance is just the locked funds.
    static TokenAmount repaid(Runtime& rt, State& state, ChainEpoch epoch, std::int64_t debt) {
        state.fee_debt = debt;
        const TokenAmount balance = state.locked_funds;
        return state.repay_partial_debt_in_priority_order(rt, epoch, balance).value().total_unlocked;
    }
};

TEST_F(VestingTest, Schedules) {
    for (const auto& [spec, period_start, vested] : kCases) {
        SCOPED_TRACE(std::to_string(&spec - &kCases[0].spec));
        run([&](Runtime& rt) {
            auto state = locked(rt, period_start, period_start + 10, spec);
            expect_vesting(rt, state, period_start + 10, vested);
        });
    }
}

TEST_F(VestingTest, UnvestedFundsPayFirstThoseThatWouldVestNext) {
    run([](Runtime& rt) {
        auto state = locked(rt, 0, 100, {0, 5, 1, 1});
        EXPECT_EQ(repaid(rt, state, 100, 39), TokenAmount(39));
        expect_vesting(rt, state, 100, {0, 0, 0, 1, 20, 20, 20, 0});
    });
    run([](Runtime& rt) {
        auto state = locked(rt, 0, 100, {0, 5, 1, 1});
        EXPECT_EQ(repaid(rt, state, 100, 40), TokenAmount(40));
        expect_vesting(rt, state, 100, {0, 0, 0, 0, 20, 20, 20, 0});
    });
}

TEST_F(VestingTest, AllUnvestedFundsPay) {
    for (const std::int64_t debt : {100, 200}) {
        run([&](Runtime& rt) {
            auto state = locked(rt, 0, 10, {0, 5, 1, 1});
            EXPECT_EQ(repaid(rt, state, 10, debt), TokenAmount(100));
            EXPECT_EQ(state.fee_debt, TokenAmount(debt - 100));
            EXPECT_TRUE(state.locked_funds.is_zero());
        });
    }
}

TEST_F(VestingTest, VestedFundsAreUnlockedOnTheWay) {
    run([](Runtime& rt) {
        auto state = locked(rt, 0, 10, {0, 50, 1, 1});
        EXPECT_EQ(repaid(rt, state, 30, 60), TokenAmount(98));
        EXPECT_EQ(state.locked_funds, TokenAmount(2));
        const auto left = state.vesting_funds.load(rt).value();
        ASSERT_EQ(left.size(), 1U);
        EXPECT_EQ(left.front().epoch, 60);
    });
}

}  // namespace
}  // namespace strata::actors::miner
