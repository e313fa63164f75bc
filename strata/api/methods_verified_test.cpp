#include <nlohmann/json.hpp>

#include <strata/api/test_node.hpp>
#include <strata/api/test_recorded_api.hpp>

namespace strata::api {
namespace {

class ApiVerified : public testing::TestNode {};

TEST_F(ApiVerified, AllAllocationsAndClaims) {
    EXPECT_EQ(result("StateGetAllAllocations", {nullptr}), Json::object());
    // There is a claim for each sector of the template's three miners.
    const auto claims = result("StateGetAllClaims", {nullptr});
    EXPECT_EQ(claims.size(), 6U);
    for (const auto& [number, claim] : result("StateGetClaims", {"t01001", nullptr}).items())
        EXPECT_EQ(claims[number], claim);
}

// No verified deal of the recorded chains waits for its sector: go-state-types answers with NoAllocationID, 0.
TEST(ApiPendingDeals, have_no_waiting_allocation) {
    auto& chain = testing::recorded("long");
    for (const int deal : {0, 2, 99}) {
        EXPECT_EQ(chain.api.result("StateGetAllocationIdForPendingDeal", {deal, chain.head()}), 0);
        EXPECT_EQ(chain.api.result("StateGetAllocationForPendingDeal", {deal, chain.head()}), Json());
    }
}

}  // namespace
}  // namespace strata::api
