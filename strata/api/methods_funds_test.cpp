// The expected values follow lotus chain/market/fundmanager.go and node/impl/market/market.go.
#include <strata/actors/market/types.hpp>
#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

class ApiFundsMethods : public testing::TestNode {
  protected:
    Json escrow() { return result("StateMarketBalance", {text(client()), nullptr})["Escrow"]; }
    /// Mines until the message with this CID is on the chain and one tipset is above it.
    void land(const Json& cid) {
        while (result("StateSearchMsg", {nullptr, cid, -1, true}).is_null()) mine_at(height() + 1);
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
    land(first);
    EXPECT_EQ(escrow(), "500");
    EXPECT_EQ(result("MarketGetReserved", {me}), "500");

    // Released money is still in the balance, so a new reservation needs no message: an undefined CID.
    EXPECT_EQ(result("MarketReleaseFunds", {me, "300"}), Json());
    EXPECT_EQ(result("MarketReserveFunds", {me, me, "200"}), Json());
    EXPECT_EQ(result("MarketGetReserved", {me}), "400");
    // More than is reserved can be released; the sum stays at 0.
    EXPECT_EQ(result("MarketReleaseFunds", {me, "1000"}), Json());
    EXPECT_EQ(result("MarketGetReserved", {me}), "0");
}

TEST_F(ApiFundsMethods, OnlyWhatIsNotReservedCanBeWithdrawn) {
    mine_at(1);
    land(result("MarketAddBalance", {me, me, "1000"}));
    EXPECT_EQ(result("MarketReserveFunds", {me, me, "700"}), Json());
    EXPECT_EQ(message("MarketWithdraw", {me, me, "301"}),
              "insufficient funds for withdrawal of 301 attoFIL: net available (300) = available (1000) - reserved "
              "(700)");
    land(result("MarketWithdraw", {me, me, "300"}));
    EXPECT_EQ(escrow(), "700");
}

TEST_F(ApiFundsMethods, AmountsAreNotNegative) {
    EXPECT_EQ(message("MarketReserveFunds", {me, me, "-1"}), "the amount is -1, expected 0 or more");
    EXPECT_EQ(message("MarketReleaseFunds", {me, "-1"}), "the amount is -1, expected 0 or more");
}

}  // namespace
}  // namespace strata::api
