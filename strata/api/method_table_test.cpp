#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

class ApiTable : public testing::TestNode {};

// go-jsonrpc requires exactly the parameters of the method, except where Lotus reads the parameters itself.
TEST_F(ApiTable, OneMethodHasAParameterThatMayBeLeftOut) {
    mine_at(1);
    const auto address = text(client());
    const auto expected = result("FilecoinAddressToEthAddress", {address, "finalized"});
    EXPECT_EQ(result("FilecoinAddressToEthAddress", {address}), expected);
    EXPECT_EQ(result("FilecoinAddressToEthAddress", {address, nullptr}), expected);
    EXPECT_EQ(code("FilecoinAddressToEthAddress"), -32602);
    EXPECT_EQ(code("FilecoinAddressToEthAddress", {address, "latest", 1}), -32602);
}

}  // namespace
}  // namespace strata::api
