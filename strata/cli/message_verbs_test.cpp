// Protects the verbs about messages, state and multisigs: which of Lotus' methods they call with which parameters, and
// what they print. The node is a scripted server. Sources: lotus 1.36.2 cli/{send,mpool,state,multisig,wallet}.go;
// docs/protocol/node.md §28.
#include <strata/base/hex.hpp>
#include <strata/cli/test_scripted_node.hpp>

namespace strata::cli {
namespace {

using api::Json;
using ::testing::HasSubstr;
using testing::kAddress;
using testing::kCid;
using testing::kSaysDone;
using testing::kSaysNo;
using testing::kSaysUsage;

class MessageVerb : public testing::ScriptedNode {
  protected:
    void SetUp() override {
        ScriptedNode::SetUp();
        results_["WalletDefaultAddress"] = kAddress;
        results_["WalletList"] = Json::array({kAddress});
        results_["MpoolPushMessage"] = {{"CID", {{"/", kCid}}}, {"Message", {{"Nonce", 9}}}};
        results_["StateGetActor"] = {{"Code", {{"/", kCid}}}, {"Balance", "1000000"}, {"Nonce", 4}};
        results_["ChainHead"] = {{"Height", 20},
                                 {"Cids", Json::array({{{"/", kCid}}})},
                                 {"Blocks", Json::array({{{"ParentBaseFee", "100"}, {"Parents", nullptr}}})}};
    }

