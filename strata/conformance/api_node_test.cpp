// Tests the API over a growing chain: Lotus' recorded chain (vectors/lotus-devnet/long), continued by our blocks.
// STRATA_API_SERVE=PORT keeps it serving there, with a block each second, for clients from outside (tests/clients).
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include <strata/api/service.hpp>
#include <strata/api/tokens.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/block_producer.hpp>
#include <strata/chain/execution.hpp>
#include <strata/conformance/json.hpp>
#include <strata/conformance/recorded_chain.hpp>
#include <strata/http/client.hpp>
#include <strata/http/server.hpp>
#include <strata/testing/vectors.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::conformance {
namespace {

const Address kMiner = Address::id(1000);

class ApiNode : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto folder = testing::find_vectors("lotus-devnet/long");
        if (!folder) GTEST_SKIP() << testing::skip_reason("lotus-devnet/long");
        folder_ = *folder;
        auto chain = RecordedChain::open(folder_);
        ASSERT_TRUE(chain) << chain.error().message();
        chain_ = std::move(*chain);
        const auto keys = Json::parse(testing::read_file(folder_ / "keys.json"))["keys"];
        for (const auto& [address, key] : keys.items()) {
            const Json record{{"Type", key["type"]}, {"PrivateKey", key["private_key_base64"]}};
            ASSERT_TRUE(wallet_.import_key(wallet::parse_key(record.dump()).value()));
        }
        api::Options options;
        options.beacon = &chain_->beacon();
        options.node_guard = &guard_;
        crypto::SystemRandom random;
        auto tokens = api::Tokens::open(keys_, random);
        ASSERT_TRUE(tokens);
        tokens_ = std::move(*tokens);
        options.tokens = &*tokens_;
        service_ = std::make_unique<api::Service>(node(), options);
    }

    chain::LocalChain& node() { return chain_->node(); }

    /// Mines a block on top of the head with messages from the pool; returns false if our miner does not win this
    /// epoch.
    Result<bool> mine() {
        const std::lock_guard lock(guard_);
        chain::BlockProducer producer(node(), wallet_, chain_->beacon(), prover_);
        ++epoch_;
        const ChainEpoch epoch = std::max(epoch_, node().head()->height() + 1);
        epoch_ = epoch;
        STRATA_TRY(const auto win, producer.check_win(kMiner, node().head(), epoch));
        if (!win) return false;
        STRATA_TRY(const auto messages, producer.select(*win));
        STRATA_TRY(const auto block, producer.make_block(*win, messages));
        STRATA_OK(node().submit_block(block, block.header.timestamp));
        return true;
    }
    void mine_blocks(int blocks) {
        while (blocks > 0) {
            const auto made = mine();
            ASSERT_TRUE(made) << made.error().message();
            if (*made) --blocks;
        }
    }

    template <class... P>
    static Json list(const P&... values) {
        Json out = Json::array();
        (out.push_back(Json(values)), ...);
        return out;
    }
    template <class... P>
    Json ask(const std::string& method, const P&... params) {
        return ask_list(method, list(params...));
    }
    Json ask_list(const std::string& method, const Json& params) {
        const Json request{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "Filecoin." + method}, {"params", params}};
        const std::string token = tokens_->issue({api::Permission::read, api::Permission::write});
        const http::Request post{
            "POST", "/rpc/v1", {}, {{"authorization", "Bearer " + token}}, to_bytes(as_bytes(request.dump()))};
        return Json::parse(as_text(std::get<Bytes>(http::await_answer(service_->handle(post)).body)));
    }
    template <class... P>
    Json result(const std::string& method, const P&... params) {
        const auto answer = ask(method, params...);
        if (!answer.contains("result")) ADD_FAILURE() << method << ": " << answer.dump();
        return answer.value("result", Json());
    }

    /// Returns a transfer signed as a client would: with gas and nonce from the API.
    Json signed_transfer(const std::string& from, const std::string& to, const std::string& value) {
        const Json draft{{"To", to}, {"From", from}, {"Value", value}};
        const Json spec{{"MaxFee", "0"}};
        auto priced = result("GasEstimateMessageGas", draft, spec, nullptr);
        Message message;
        message.to = Address::parse(to).value();
        message.from = Address::parse(from).value();
        message.nonce = result("MpoolGetNonce", from).get<Nonce>();
        message.value = BigInt::parse(value).value();
        message.gas_limit = priced["GasLimit"].get<std::int64_t>();
        message.gas_fee_cap = BigInt::parse(priced["GasFeeCap"].get<std::string>()).value();
        message.gas_premium = BigInt::parse(priced["GasPremium"].get<std::string>()).value();
        const auto signature = wallet_.sign(message.from, message.cid().bytes()).value();
        priced["Nonce"] = message.nonce;
        return {{"Message", priced},
                {"Signature", {{"Type", static_cast<int>(signature.type)}, {"Data", to_base64(signature.data)}}}};
    }

    std::filesystem::path folder_;
    std::unique_ptr<RecordedChain> chain_;
    std::mutex guard_;
    store::MemoryKeyValue keys_;
    wallet::Wallet wallet_{keys_};
    std::optional<api::Tokens> tokens_;
    chain::StubWinningProver prover_;
    std::unique_ptr<api::Service> service_;
    ChainEpoch epoch_ = 0;
};

