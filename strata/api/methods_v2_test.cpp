// The expected values follow lotus node/impl/full/{chain,state}_v2.go and chain/types/tipset_selector.go.
#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

class ApiV2 : public testing::TestNode {
  protected:
    Json two(const std::string& method, const testing::Params& params) { return result(method, params, "/rpc/v2"); }
    std::string refusal(const std::string& method, const testing::Params& params) {
        const auto got = ask(method, params, "/rpc/v2");
        return got.contains("error") ? got["error"]["message"].get<std::string>() : "no error: " + got.dump();
    }
    static Json tag(const char* name) { return {{"tag", name}}; }
    static Json height(ChainEpoch at, bool previous, const Json& anchor) {
        return {{"height", {{"at", at}, {"previous", previous}, {"anchor", anchor}}}};
    }
};

TEST_F(ApiV2, ATipsetIsNamedByTagHeightOrKey) {
    mine_to(40);
    const auto head = result("ChainHead");
    EXPECT_EQ(two("ChainGetTipSet", {tag("latest")}), head);
    EXPECT_EQ(two("ChainGetTipSet", {tag("finalized")})["Height"], 0);  // 900 epochs below, but not below genesis
    EXPECT_EQ(two("ChainGetTipSet", {Json{{"key", head["Cids"]}}}), head);
    // Names are found without regard to case, and null is the same as nothing, as by Go's encoding/json.
    EXPECT_EQ(two("ChainGetTipSet", {Json{{"Tag", "latest"}, {"key", nullptr}, {"height", nullptr}}}), head);
    EXPECT_EQ(two("ChainGetTipSet", {height(5, true, tag("latest"))}), result("ChainGetTipSetByHeight", {5, nullptr}));
    EXPECT_EQ(two("ChainGetTipSet", {height(5, false, tag("latest"))}),
              result("ChainGetTipSetAfterHeight", {5, nullptr}));
    EXPECT_EQ(two("ChainGetTipSet", {height(0, false, nullptr)})["Height"], 0);
    EXPECT_EQ(refusal("ChainGetTipSet", {height(5, false, nullptr)}),
              "looking for tipset with height greater than start point: requested 5; start point 0");
}

// Lotus 1.36.2 has one distance, SafeHeightDistance, unless its owner forbids it to ask F3 (node/modules/eth.go).
TEST_F(ApiV2, SafeIsTwoHundredEpochsBelowTheHead) {
    mine_at(1);
    push(transfer(0, Address::id(101)));
    mine_to(40);
    const std::string me = result("FilecoinAddressToEthAddress", {text(client()), "pending"});
    EXPECT_EQ(two("ChainGetTipSet", {tag("safe")})["Height"], 0);
    EXPECT_EQ(two("eth_getBalance", {me, "latest"}), result("eth_getBalance", {me, "latest"}));
    EXPECT_EQ(two("eth_getBalance", {me, "safe"}), result("eth_getBalance", {me, "0x0"}));
    EXPECT_EQ(result("eth_getBalance", {me, "safe"}), result("eth_getBalance", {me, "0x0"}));
    mine_to(205);
    EXPECT_EQ(two("ChainGetTipSet", {tag("safe")}),
              result("ChainGetTipSetByHeight", {node->head()->height() - 200, nullptr}));
    EXPECT_NE(two("ChainGetTipSet", {tag("safe")})["Height"], 0);
}

TEST_F(ApiV2, ASelectorHasExactlyOneCriterion) {
    EXPECT_EQ(refusal("ChainGetTipSet", {Json::object()}),
              "validating selector: exactly one tipset selection criteria must be specified, found: 0");
    EXPECT_EQ(refusal("ChainGetTipSet", {Json{{"tag", "latest"}, {"key", Json::array()}}}),
              "validating selector: exactly one tipset selection criteria must be specified, found: 2");
    EXPECT_EQ(refusal("ChainGetTipSet", {Json{{"height", Json::object()}}}),
              "validating selector: validating tipset height: invalid tipset height: at epoch must be specified");
    EXPECT_EQ(refusal("ChainGetTipSet", {height(-1, false, nullptr)}),
              "validating selector: validating tipset height: invalid tipset height: epoch cannot be less than zero");
    EXPECT_EQ(refusal("ChainGetTipSet", {height(1, false, Json{{"tag", "latest"}, {"key", Json::array()}})}),
              "validating selector: validating tipset height: invalid tipset anchor: at most one of key or tag must be "
              "specified");
    EXPECT_EQ(refusal("ChainGetTipSet", {tag("newest")}), "unknown tipset tag: newest");
}

TEST_F(ApiV2, ActorsAndIdsAreReadAtATipset) {
    mine_to(3);
    EXPECT_EQ(two("StateGetActor", {"t01000", tag("latest")}), result("StateGetActor", {"t01000", nullptr}));
    EXPECT_EQ(two("StateGetID", {text(client()), tag("latest")}), result("StateLookupID", {text(client()), nullptr}));
    const auto unknown = ask("StateGetID", {text(Address::bls(Bytes(48, 7))), tag("latest")}, "/rpc/v2");
    EXPECT_EQ(unknown["error"]["code"], 11);
    EXPECT_EQ(unknown["error"]["message"], "looking up ID: actor not found");
}

TEST_F(ApiV2, WithoutF3TheStatusHasTheStaticFinality) {
    mine_to(3);
    const auto status = two("ChainGetTipSetFinalityStatus", {});
    EXPECT_EQ(status["head"], result("ChainHead"));
    EXPECT_EQ(status["finalizedTipSet"]["Height"], 0);
    EXPECT_EQ(status["ecFinalityThresholdDepth"], -1);
    EXPECT_EQ(status["ecFinalizedTipSet"], Json());
    EXPECT_EQ(status["f3FinalizedTipSet"], Json());
}

TEST_F(ApiV2, TheOtherMethodsAreThoseOfEthereum) {
    EXPECT_EQ(two("EthChainId", {}), result("EthChainId"));
    EXPECT_EQ(ask("eth_chainId", {}, "/rpc/v2")["result"], result("EthChainId"));
    EXPECT_EQ(ask("ChainHead", {}, "/rpc/v2")["error"]["code"], -32601);
    const auto document = two("Discover", {});
    EXPECT_EQ(document["openrpc"], "1.2.6");
    EXPECT_EQ(two("rpc.discover", {}), document);  // lotus node/rpc.go
    std::set<std::string> names;
    for (const auto& method : document["methods"]) names.insert(method["name"]);
    EXPECT_TRUE(names.contains("Filecoin.ChainGetTipSetFinalityStatus"));
    EXPECT_FALSE(names.contains("Filecoin.ChainHead"));
    EXPECT_TRUE(names.contains("Filecoin.EthChainId"));
    EXPECT_FALSE(names.contains("eth_chainId") || names.contains("rpc.discover"));
}

}  // namespace
}  // namespace strata::api
