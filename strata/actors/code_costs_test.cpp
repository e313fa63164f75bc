// The figures themselves are compared with the official actors in differential/official_test.cpp.
#include <gtest/gtest.h>

#include <strata/actors/code_costs.hpp>

namespace strata::actors {
namespace {

using vm::ActorType;

constexpr CodeCost kTwo[] = {{ActorType::init, 0, 10, 1, 2, 3}, {ActorType::init, 5, 20, 4, 5, 6}};

TEST(CodeCostsTest, AMethodWithoutARowPaysAsTheFirstRowSays) {
    EXPECT_EQ(cost_of(kTwo, 5).call, 20U);
    for (const MethodNumber other : {0U, 4U, 6U, 1U << 24}) EXPECT_EQ(cost_of(kTwo, other).call, 10U);
    EXPECT_EQ(cost_of({}, 5).call, 0U);
}

// The instance alone costs the official actors 17 pages of memory: 65,536 bytes of 0.4 gas each (vm/price_list.cpp).
TEST(CodeCostsTest, EveryCallPaysForAnInstance) {
    constexpr std::uint64_t kSmallest = 15 * 26'214;
    for (const auto type : {ActorType::init, ActorType::cron, ActorType::account, ActorType::power, ActorType::miner,
                            ActorType::market, ActorType::payment_channel, ActorType::multisig, ActorType::reward,
                            ActorType::verified_registry, ActorType::datacap, ActorType::placeholder, ActorType::evm,
                            ActorType::eam, ActorType::ethaccount}) {
        const auto rows = code_costs(type);
        ASSERT_FALSE(rows.empty()) << std::to_underlying(type);
        EXPECT_EQ(rows[0].method, 0U);
        for (const auto& row : rows) {
            EXPECT_EQ(row.actor, type);
            EXPECT_GE(row.call, kSmallest) << std::to_underlying(type) << " " << row.method;
        }
    }
    EXPECT_TRUE(code_costs(ActorType::none).empty());
}

}  // namespace
}  // namespace strata::actors
