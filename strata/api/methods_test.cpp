// Methods whose answers differ from what one expects at first: expected values are Lotus' rules, named at each test.
#include <sstream>

#include <strata/api/test_node.hpp>
#include <strata/chain/chain_externs.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;

class ApiMethods : public testing::TestNode {
  protected:
    static constexpr const char* kNobody = "t1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa";
};

// lotus node/impl/full/state.go, StateLookupID; api/api_errors.go: EActorNotFound.
TEST_F(ApiMethods, AnUnknownActorHasACodeInOneMethod) {
    EXPECT_EQ(code("StateLookupID", {kNobody, nullptr}), 11);
    EXPECT_EQ(message("StateLookupID", {kNobody, nullptr}), "actor not found");
    EXPECT_EQ(code("StateGetActor", {kNobody, nullptr}), 1);
}

// Glif's provider looks for the words of lotus chain/types/actor.go.
TEST_F(ApiMethods, TheNonceOfAFreshKeySaysThatThereIsNoActor) {
    EXPECT_THAT(message("MpoolGetNonce", {kNobody}), HasSubstr("actor not found"));
}

// lotus chain/stmgr/actors.go, GetPowerRaw: the network's power, and none of a miner.
TEST_F(ApiMethods, PowerOfTheUndefinedAddress) {
    const auto known = result("StateMinerPower", {"t01000", nullptr});
    for (const Json& address : {Json("<empty>"), Json(""), Json()}) {
        const auto power = result("StateMinerPower", {address, nullptr});
        EXPECT_EQ(power["TotalPower"], known["TotalPower"]);
        EXPECT_EQ(power["MinerPower"]["QualityAdjPower"], "0");
        EXPECT_EQ(power["HasMinPower"], false);
    }
}

TEST_F(ApiMethods, TheUndefinedAddressIsAnErrorElsewhere) {
    for (const char* method : {"StateGetActor", "StateReadState", "StateLookupID", "StateAccountKey",
                               "StateLookupRobustAddress", "StateMinerInfo", "StateMinerAvailableBalance",
                               "StateMarketBalance", "MsigGetPending", "StateVerifiedClientStatus"})
        EXPECT_EQ(code(method, {"", nullptr}), 1) << method;
    EXPECT_EQ(code("MpoolGetNonce", {""}), 1);
    EXPECT_EQ(code("WalletBalance", {""}), 1);
    EXPECT_EQ(code("MinerGetBaseInfo", {"", 1, nullptr}), 1);
    EXPECT_EQ(code("FilecoinAddressToEthAddress", {""}), 1);
}

// Lotus' blockstore holds an identity store around it.
TEST_F(ApiMethods, IdentityCidsHoldTheirData) {
    const Json inlined{{"/", "bafkqaf3imvwgy3zaneqgc3janfxgy2lomvscay3jmqfa"}}, empty{{"/", "bafkqaaa"}};
    EXPECT_EQ(result("ChainReadObj", {inlined}), to_base64(as_bytes("hello i am inlined cid\n")));
    EXPECT_EQ(result("ChainHasObj", {inlined}), true);
    EXPECT_EQ(result("ChainHasObj", {empty}), true);
    EXPECT_EQ(result("ChainReadObj", {empty}), "");
}

// lotus chain/stmgr/call.go looks the sender up first.
TEST_F(ApiMethods, NobodyCannotCall) {
    mine_at(1);
    for (const char* from : {"t0999999", kNobody}) {
        const Json call{{"From", from}, {"To", "t01000"}, {"Value", "0"}};
        EXPECT_EQ(code("StateCall", {call, nullptr}), 1) << from;
    }
    const Json call{{"From", text(client())}, {"To", "t0101"}, {"Value", "0"}};
    EXPECT_EQ(result("StateCall", {call, nullptr})["MsgRct"]["ExitCode"], 0);
}

// lotus node/impl/gasutils/gasutils.go: ErrExecutionReverted with data; encoding/json: names without case.
TEST_F(ApiMethods, AnEstimateThatFailsSaysHow) {
    mine_at(1);
    const Json bad{{"from", text(client())}, {"to", "t05"}, {"method", 4711}, {"value", "+0"}};
    for (const auto& answer :
         {ask("GasEstimateGasLimit", {bad, nullptr}), ask("GasEstimateMessageGas", {bad, nullptr, nullptr})}) {
        EXPECT_EQ(answer["error"]["code"], 3) << answer;
        EXPECT_EQ(answer["error"]["data"], "0x");
    }
    const Json good{{"from", text(client())}, {"to", "t0101"}, {"value", "5"}};
    EXPECT_GT(result("GasEstimateGasLimit", {good, nullptr}).get<int>(), 0);
    EXPECT_EQ(code("GasEstimateGasPremium", {10, "", 0, nullptr}), 0);
}

