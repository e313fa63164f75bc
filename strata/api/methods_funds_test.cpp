// The expected values follow lotus chain/market/fundmanager.go and node/impl/market/market.go.
#include <strata/actors/market/types.hpp>
#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

class ApiFundsMethods : public testing::TestNode {
  protected:
    Json escrow() { return result("StateMarketBalance", {text(client()), nullptr})["Escrow"]; }
    /// Mines until the message with this CID was executed five epochs ago (Lotus' MessageConfidence).
    void settle(const Json& cid) {
        Json found;
        for (; found.is_null(); found = result("StateSearchMsg", {nullptr, cid, -1, true})) mine_at(height() + 1);
        mine_to(found["Height"].get<ChainEpoch>() + 5);
    }
    std::string me = text(client());
};

TEST_F(ApiFundsMethods, AReservationAddsWhatTheBalanceLacks) {
    mine_at(1);
    EXPECT_EQ(result("MarketGetReserved", {me}), "0");
    const auto first = result("MarketReserveFunds", {me, me, "500"});
    const auto sent = result("MpoolPending", {nullptr})[0]["Message"];
    EXPECT_EQ(sent["To"], "t05");
    EXPECT_EQ(sent["Method"], actors::market::kAddBalance);
    EXPECT_EQ(sent["Value"], "500");
    settle(first);
    EXPECT_EQ(escrow(), "500");
    EXPECT_EQ(result("MarketGetReserved", {me}), "500");

    // Released money stays in the balance, so the next reservation needs no message, and the answer is an undefined
    // CID.
    EXPECT_EQ(result("MarketReleaseFunds", {me, "300"}), Json());
    EXPECT_EQ(result("MarketReserveFunds", {me, me, "200"}), Json());
    EXPECT_EQ(result("MarketGetReserved", {me}), "400");
    // A release of more than is reserved leaves nothing reserved.
    EXPECT_EQ(result("MarketReleaseFunds", {me, "1000"}), Json());
    EXPECT_EQ(result("MarketGetReserved", {me}), "0");
}

TEST_F(ApiFundsMethods, OnlyWhatIsNotReservedCanBeWithdrawn) {
    mine_at(1);
    settle(result("MarketAddBalance", {me, me, "1000"}));
    EXPECT_EQ(result("MarketReserveFunds", {me, me, "700"}), Json());
    EXPECT_EQ(message("MarketWithdraw", {me, me, "301"}),
              "insufficient funds for withdrawal of 0.000000000000000301 FIL: net available (0.0000000000000003 FIL) = "
              "available (0.000000000000001 FIL) - reserved (0.0000000000000007 FIL)");
    settle(result("MarketWithdraw", {me, me, "300"}));
    EXPECT_EQ(escrow(), "700");
}

TEST_F(ApiFundsMethods, AmountsAreNotNegative) {
    EXPECT_EQ(message("MarketReserveFunds", {me, me, "-1"}), "the amount is -1, expected 0 or more");
    EXPECT_EQ(message("MarketReleaseFunds", {me, "-1"}), "the amount is -1, expected 0 or more");
}

}  // namespace
}  // namespace strata::api
