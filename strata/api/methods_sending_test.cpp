// Methods that use the node's keys. Behaviour: lotus node/impl/full/{mpool,wallet}.go.
#include <gmock/gmock.h>

#include <strata/api/test_node.hpp>
#include <strata/base/hex.hpp>
#include <strata/base/log.hpp>

namespace strata::api {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class ApiSending : public testing::TestNode {
  protected:
    Json draft(const std::string& value = "1") const {
        return {{"From", text(client())}, {"To", text(client_two())}, {"Value", value}};
    }
};

TEST_F(ApiSending, MpoolPushMessage_fills_in_signs_and_pushes) {
    const auto sent = result("MpoolPushMessage", {draft(), nullptr});
    EXPECT_EQ(sent["Message"]["Nonce"], 0);
    EXPECT_GT(sent["Message"]["GasLimit"].get<std::int64_t>(), 0);
    EXPECT_EQ(result("MpoolPushMessage", {draft(), nullptr})["Message"]["Nonce"], 1);
    EXPECT_EQ(result("MpoolPending", {nullptr}).size(), 2U);
    const Json batch = Json::array({draft("2"), draft("3")});
    const auto both = result("MpoolBatchPushMessage", {batch, nullptr});
    EXPECT_EQ(both[1]["Message"]["Nonce"], 3);
    mine_to(3);
    EXPECT_EQ(result("StateSearchMsg", {nullptr, sent["CID"], -1, true})["Receipt"]["ExitCode"], 0);
    EXPECT_EQ(result("MpoolPending", {nullptr}).size(), 0U);
}

TEST_F(ApiSending, MpoolPushMessage_keeps_to_the_highest_fee) {
    const auto sent = result("MpoolPushMessage", {draft(), Json{{"MaxFee", "1000000000"}}});
    const auto cap = BigInt::parse(sent["Message"]["GasFeeCap"].get<std::string>()).value();
    const BigInt limit(sent["Message"]["GasLimit"].get<std::int64_t>());
    EXPECT_LE(cap * limit, BigInt(1'000'000'000));
}

TEST_F(ApiSending, a_message_with_a_known_uuid_is_not_sent_again) {
    const Json spec{{"MsgUuid", "8b4fd2c4-8b0a-4a6e-9d0e-0a0b0c0d0e0f"}};
    const auto sent = result("MpoolPushMessage", {draft(), spec});
    EXPECT_EQ(result("MpoolPushMessage", {draft(), spec})["CID"], sent["CID"]);
    EXPECT_EQ(result("MpoolPending", {nullptr}).size(), 1U);
    const Json none{{"MsgUuid", "00000000-0000-0000-0000-000000000000"}};
    EXPECT_NE(result("MpoolPushMessage", {draft(), none})["CID"], sent["CID"]);
    EXPECT_EQ(code("MpoolPushMessage", {draft(), Json{{"MsgUuid", "12"}}}), -32700);
}

TEST_F(ApiSending, what_cannot_be_sent_is_refused) {
    auto with_nonce = draft();
    with_nonce["Nonce"] = 3;
    EXPECT_THAT(message("MpoolPushMessage", {with_nonce, nullptr}), HasSubstr("expects message nonce to be 0, was 3"));
    EXPECT_EQ(code("MpoolPushMessage", {draft("999999999999999999999999999999"), nullptr}), 1);
    auto stranger = draft();
    stranger["From"] = text(chain::testing::test_address("worker 0"));
    ASSERT_TRUE(wallet.remove(chain::testing::test_address("worker 0")));
    EXPECT_EQ(code("MpoolPushMessage", {stranger, nullptr}), 1);
    EXPECT_EQ(result("MpoolPending", {nullptr}).size(), 0U);
}

TEST_F(ApiSending, the_wallet_is_managed) {
    EXPECT_THAT(message("WalletDefaultAddress"), HasSubstr("key info not found"));
    const auto made = result("WalletNew", {"secp256k1"});
    EXPECT_TRUE(made.get<std::string>().starts_with("t1"));
    EXPECT_EQ(result("WalletDefaultAddress"), made);
    EXPECT_TRUE(result("WalletNew", {"delegated"}).get<std::string>().starts_with("t410"));
    EXPECT_EQ(code("WalletNew", {"rot13"}), 1);
    EXPECT_EQ(result("WalletHas", {made}), true);
    EXPECT_EQ(result("WalletSetDefault", {text(client())}), Json());
    EXPECT_EQ(result("WalletDefaultAddress"), text(client()));
    const auto key = result("WalletExport", {made});
    EXPECT_EQ(key["Type"], "secp256k1");
    EXPECT_EQ(result("WalletDelete", {made}), Json());
    EXPECT_EQ(result("WalletHas", {made}), false);
    EXPECT_EQ(code("WalletDelete", {made}), 1);
    EXPECT_EQ(result("WalletImport", {key}), made);
    EXPECT_EQ(result("WalletHas", {made}), true);
    EXPECT_EQ(result("WalletList").size(), 6U);
}

TEST_F(ApiSending, signatures_hold) {
    const auto data = to_base64(as_bytes("sign this"));
    const auto signature = result("WalletSign", {text(client()), data});
    EXPECT_EQ(result("WalletVerify", {text(client()), data, signature}), true);
    auto message = draft();
    message["Nonce"] = 0;
    message["GasLimit"] = 10'000'000;
    message["GasFeeCap"] = "1000000000";
    message["GasPremium"] = "100000";
    const auto signed_message = result("WalletSignMessage", {text(client()), message});
    EXPECT_EQ(result("MpoolPush", {signed_message}), signed_message["CID"]);
    EXPECT_EQ(code("WalletSignMessage", {text(client_two()), message}), 1);
}

// The pool's settings: lotus chain/messagepool/config.go.
TEST_F(ApiSending, the_pool_is_cleared_and_set) {
    push(transfer(0, client_two()));
    EXPECT_EQ(result("MpoolClear", {false}), Json());
    EXPECT_EQ(result("MpoolPending", {nullptr}).size(), 1U) << "local messages stay";
    EXPECT_EQ(result("MpoolClear", {true}), Json());
    EXPECT_EQ(result("MpoolPending", {nullptr}).size(), 0U);
    auto config = result("MpoolGetConfig");
    config["SizeLimitHigh"] = 3000;
    config["SizeLimitLow"] = 2000;
    EXPECT_EQ(result("MpoolSetConfig", {config}), Json());
    EXPECT_EQ(result("MpoolGetConfig"), config);
    config["SizeLimitLow"] = 4000;
    EXPECT_EQ(code("MpoolSetConfig", {config}), 1);
    config["ReplaceByFeeRatio"] = 2.5;
    EXPECT_EQ(code("MpoolSetConfig", {config}), 1);
}

TEST_F(ApiSending, the_owner_marks_blocks_and_sets_the_head) {
    mine_to(3);
    const auto head = result("ChainHead");
    const auto block = head["Cids"][0];
    EXPECT_EQ(result("SyncCheckBad", {block}), "");
    EXPECT_EQ(result("SyncMarkBad", {block}), Json());
    EXPECT_THAT(result("SyncCheckBad", {block}).get<std::string>(), HasSubstr("owner"));
    EXPECT_EQ(result("SyncUnmarkBad", {block}), Json());
    EXPECT_EQ(result("SyncCheckBad", {block}), "");
    EXPECT_EQ(result("SyncValidateTipset", {head["Cids"]}), true);
    EXPECT_EQ(result("ChainGetFinalizedTipSet")["Height"], 0);
    const auto parents = head["Blocks"][0]["Parents"];
    EXPECT_EQ(result("ChainSetHead", {parents}), Json());
    EXPECT_EQ(result("ChainHead")["Cids"], parents);
    EXPECT_EQ(result("ChainSetHead", {head["Cids"]}), Json());
    EXPECT_EQ(result("SyncCheckpoint", {head["Cids"]}), Json());
    EXPECT_EQ(code("ChainSetHead", {parents}), 1) << "the checkpoint holds";
}

TEST_F(ApiSending, objects_are_read_by_paths) {
    mine_to(1);
    const auto head = result("ChainHead");
    const auto block = head["Cids"][0]["/"].get<std::string>();
    const auto node = result("ChainGetNode", {"/ipfs/" + block});
    EXPECT_EQ(node["Cid"]["/"], block);
    EXPECT_EQ(node["Obj"].size(), 16U);
    EXPECT_EQ(result("ChainGetNode", {"/ipfs/" + block + "/7"})["Obj"], head["Height"]);
    const auto state = result("ChainGetNode", {block + "/8"});
    EXPECT_EQ(state["Cid"], head["Blocks"][0]["ParentStateRoot"]);
    EXPECT_EQ(code("ChainGetNode", {"/ipfs/" + block + "/99"}), 1);
    EXPECT_EQ(code("ChainGetNode", {"/ipfs/nothing"}), 1);
    EXPECT_EQ(code("ChainGetNode", {"/"}), 1);
    const auto stat = result("ChainStatObj", {head["Blocks"][0]["Messages"], nullptr});
    EXPECT_EQ(stat["Links"], 2) << "what names the two lists, and the empty one, which they share";
    EXPECT_EQ(result("ChainStatObj", {head["Blocks"][0]["Messages"], head["Blocks"][0]["Messages"]})["Size"], 0);
}

TEST_F(ApiSending, without_a_network_its_methods_say_so) {
    for (const std::string name : {"ID", "NetPeers", "NetAddrsListen", "NetPubsubScores", "NetBandwidthStats"})
        EXPECT_THAT(message(name), HasSubstr("not connected to a network"));
    EXPECT_EQ(result("NodeStatus", {true})["PeerStatus"]["PeersToPublishMsgs"], 0);
    const Log log("api_test");
    EXPECT_THAT(result("LogList").get<std::vector<std::string>>(), Contains("api_test"));
    EXPECT_EQ(result("LogSetLevel", {"api_test", "error"}), Json());
    EXPECT_FALSE(log.writes(LogLevel::warning));
    EXPECT_EQ(code("LogSetLevel", {"api_test", "loud"}), 1);
    EXPECT_EQ(code("LogSetLevel", {"nothing", "error"}), 1);
    EXPECT_EQ(code("Shutdown"), 1);
}

}  // namespace
}  // namespace strata::api
