// The expected values follow Lotus' rules, which each test names.
#include <nlohmann/json.hpp>

#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

class ApiMiner : public testing::TestNode {};

// The answer has the network's power and no miner's (lotus chain/stmgr/actors.go, GetPowerRaw).
TEST_F(ApiMiner, PowerOfTheUndefinedAddress) {
    const auto known = result("StateMinerPower", {"t01000", nullptr});
    for (const Json& address : {Json("<empty>"), Json(""), Json()}) {
        const auto power = result("StateMinerPower", {address, nullptr});
        EXPECT_EQ(power["TotalPower"], known["TotalPower"]);
        EXPECT_EQ(power["MinerPower"]["QualityAdjPower"], "0");
        EXPECT_EQ(power["HasMinPower"], false);
    }
}

}  // namespace
}  // namespace strata::api
