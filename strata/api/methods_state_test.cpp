// The expected values follow Lotus' rules, which each test names.
#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

class ApiState : public testing::TestNode {
  protected:
    static constexpr const char* kNobody = "t1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa";
};

// Source: lotus node/impl/full/state.go, StateLookupID; api/api_errors.go: EActorNotFound.
TEST_F(ApiState, AnUnknownActorHasACodeInOneMethod) {
    EXPECT_EQ(code("StateLookupID", {kNobody, nullptr}), 11);
    EXPECT_EQ(message("StateLookupID", {kNobody, nullptr}), "actor not found");
    EXPECT_EQ(code("StateGetActor", {kNobody, nullptr}), 1);
}

TEST_F(ApiState, TheUndefinedAddressIsAnErrorElsewhere) {
    for (const char* method : {"StateGetActor", "StateReadState", "StateLookupID", "StateAccountKey",
                               "StateLookupRobustAddress", "StateMinerInfo", "StateMinerAvailableBalance",
                               "StateMarketBalance", "MsigGetPending", "StateVerifiedClientStatus"})
        EXPECT_EQ(code(method, {"", nullptr}), 1) << method;
    EXPECT_EQ(code("MpoolGetNonce", {""}), 1);
    EXPECT_EQ(code("WalletBalance", {""}), 1);
    EXPECT_EQ(code("MinerGetBaseInfo", {"", 1, nullptr}), 1);
    EXPECT_EQ(code("FilecoinAddressToEthAddress", {""}), 1);
}

}  // namespace
}  // namespace strata::api