// go-jsonrpc: as many parameters as the method has, but where Lotus reads them itself.
TEST_F(ApiMethods, OneMethodHasAParameterThatMayBeLeftOut) {
    mine_at(1);
    const auto address = text(client());
    const auto expected = result("FilecoinAddressToEthAddress", {address, "finalized"});
    EXPECT_EQ(result("FilecoinAddressToEthAddress", {address}), expected);
    EXPECT_EQ(result("FilecoinAddressToEthAddress", {address, nullptr}), expected);
    EXPECT_EQ(code("FilecoinAddressToEthAddress"), -32602);
    EXPECT_EQ(code("FilecoinAddressToEthAddress", {address, "latest", 1}), -32602);
}

// lotus chain/types/ethtypes: EthAddressFromFilecoinAddress.
TEST_F(ApiMethods, FormsOfEthereumAddresses) {
    EXPECT_EQ(result("FilecoinAddressToEthAddress", {"t0103"}), "0xff00000000000000000000000000000000000067");
    EXPECT_EQ(code("FilecoinAddressToEthAddress", {"t410f74aaaaaaaaaaaaaaaaaaaaaaaaaaaadhtg2tbdi", "latest"}), 1)
        << "a delegated address cannot hold a masked ID";
    const auto plain = Address::delegated(kEamId, Bytes(20, 7));
    EXPECT_EQ(result("FilecoinAddressToEthAddress", {text(plain)}), "0x0707070707070707070707070707070707070707");
    EXPECT_EQ(result("EthAddressToFilecoinAddress", {"0707070707070707070707070707070707070707"}), text(plain));
    EXPECT_EQ(code("FilecoinAddressToEthAddress", {text(Address::delegated(77, Bytes(20, 7)))}), 1);
    EXPECT_EQ(code("FilecoinAddressToEthAddress", {text(Address::delegated(kEamId, Bytes(19, 7)))}), 1);
}

class ApiEthereum : public ApiMethods {
  protected:
    std::string mine() { return result("FilecoinAddressToEthAddress", {text(client()), "pending"}); }
    Json balance(const Json& block) { return result("eth_getBalance", {mine(), block}); }
};

// lotus node/impl/eth/transaction.go: "pending" is the pool's nonce.
TEST_F(ApiEthereum, PendingCountsWhatWaits) {
    mine_at(1);
    EXPECT_EQ(result("eth_getTransactionCount", {mine(), "pending"}), "0x0");
    push(transfer(0, Address::id(101)));
    EXPECT_EQ(result("eth_getTransactionCount", {mine(), "pending"}), "0x1");
    push(transfer(1, Address::id(101)));
    EXPECT_EQ(result("eth_getTransactionCount", {mine(), "pending"}), "0x2");
    EXPECT_EQ(result("eth_getTransactionCount", {mine(), "latest"}), "0x0");
    EXPECT_EQ(result("eth_getTransactionCount", {"0x0707070707070707070707070707070707070707", "pending"}), "0x0");
}

// lotus node/impl/eth/tipsetresolver.go: not strict, so that a null round is the tipset before it; the newest number is
// the head's height less one, wherever the head's parent is.
TEST_F(ApiEthereum, NullRounds) {
    mine_at(1);
    const auto low = height();
    push(transfer(0, Address::id(101)));
    mine_at(low + 3);
    const auto middle = height();  // the transfer is in this one
    ASSERT_GT(middle, low + 1);
    mine_at(middle + 4);
    const auto head = height();
    const auto hex = [](ChainEpoch epoch) {
        std::ostringstream out;
        out << "0x" << std::hex << epoch;
        return out.str();
    };
    EXPECT_EQ(balance(hex(low + 1)), balance(hex(low)));
    EXPECT_NE(balance(hex(middle)), balance(hex(low)));
    EXPECT_EQ(balance(hex(head - 1)), balance("latest")) << "a null round right below the head";
    EXPECT_EQ(balance(hex(middle)), balance("latest"));
    EXPECT_EQ(result("eth_getTransactionCount", {mine(), hex(middle + 1)}), "0x1");
    EXPECT_EQ(result("eth_getCode", {mine(), hex(middle + 1)}), "0x");
    EXPECT_EQ(code("FilecoinAddressToEthAddress", {text(client()), hex(low + 1)}), 0);
    EXPECT_THAT(message("eth_getBalance", {mine(), hex(head)}), HasSubstr("future epoch"));
    EXPECT_THAT(message("eth_getBalance", {mine(), "0xffffffffffffffff"}), HasSubstr("future epoch"));
    EXPECT_THAT(message("eth_getBalance", {mine(), "earliest"}), HasSubstr("not supported"));
    EXPECT_EQ(balance("safe"), balance("0x0"));
    EXPECT_EQ(balance("finalized"), balance("0x0"));
    EXPECT_EQ(result("eth_blockNumber"), hex(middle));
}

