// The expected values follow Lotus' rules, which each test names.
#include <nlohmann/json.hpp>

#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

class ApiV0 : public testing::TestNode {};

// FullAPIVersion0 is 1.5.0, FullAPIVersion1 is 2.3.0 (lotus api/version.go).
TEST_F(ApiV0, EachEndpointHasItsVersion) {
    EXPECT_EQ(result("Version", {}, "/rpc/v0")["APIVersion"], 66816);
    EXPECT_EQ(result("Version", {}, "/rpc/v1")["APIVersion"], 131840);
}

// Source: lotus api/v0api/full.go.
TEST_F(ApiV0, TheFirstApiHasItsOwnSignatures) {
    const auto cid = push(transfer(0, Address::id(101)));
    mine_at(1);
    mine_at(height() + 1);
    const auto found = result("StateSearchMsg", {cid}, "/rpc/v0");
    EXPECT_EQ(found["Message"], cid);
    EXPECT_EQ(result("StateSearchMsgLimited", {cid, 100}, "/rpc/v0"), found);
    EXPECT_EQ(result("StateWaitMsg", {cid, 0}, "/rpc/v0"), found);
    EXPECT_EQ(result("StateWaitMsgLimited", {cid, 0, 100}, "/rpc/v0"), found);
    EXPECT_EQ(result("StateGetReceipt", {cid, nullptr}, "/rpc/v0"), found["Receipt"]);
    EXPECT_EQ(result("StateSearchMsg", {nullptr, cid, -1, true}), found);
    EXPECT_EQ(code("StateSearchMsg", {nullptr, cid, -1, true}, "/rpc/v0"), -32602);
    EXPECT_EQ(code("StateSearchMsg", {cid}), -32602);
    EXPECT_EQ(code("StateGetReceipt", {cid, nullptr}), -32601);
    const Json entropy = "Ynl0ZXM=";
    EXPECT_EQ(result("ChainGetRandomnessFromTickets", {nullptr, 5, 1, entropy}, "/rpc/v0"),
              result("StateGetRandomnessFromTickets", {5, 1, entropy, nullptr}));
    EXPECT_EQ(result("ChainGetRandomnessFromBeacon", {nullptr, 5, 1, entropy}, "/rpc/v0"),
              result("StateGetRandomnessFromBeacon", {5, 1, entropy, nullptr}));
    EXPECT_EQ(result("BeaconGetEntry", {1}, "/rpc/v0"), result("StateGetBeaconEntry", {1}));
    EXPECT_EQ(result("StateSectorPreCommitInfo", {"t01000", 77, nullptr}), Json());
    EXPECT_EQ(message("StateSectorPreCommitInfo", {"t01000", 77}),
              "wrong param count (method 'Filecoin.StateSectorPreCommitInfo'): 2 != 3");
    EXPECT_EQ(code("StateSectorPreCommitInfo", {"t01000", 77, nullptr}, "/rpc/v0"), 1);
    // Payment channels are switched off: 13 for the right number of parameters, -32602 for a wrong one.
    EXPECT_EQ(code("PaychGet", {"t0100", "t0101", "5"}, "/rpc/v0"), 13);
    EXPECT_EQ(code("PaychGet", {"t0100", "t0101", "5", nullptr}, "/rpc/v0"), -32602);
    EXPECT_EQ(code("PaychGet", {"t0100", "t0101", "5", nullptr}), 13);
}

}  // namespace
}  // namespace strata::api