constexpr const char* kSecp1 = "t1wu6pyycbrjnmqfql4urh3xbg5crahn5pfedxyqa";
constexpr const char* kBls1 = "t3u4hocu32fd7csrzk6zitj3dzsk7dhiba3b7gkwuv6fyx3bq45b7xrbfo6d7zm5hilxpq4d7lzijoi7qzv6ka";

// Every message that Lotus executed, by tipsets.jsonl, must be found by CID, in the list of the block above it, and
// with its receipt.
TEST_F(ApiNode, RecordedMessagesAreFoundWhereLotusExecutedThem) {
    const auto lines = testing::read_file(folder_ / "tipsets.jsonl");
    std::vector<Json> tipsets;
    for (std::size_t at = 0; at < lines.size();) {
        const auto end = std::min(lines.find('\n', at), lines.size());
        if (end > at) tipsets.push_back(Json::parse(lines.substr(at, end - at)));
        at = end + 1;
    }
    std::size_t messages = 0, unpaid = 0;
    for (std::size_t i = 0; i + 1 < tipsets.size(); ++i) {
        const auto& recorded = tipsets[i]["messages"];
        if (recorded.empty()) continue;
        const Json child{{"/", tipsets[i + 1]["key"][0]}};
        const auto listed = result("ChainGetParentMessages", child);
        const auto receipts = result("ChainGetParentReceipts", child);
        ASSERT_EQ(listed.size(), recorded.size());
        for (std::size_t m = 0; m < recorded.size(); ++m) {
            const Json cid{{"/", recorded[m]["cid"]}};
            const auto& wanted = recorded[m]["message"];
            ++messages;
            EXPECT_EQ(listed[m]["Cid"], cid);
            const auto message = result("ChainGetMessage", cid);
            EXPECT_EQ(message, listed[m]["Message"]);
            EXPECT_EQ(message["To"], wanted["to"]);
            EXPECT_EQ(message["Value"], wanted["value"]);
            EXPECT_EQ(message["GasLimit"], wanted["gas_limit"]);
            EXPECT_EQ(receipts[m]["GasUsed"], recorded[m]["receipt"]["gas_used"]);
            EXPECT_EQ(receipts[m]["ExitCode"], recorded[m]["receipt"]["exit_code"]);
            if (recorded[m]["receipt"]["gas_used"] == 0) {
                ++unpaid;  // its sender's nonce did not rise, so the search by nonce cannot find it
                continue;
            }
            const auto found = result("StateSearchMsg", Json::array(), cid, -1, true);
            EXPECT_EQ(found["Message"], cid);
            EXPECT_EQ(found["Receipt"], receipts[m]);
            EXPECT_EQ(found["Height"], tipsets[i + 1]["epoch"]);
            EXPECT_EQ(found["TipSet"], list(child));
        }
    }
    EXPECT_EQ(messages, 119U);
    EXPECT_EQ(unpaid, 1U);
}

TEST_F(ApiNode, ATransferIsPushedMinedAndWaitedFor) {
    const auto before = result("WalletBalance", kBls1);
    const auto transfer = signed_transfer(kSecp1, kBls1, "1000000000000000000");
    const auto cid = result("MpoolPush", transfer);
    EXPECT_EQ(result("MpoolPending", nullptr).size(), 1U);
    EXPECT_EQ(result("MpoolPending", nullptr)[0]["CID"], cid);
    EXPECT_EQ(result("StateSearchMsg", nullptr, cid, -1, true), Json());
    EXPECT_EQ(result("ChainGetMessage", cid)["Value"], "1000000000000000000");

    Json waited;
    std::thread waiting([&] { waited = ask("StateWaitMsg", cid, 1, -1, true); });
    mine_blocks(4);
    waiting.join();
    ASSERT_TRUE(waited.contains("result")) << waited.dump();
    EXPECT_EQ(waited["result"]["Message"], cid);
    EXPECT_EQ(waited["result"]["Receipt"]["ExitCode"], 0);
    EXPECT_EQ(result("StateSearchMsg", nullptr, cid, -1, true), waited["result"]);
    const auto sum = BigInt::parse(before.get<std::string>()).value() + fil(1);
    EXPECT_EQ(result("WalletBalance", kBls1), sum.to_string());
    EXPECT_EQ(result("MpoolPending", nullptr).size(), 0U);
}