    /// A message as MpoolPending lists it.
    static Json pending(std::uint64_t nonce, const std::string& fee_cap, const std::string& premium = "10") {
        return {{"Message",
                 {{"Version", 0},
                  {"To", "t01000"},
                  {"From", kAddress},
                  {"Nonce", nonce},
                  {"Value", "0"},
                  {"GasLimit", 1000},
                  {"GasFeeCap", fee_cap},
                  {"GasPremium", premium},
                  {"Method", 5},
                  {"Params", "gQE="}}},
                {"Signature", {{"Type", 1}, {"Data", to_base64(Bytes(65, 1))}}}};
    }
    static std::string cid_of(const Json& message) {
        SignedMessage out;
        // As it comes over the wire, where numbers have no sign.
        EXPECT_TRUE(api::read(Json::parse(message.dump()), out));
        return out.cid().to_string();
    }
};

TEST_F(MessageVerb, parameters_in_json_are_encoded_by_the_node) {
    results_["StateEncodeParams"] = "gUIA/w==";
    const auto ran =
        ask({"msg", "send", "t01000", "0", "--method", "16", "--params-json", R"({"AmountRequested":"1"})"});
    EXPECT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_EQ(called("StateGetActor"), Json::array({"t01000", nullptr}));
    EXPECT_EQ(called("StateEncodeParams"), Json::array({Json{{"/", kCid}}, 16, Json{{"AmountRequested", "1"}}}));
    EXPECT_EQ(called("MpoolPushMessage")[0]["Params"], "gUIA/w==");
    EXPECT_EQ(called("MpoolPushMessage")[0]["Method"], 16);
    EXPECT_EQ(ask({"send", "t01000", "0", "--method", "2", "--params-hex", "0x8101"}).code, kSaysDone);
    EXPECT_EQ(called("MpoolPushMessage")[0]["Params"], "gQE=");
    EXPECT_EQ(ask({"send", "t01000", "0", "--method", "2", "--params-json", "{"}).code, kSaysUsage);
    EXPECT_EQ(ask({"send", "t01000", "0", "--params-hex", "81"}).code, kSaysUsage) << "a payment takes none";
}

TEST_F(MessageVerb, the_person_may_choose_the_gas_and_its_price) {
    EXPECT_EQ(ask({"send", "t01000", "1 FIL", "--gas-limit", "7", "--gas-feecap", "8", "--gas-premium", "9",
                   "--max-fee", "0.5"})
                  .code,
              kSaysDone);
    const auto pushed = called("MpoolPushMessage");
    EXPECT_EQ(pushed[0]["GasLimit"], 7);
    EXPECT_EQ(pushed[0]["GasFeeCap"], "8");
    EXPECT_EQ(pushed[0]["GasPremium"], "9");
    EXPECT_EQ(pushed[1], (Json{{"MaxFee", "500000000000000000"}}));
    EXPECT_EQ(ask({"send", "t01000", "1", "--gas-feecap", "much"}).code, kSaysUsage);
}

TEST_F(MessageVerb, wait_shows_epoch_and_confidence_and_fails_with_the_message) {
    results_["StateSearchMsg"] = {{"Height", 15}, {"Receipt", {{"ExitCode", 0}, {"GasUsed", 99}, {"Return", nullptr}}}};
    const auto ran = ask({"msg", "wait", kCid, "--confidence", "5", "--json"});
    EXPECT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_EQ(Json::parse(ran.out)["Confidence"], 5);
    const auto late = ask({"msg", "wait", kCid, "--confidence", "6", "--timeout", "1"});
    EXPECT_EQ(late.code, kSaysNo);
    EXPECT_THAT(late.err, HasSubstr("strata msg wait " + std::string(kCid)));
    results_["StateSearchMsg"]["Receipt"]["ExitCode"] = 33;
    const auto failed = ask({"msg", "wait", kCid});
    EXPECT_EQ(failed.code, kSaysNo);
    EXPECT_THAT(failed.err, HasSubstr("exit code 33 (EVM_CONTRACT_REVERTED)"));
    EXPECT_EQ(ask({"state", "wait-msg", kCid}).code, kSaysNo) << "Lotus' name of it";
}

TEST_F(MessageVerb, list_tells_what_each_message_waits_for) {
    results_["MpoolPending"] = Json::array({pending(6, "200"), pending(4, "99")});
    const auto ran = ask({"msg", "list", "--json"});
    ASSERT_EQ(ran.code, kSaysDone) << ran.all();
    const auto listed = Json::parse(ran.out);
    EXPECT_EQ(listed[0]["Nonce"], 4);
    EXPECT_EQ(listed[0]["WaitsFor"], "base_fee");
    EXPECT_EQ(listed[1]["WaitsFor"], "earlier");
    EXPECT_THAT(ask({"msg", "list"}).out, HasSubstr("a base fee of at most 99 attoFIL"));
    results_["WalletList"] = Json::array();
    EXPECT_THAT(ask({"msg", "list"}).out, HasSubstr("no message"));
}

TEST_F(MessageVerb, a_replacement_bids_what_the_pool_asks_for) {
    const auto old = pending(4, "100", "100000");
    results_["MpoolPending"] = Json::array({old});
    results_["MpoolGetConfig"] = {{"ReplaceByFeeRatio", 1.25}};
    results_["GasEstimateMessageGas"] = old["Message"];
    results_["GasEstimateMessageGas"]["GasPremium"] = "3";
    results_["GasEstimateMessageGas"]["GasFeeCap"] = "100";
    results_["WalletSignMessage"] = old;
    results_["MpoolPush"] = {{"/", kCid}};
    const auto ran = ask({"msg", "replace", cid_of(old)});
    ASSERT_EQ(ran.code, kSaysDone) << ran.all();
    auto made = called("WalletSignMessage")[1];
    EXPECT_EQ(called("GasEstimateMessageGas")[0]["GasLimit"], 1000) << "the limit stays";
    EXPECT_EQ(made["GasPremium"], "125001");
    EXPECT_EQ(made["GasFeeCap"], "125001") << "at least the premium";
    EXPECT_EQ(made["Params"], "gQE=");
    EXPECT_EQ(called("MpoolPush"), Json::array({old}));

    EXPECT_EQ(ask({"mpool", "replace", "--auto", kAddress, "4"}).code, kSaysDone);
    const auto none = ask({"mpool", "replace", kAddress, "5"});
    EXPECT_EQ(none.code, kSaysNo);
    EXPECT_THAT(none.err, HasSubstr("with the nonce 5"));
    EXPECT_EQ(ask({"msg", "replace", "hello"}).code, kSaysUsage);

    EXPECT_EQ(ask({"msg", "cancel", cid_of(old)}).code, kSaysDone);
    made = called("WalletSignMessage")[1];
    EXPECT_EQ(made["To"], kAddress);
    EXPECT_EQ(made["Value"], "0");
    EXPECT_EQ(made["Method"], 0);
    EXPECT_EQ(made["Nonce"], 4);
    EXPECT_EQ(called("GasEstimateMessageGas")[0]["GasLimit"], 0) << "it does something else, so the limit is estimated";
    const auto dear = ask({"msg", "replace", cid_of(old), "--max-fee", "0.00000000000000001"});
    EXPECT_EQ(dear.code, kSaysUsage) << dear.all();
}

// The lines are those that lotus 1.36.2 prints (cli/mpool.go, MpoolStat).
TEST_F(MessageVerb, mpool_stat_counts_as_lotus) {
    results_["MpoolPending"] = Json::array({pending(3, "50"), pending(4, "100"), pending(6, "100")});
    const auto ran = ask({"mpool", "stat"});
    ASSERT_EQ(ran.code, kSaysDone) << ran.all();
    const std::string line = "Nonce past: 1, cur: 1, future: 1; FeeCap cur: 1, min-60: 1, gasLimit: 3000\n";
    EXPECT_EQ(ran.out, std::string(kAddress) + ": " + line + "-----\ntotal: " + line);
}

TEST_F(MessageVerb, mpool_lists_and_finds) {
    results_["MpoolPending"] = Json::array({pending(4, "100")});
    EXPECT_EQ(ask({"mpool", "pending", "--cids"}).out, cid_of(pending(4, "100")) + "\n");
    EXPECT_EQ(Json::parse(ask({"mpool", "pending", "--json"}).out), results_["MpoolPending"]);
    EXPECT_EQ(Json::parse(ask({"mpool", "find", "--method", "6", "--json"}).out), Json::array());
    EXPECT_EQ(Json::parse(ask({"mpool", "find", "--to", "f01000", "--json"}).out).size(), 1U);
    results_["WalletList"] = Json::array();
    EXPECT_EQ(ask({"mpool", "pending", "--local"}).out, "");
}

// lotus wallet sign prints the type of the signature and then its bytes.
TEST_F(MessageVerb, wallet_signs_and_verifies) {
    results_["WalletSign"] = {{"Type", 2}, {"Data", to_base64(Bytes{1, 2, 3})}};
    EXPECT_EQ(ask({"wallet", "sign", kAddress, "68656c6c6f"}).out, "02010203\n");
    EXPECT_EQ(called("WalletSign"), Json::array({kAddress, to_base64(as_bytes("hello"))}));
    results_["WalletVerify"] = true;
    EXPECT_EQ(ask({"wallet", "verify", kAddress, "68656c6c6f", "02010203"}).out, "valid\n");
    EXPECT_EQ(called("WalletVerify"),
              Json::array({kAddress, to_base64(as_bytes("hello")), Json{{"Type", 2}, {"Data", "AQID"}}}));
    results_["WalletVerify"] = false;
    EXPECT_EQ(ask({"wallet", "verify", kAddress, "68656c6c6f", "02010203"}).code, kSaysNo);
    EXPECT_EQ(ask({"wallet", "verify", kAddress, "xyz", "02"}).code, kSaysUsage);
}

TEST_F(MessageVerb, the_escrow_is_shown_filled_and_emptied) {
    results_["StateMarketBalance"] = {{"Escrow", "5000000000000000000"}, {"Locked", "1000000000000000000"}};
    results_["MarketGetReserved"] = "1000000000000000000";
    EXPECT_EQ(Json::parse(ask({"wallet", "market", "balance", "--json"}).out)["Available"], "4000000000000000000");
    results_["MarketAddBalance"] = results_["MarketWithdraw"] = {{"/", kCid}};
    EXPECT_EQ(ask({"wallet", "market", "add", "2"}).code, kSaysDone);
    EXPECT_EQ(called("MarketAddBalance"), Json::array({kAddress, kAddress, "2000000000000000000"}));
    EXPECT_EQ(ask({"wallet", "market", "withdraw"}).code, kSaysDone);
    EXPECT_EQ(called("MarketWithdraw")[2], "3000000000000000000") << "what is set aside stays";
    EXPECT_EQ(ask({"wallet", "market", "withdraw", "3.5"}).code, kSaysNo);
}

TEST_F(MessageVerb, state_verbs_look_at_a_tipset) {
    results_["StateMarketStorageDeal"] = {{"Proposal", {{"StoragePricePerEpoch", "0"}}}};
    EXPECT_EQ(ask({"state", "get-deal", "7", "--tipset", std::string(kCid) + "," + kCid}).code, kSaysDone);
    EXPECT_EQ(called("StateMarketStorageDeal"), Json::array({7, Json::array({{{"/", kCid}}, {{"/", kCid}}})}));
    results_["ChainGetTipSetByHeight"] = results_["ChainHead"];
    results_["StateListMiners"] = Json::array({"t01000"});
    EXPECT_EQ(ask({"state", "list-miners", "--tipset", "@12"}).out, "t01000\n");
    EXPECT_EQ(called("ChainGetTipSetByHeight"), Json::array({12, nullptr}));
    EXPECT_EQ(called("StateListMiners"), Json::array({Json::array({{{"/", kCid}}})}));
    EXPECT_EQ(ask({"state", "list-miners", "--tipset", "@x"}).code, kSaysUsage);
    results_["StateDecodeParams"] = {{"AmountRequested", "255"}};
    EXPECT_EQ(ask({"chain", "decode", "params", "t01000", "16", "814200ff", "--json"}).code, kSaysDone);
    EXPECT_EQ(called("StateDecodeParams"), Json::array({"t01000", 16, "gUIA/w==", nullptr}));
}

TEST_F(MessageVerb, a_call_that_fails_is_an_error) {
    results_["StateCall"] = {{"MsgRct", {{"ExitCode", 16}, {"GasUsed", 1}, {"Return", nullptr}}}, {"Error", "no"}};
    const auto ran = ask({"state", "call", "t04", "9"});
    EXPECT_EQ(ran.code, kSaysNo);
    EXPECT_THAT(ran.err, HasSubstr("exit code 16"));
    EXPECT_EQ(called("StateCall")[0]["From"], "t00");
}

TEST_F(MessageVerb, multisig_verbs_send_what_the_node_makes) {
    Json made{{"Message", pending(0, "0", "0")["Message"]}, {"ValidNonce", false}};
    results_["MsigPropose"] = results_["MsigCreate"] = results_["MsigApprove"] = results_["MsigAddPropose"] = made;
    EXPECT_EQ(ask({"msig", "create", kAddress, "t01000", "--required", "1", "--value", "2"}).code, kSaysDone);
    EXPECT_EQ(called("MsigCreate"),
              Json::array({1, Json::array({kAddress, "t01000"}), 0, "2000000000000000000", kAddress, "0"}));
    EXPECT_EQ(ask({"msig", "propose", "t01001", "t01000", "1"}).code, kSaysDone);
    EXPECT_EQ(called("MsigPropose"), Json::array({"t01001", "t01000", "1000000000000000000", kAddress, 0, nullptr}));
    EXPECT_EQ(called("MpoolPushMessage")[0]["To"], "t01000") << "the message is the node's";
    EXPECT_EQ(ask({"msig", "approve", "t01001", "3"}).code, kSaysDone);
    EXPECT_EQ(called("MsigApprove"), Json::array({"t01001", 3, kAddress}));
    EXPECT_EQ(ask({"msig", "add-propose", "t01001", "t01002", "--increase-threshold"}).code, kSaysDone);
    EXPECT_EQ(called("MsigAddPropose"), Json::array({"t01001", kAddress, "t01002", true}));
    results_["StateEncodeParams"] = "gQI=";
    EXPECT_EQ(ask({"msig", "threshold-propose", "t01001", "2"}).code, kSaysDone);
    EXPECT_EQ(called("StateEncodeParams")[1], 8);
    EXPECT_EQ(called("StateEncodeParams")[2], (Json{{"NewThreshold", 2}}));
    EXPECT_EQ(called("MsigPropose"), Json::array({"t01001", "t01001", "0", kAddress, 8, "gQI="}));
}

TEST_F(MessageVerb, a_miner_is_told_by_its_owner_and_its_worker) {
    results_["StateMinerInfo"] = {{"Owner", "t0100"}, {"Worker", "t0101"}};
    results_["StateMinerAvailableBalance"] = "3000000000000000000";
    results_["StateEncodeParams"] = "gQI=";
    EXPECT_EQ(ask({"sp", "withdraw", "2", "--miner", "t01000"}).code, kSaysDone);
    EXPECT_EQ(called("StateEncodeParams")[2], (Json{{"AmountRequested", "2000000000000000000"}}));
    EXPECT_EQ(called("MpoolPushMessage")[0]["From"], "t0100");
    EXPECT_EQ(ask({"sp", "withdraw", "4", "--miner", "t01000"}).code, kSaysNo);
    results_["StateSectorPartition"] = {{"Deadline", 7}, {"Partition", 1}};
    EXPECT_EQ(ask({"sp", "terminate", "3", "--miner", "t01000"}).code, kSaysUsage) << "without --really-do-it";
    EXPECT_EQ(ask({"sp", "terminate", "3", "4", "--miner", "t01000", "--really-do-it"}).code, kSaysDone);
    // A bit field as Lotus prints it: three zeros, then two ones.
    EXPECT_EQ(called("StateEncodeParams")[2],
              (Json{{"Terminations", {{{"Deadline", 7}, {"Partition", 1}, {"Sectors", {3, 2}}}}}}));
    EXPECT_EQ(called("MpoolPushMessage")[0]["From"], "t0101");
    EXPECT_EQ(called("MpoolPushMessage")[0]["Method"], 9);
}

// The members are those of builtin-actors' ExtendSectorExpiration2Params (actors/miner/src/types.rs).
TEST_F(MessageVerb, an_extension_keeps_the_claims_of_its_sectors) {
    results_["StateMinerInfo"] = {{"Owner", "t0100"}, {"Worker", "t0101"}};
    results_["StateEncodeParams"] = "gQI=";
    results_["StateSectorPartition"] = {{"Deadline", 7}, {"Partition", 1}};
    const auto claim = [](int sector) { return Json{{"Sector", sector}, {"TermStart", 100}, {"TermMax", 900}}; };
    results_["StateGetClaims"] = {{"8", claim(3)}, {"9", claim(5)}};
    EXPECT_EQ(ask({"sp", "extend", "3", "4", "--expiration", "1000", "--miner", "t01000"}).code, kSaysDone);
    const Json kept{{"SectorNumber", 3}, {"MaintainClaims", {8}}, {"DropClaims", Json::array()}};
    EXPECT_EQ(called("StateEncodeParams")[2], (Json{{"Extensions",
                                                     {{{"Deadline", 7},
                                                       {"Partition", 1},
                                                       {"Sectors", {4, 1}},
                                                       {"SectorsWithClaims", Json::array({kept})},
                                                       {"NewExpiration", 1000}}}}}));
    EXPECT_EQ(called("MpoolPushMessage")[0]["From"], "t0101");
    const auto late = ask({"sp", "extend", "3", "--expiration", "1001", "--miner", "t01000"});
    EXPECT_EQ(late.code, kSaysNo);
    EXPECT_THAT(late.err, HasSubstr("claim 8 of sector 3 lasts until epoch 1000"));
}

}  // namespace
}  // namespace strata::cli