TEST_F(ApiEthereum, ABlockByItsHash) {
    mine_at(1);
    mine_at(height() + 1);
    const auto parent = node->chain().parent(*node->head()).value();
    const auto hash = "0x" + to_hex(chain::tipset_key_cid(parent->key()).digest());
    EXPECT_EQ(balance(hash), balance("latest"));
    EXPECT_EQ(balance({{"blockHash", hash}, {"requireCanonical", true}}), balance("latest"));
    EXPECT_EQ(code("eth_getBalance", {mine(), "0x" + std::string(64, '1')}), 1);
}

// lotus node/impl/full/state.go, StateListMessages: addresses as written, newest tipset first.
TEST_F(ApiMethods, ListsMessages) {
    const Printer print('t');
    const auto cids = result("MpoolBatchPush", {{print(transfer(0, Address::id(101))), print(transfer(1, client()))}});
    ASSERT_EQ(cids.size(), 2U);
    mine_at(1);
    mine_at(height() + 1);
    EXPECT_EQ(result("StateListMessages", {{{"From", text(client())}}, nullptr, 0}).size(), 2U);
    EXPECT_EQ(result("StateListMessages", {{{"To", text(client())}, {"From", ""}}, nullptr, 0}),
              Json::array({cids[1]}));
    EXPECT_EQ(result("StateListMessages", {{{"From", text(client())}}, nullptr, height()}), Json());
    EXPECT_EQ(result("StateListMessages", {{{"To", kNobody}}, nullptr, 0}), Json());
    EXPECT_EQ(code("StateListMessages", {Json::object(), nullptr, 0}), 1);
    EXPECT_EQ(code("MpoolBatchPush", {Json::array({1})}), -32700);
}

TEST_F(ApiMethods, AllAllocationsAndClaims) {
    EXPECT_EQ(result("StateGetAllAllocations", {nullptr}), Json::object());
    // A claim for each sector of the template's three miners.
    const auto claims = result("StateGetAllClaims", {nullptr});
    EXPECT_EQ(claims.size(), 6U);
    for (const auto& [number, claim] : result("StateGetClaims", {"t01001", nullptr}).items())
        EXPECT_EQ(claims[number], claim);
}

// lotus chain/messagepool/config.go.
TEST_F(ApiMethods, PoolAndWallet) {
    const auto config = result("MpoolGetConfig");
    EXPECT_EQ(config["SizeLimitHigh"], 30000);
    EXPECT_EQ(config["ReplaceByFeeRatio"], 1.25);
    const auto sent = transfer(0, Address::id(101));
    push(sent);
    EXPECT_EQ(result("MpoolSelect", {nullptr, 0.5}).size(), 1U);
    EXPECT_EQ(code("MpoolSelect", {nullptr, 1.5}), 1);
    EXPECT_EQ(result("MpoolPending", {nullptr})[0]["CID"], result("MpoolSelect", {nullptr, 1})[0]["CID"]);
    EXPECT_EQ(result("WalletValidateAddress", {text(client())}), text(client()));
    EXPECT_EQ(code("WalletValidateAddress", {"t1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuab"}), 1);
    const Json signature{{"Type", 2}, {"Data", to_base64(sent.signature.data)}};
    const auto cid = sent.message.cid();
    EXPECT_EQ(result("WalletVerify", {text(client()), to_base64(cid.bytes()), signature}), true);
    EXPECT_EQ(result("WalletVerify", {text(client()), "AAAA", signature}), false);
}

}  // namespace
}  // namespace strata::api
