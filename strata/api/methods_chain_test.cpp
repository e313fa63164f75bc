// The expected values follow Lotus' rules, which each test names.
#include <nlohmann/json.hpp>

#include <strata/api/test_node.hpp>
#include <strata/base/hex.hpp>

namespace strata::api {
namespace {

class ApiChain : public testing::TestNode {};

// Lotus' blockstore is wrapped in an identity store.
TEST_F(ApiChain, IdentityCidsHoldTheirData) {
    const Json inlined{{"/", "bafkqaf3imvwgy3zaneqgc3janfxgy2lomvscay3jmqfa"}}, empty{{"/", "bafkqaaa"}};
    EXPECT_EQ(result("ChainReadObj", {inlined}), to_base64(as_bytes("hello i am inlined cid\n")));
    EXPECT_EQ(result("ChainHasObj", {inlined}), true);
    EXPECT_EQ(result("ChainHasObj", {empty}), true);
    EXPECT_EQ(result("ChainReadObj", {empty}), "");
}

}  // namespace
}  // namespace strata::api