TEST_F(ApiNode, WaitingEndsWhenTheServiceStops) {
    const auto cid = result("MpoolPush", signed_transfer(kSecp1, kBls1, "1"));
    Json waited;
    std::thread waiting([&] { waited = ask("StateWaitMsg", cid, 1, -1, true); });
    service_->stop();
    waiting.join();
    EXPECT_EQ(waited["error"]["code"], 1) << waited.dump();
}

TEST_F(ApiNode, RefusesWhatCannotBeSent) {
    auto transfer = signed_transfer(kSecp1, kBls1, "1");
    transfer["Signature"]["Data"] = to_base64(Bytes(65, 7));
    EXPECT_EQ(ask("MpoolPush", transfer)["error"]["code"], 1);
    const Json empty{{"Message", nullptr}, {"Signature", nullptr}};
    EXPECT_EQ(ask("MpoolPush", empty)["error"]["code"], -32700);
    EXPECT_EQ(ask("MpoolPush")["error"]["code"], -32602);
    EXPECT_EQ(ask("ChainGetBlock", "text")["error"]["code"], -32700);
    EXPECT_EQ(ask("ChainGetTipSetByHeight", -5, nullptr)["error"]["code"], 1);
    EXPECT_EQ(ask("StateGetActor", "t1wu6pyycbrjnmqfql4urh3xbg5crahn5pfedxyqb", nullptr)["error"]["code"], -32700);
    EXPECT_EQ(ask("StateGetActor", "t05555", nullptr)["error"]["message"], "actor not found");
    EXPECT_EQ(ask("StateLookupID", "t1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa", nullptr)["error"]["code"], 11);
    EXPECT_EQ(ask("StateWaitMsg", Json{{"/", "bafkqaaa"}}, 901, -1, true)["error"]["code"], 1);
    EXPECT_EQ(ask("MinerGetBaseInfo", "t01000", INT64_MAX, nullptr)["error"]["code"], 1);
    EXPECT_EQ(ask("StateGetBeaconEntry", INT64_MAX)["error"]["code"], 1);
    EXPECT_EQ(ask("NoSuchMethod")["error"]["code"], -32601);
}

// Clients read the answer as a message again: an empty text of params stays empty, as in Go.
TEST_F(ApiNode, AnEstimateComesInTheFormOfTheDraft) {
    Json draft{{"To", kBls1}, {"From", kSecp1}, {"Value", "5"}};
    EXPECT_EQ(result("GasEstimateMessageGas", draft, nullptr, nullptr)["Params"], Json());
    draft["Params"] = "";
    EXPECT_EQ(result("GasEstimateMessageGas", draft, nullptr, nullptr)["Params"], "");
}

// This runs a transfer and a refused call on the state below the head.
TEST_F(ApiNode, CallsRunWithoutBeingSent) {
    const Json send{{"To", kBls1}, {"From", kSecp1}, {"Value", "5"}};
    const auto done = result("StateCall", send, nullptr);
    EXPECT_EQ(done["MsgRct"]["ExitCode"], 0) << done.dump();
    EXPECT_EQ(done["Error"], "");
    const Json unknown{{"To", "t05"}, {"From", kSecp1}, {"Method", 4711}};
    EXPECT_EQ(result("StateCall", unknown, nullptr)["MsgRct"]["ExitCode"], 22);
}

TEST_F(ApiNode, OverHttp) {
    const auto server = http::Server::start("127.0.0.1", 0, [this](const http::Request& request) {
        return api::Service::serves(request) ? service_->handle(request) : http::text_response(404, "no such page");
    });
    ASSERT_TRUE(server);
    const auto url = (*server)->url() + "/rpc/v1";
    const auto answer = http::send("POST", url, "application/json",
                                   as_bytes(R"({"jsonrpc":"2.0","id":7,"method":"Filecoin.ChainHead"})"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200U);
    EXPECT_EQ(Json::parse(as_text(answer->body))["result"]["Height"], 1400);
    const auto page = http::get(url);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->status, 400U);
    EXPECT_TRUE(as_text(page->body).contains("WebSocket"));
}

TEST_F(ApiNode, ServeForClients) {
    const char* port = std::getenv("STRATA_API_SERVE");
    if (port == nullptr) GTEST_SKIP() << "STRATA_API_SERVE is not set";
    const auto server = http::Server::start(
        "127.0.0.1", static_cast<std::uint16_t>(std::strtoul(port, nullptr, 10)), [this](const http::Request& request) {
            std::printf("%s %s %s\n", request.method.c_str(), request.path.c_str(),
                        std::string(as_text(request.body)).c_str());
            std::fflush(stdout);
            return api::Service::serves(request) ? service_->handle(request) : http::text_response(404, "no such page");
        });
    ASSERT_TRUE(server) << server.error().message();
    std::printf("token: %s\n", tokens_->issue({api::kPermissions.begin(), api::kPermissions.end()}).c_str());
    for (;;) {
        mine_blocks(1);
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
}

}  // namespace
}  // namespace strata::conformance
