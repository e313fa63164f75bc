// Protects the API's view of multisig wallets: what is vested, what is available, and that no other actor is taken for
// a wallet. Sources: answers of Lotus 1.36.2 over two recorded chains; lotus node/impl/full/state.go (MsigGetVested);
// go-state-types builtin/v18/multisig (AmountLocked).
#include <gmock/gmock.h>

#include <strata/api/test_recorded_api.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;
using testing::recorded;

Json wallet_of(const testing::RecordedApi& chain) {
    for (const auto& one : chain.lotus.samples)
        if (one["method"] == "MsigGetVestingSchedule") return Json::parse(one["params"][0].dump());
    ADD_FAILURE() << "there is no wallet";
    return {};
}
Json genesis_of(testing::RecordedApi& chain) {
    return Json::array({{{"/", chain.lotus.node->genesis()->cids()[0].to_string()}}});
}

TEST(ApiMultisig, answers_are_those_of_lotus) {
    testing::expect_answers_of_lotus({"MsigGetPending", "MsigGetAvailableBalance", "MsigGetVestingSchedule"});
}

// The recorded wallets have 50 FIL that vest evenly over the epochs 0 to 1000 (their vesting schedules in the samples).
TEST(ApiMultisig, funds_vest_evenly_and_end_with_the_schedule) {
    auto& real = recorded("real");  // its head is at epoch 205
    EXPECT_EQ(real.api.result("MsigGetVested", {wallet_of(real), genesis_of(real), real.head()}),
              "10250000000000000000");
    auto& long_one = recorded("long");  // its head is at epoch 1400
    EXPECT_EQ(long_one.api.result("MsigGetVested", {wallet_of(long_one), genesis_of(long_one), long_one.head()}),
              "50000000000000000000");
    EXPECT_EQ(real.api.result("MsigGetVested", {wallet_of(real), real.head(), real.head()}), "0");
}

TEST(ApiMultisig, the_start_must_not_be_after_the_end) {
    auto& chain = recorded("real");
    EXPECT_EQ(chain.api.error("MsigGetVested", {wallet_of(chain), chain.head(), genesis_of(chain)}),
              "start tipset 205 is after end tipset 0");
}

TEST(ApiMultisig, other_actors_are_no_wallets) {
    auto& chain = recorded("real");
    for (const char* method : {"MsigGetPending", "MsigGetAvailableBalance", "MsigGetVestingSchedule"}) {
        EXPECT_THAT(chain.api.error(method, {"t01000", chain.head()}), HasSubstr("actor code is not multisig"));
        EXPECT_THAT(chain.api.error(method, {"t0999999", chain.head()}), HasSubstr("failed to load multisig actor"));
    }
}

}  // namespace
}  // namespace strata::api
