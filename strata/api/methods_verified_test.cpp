#include <nlohmann/json.hpp>

#include <strata/api/test_node.hpp>

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

}  // namespace
}  // namespace strata::api
