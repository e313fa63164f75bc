// Lotus 1.36.2 recorded its Ethereum blocks and receipts of all tipsets with messages (eth.jsonl), and some answers at
// the heads (api_samples.json).
#include <gmock/gmock.h>

#include <sstream>

#include <nlohmann/json.hpp>

#include <strata/api/test_node.hpp>
#include <strata/api/test_recorded_api.hpp>
#include <strata/base/hex.hpp>
#include <strata/index/follower.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;
using testing::kRecorded;
using testing::recorded;

/// Returns the blocks and receipts that Lotus gave for the tipsets with messages of a chain.
const std::vector<Json>& blocks_of_lotus(const std::string& name) {
    static std::map<std::string, std::vector<Json>> read;
    auto& out = read[name];
    if (!out.empty()) return out;
    std::istringstream lines(
        strata::testing::read_file(*strata::testing::find_vectors("lotus-devnet/" + name) / "eth.jsonl"));
    for (std::string line; std::getline(lines, line);) out.push_back(Json::parse(line));
    return out;
}

/// The API over a recorded chain with a complete index.
struct IndexedApi {
    explicit IndexedApi(const std::string& name) : lotus(recorded(name).lotus) {
        index =
            *index::ChainIndex::open(folder.path() / "index", lotus.node->genesis()->cids()[0], lotus.network.chain_id);
        EXPECT_TRUE(index::follow(*lotus.node, *index));
        EXPECT_TRUE(index::extend_down(*lotus.node, *index, UINT64_MAX));
        Options options;
        options.index = index.get();
        api.emplace(*lotus.node, options);
    }
    strata::testing::TempFolder folder;
    chain::testing::RecordedNode& lotus;
    std::unique_ptr<index::ChainIndex> index;
    std::optional<testing::Asker> api;
};
IndexedApi& indexed(const std::string& name) {
    static std::map<std::string, std::unique_ptr<IndexedApi>> made;
    auto& out = made[name];
    if (!out) out = std::make_unique<IndexedApi>(name);
    return *out;
}

std::string hex(ChainEpoch epoch) {
    std::ostringstream out;
    out << "0x" << std::hex << epoch;
    return out.str();
}

TEST(EthereumBlockMethods, AnswerAsLotusAtTheHead) {
    testing::expect_answers_of_lotus({"eth_chainId", "eth_getBlockByNumber", "eth_getCode", "eth_getStorageAt",
                                      "eth_getBalance", "eth_feeHistory", "eth_getTransactionCount", "net_version"});
}

TEST(EthereumBlockMethods, GiveAllBlocksAndReceiptsOfLotus) {
    int compared = 0;
    for (const auto& name : kRecorded) {
        for (auto* api : {&recorded(name).api, &*indexed(name).api}) {
            for (const auto& line : blocks_of_lotus(name)) {
                Json block = line["block"];
                // Lotus' index had not come to one of the blocks when it was asked; it then gives a filter of ones.
                if (block["logsBloom"] == "0x" + std::string(512, 'f'))
                    block["logsBloom"] = "0x" + std::string(512, '0');
                EXPECT_EQ(api->result("eth_getBlockByNumber", {block["number"], true}), block);
                // Without an index, a hash is looked for in the last 900 epochs only.
                const bool is_old = line["epoch"].get<ChainEpoch>() < recorded(name).lotus.head->height() - 900;
                if (is_old && api == &recorded(name).api) continue;
                EXPECT_EQ(api->result("eth_getBlockByHash", {block["hash"], true}), block);
                Json hashes = Json::array();
                for (const auto& transaction : block["transactions"]) hashes.push_back(transaction["hash"]);
                EXPECT_EQ(api->result("EthGetBlockByNumber", {block["number"], false})["transactions"], hashes);
                EXPECT_EQ(api->result("eth_getBlockReceipts", {block["number"]}), line["receipts"]);
                EXPECT_EQ(api->result("eth_getBlockReceipts", {{{"blockHash", block["hash"]}}}), line["receipts"]);
                EXPECT_EQ(api->result("eth_getBlockTransactionCountByNumber", {block["number"]}),
                          hex(static_cast<ChainEpoch>(hashes.size())));
                EXPECT_EQ(api->result("eth_getBlockTransactionCountByHash", {block["hash"]}),
                          hex(static_cast<ChainEpoch>(hashes.size())));
                ++compared;
            }
        }
    }
    EXPECT_GE(compared, 2 * 138 - 1);
}

TEST(EthereumBlockMethods, FindAllTransactionsOfLotus) {
    int compared = 0;
    for (const auto& name : kRecorded) {
        auto& api = *indexed(name).api;
        for (const auto& line : blocks_of_lotus(name)) {
            for (std::size_t i = 0; i < line["receipts"].size(); ++i) {
                const Json& transaction = line["block"]["transactions"][i];
                const Json& hash = transaction["hash"];
                EXPECT_EQ(api.result("eth_getTransactionByHash", {hash}), transaction);
                EXPECT_EQ(api.result("eth_getTransactionReceipt", {hash}), line["receipts"][i]);
                EXPECT_EQ(api.result("eth_getTransactionByBlockHashAndIndex",
                                     {transaction["blockHash"], transaction["transactionIndex"]}),
                          transaction);
                EXPECT_EQ(api.result("eth_getTransactionByBlockNumberAndIndex",
                                     {transaction["blockNumber"], transaction["transactionIndex"]}),
                          transaction);
                const auto cid = api.result("EthGetMessageCidByTransactionHash", {hash});
                EXPECT_EQ(api.result("EthGetTransactionHashByCid", {cid}), hash);
                ++compared;
            }
        }
    }
    EXPECT_EQ(compared, 178);
}

// Native messages are found through their nonce without an index; a transaction's hash then tells nothing.
TEST(EthereumBlockMethods, WithoutAnIndexNothingIsGuessed) {
    auto& api = recorded("long").api;
    int native = 0, unknown = 0;
    for (const auto& line : blocks_of_lotus("long")) {
        for (std::size_t i = 0; i < line["receipts"].size(); ++i) {
            const Json& transaction = line["block"]["transactions"][i];
            // A message that was refused did not move its sender's nonce.
            const bool was_refused = line["receipts"][i]["gasUsed"] == "0x0";
            if (was_refused) {
                EXPECT_EQ(api.code("eth_getTransactionReceipt", {transaction["hash"]}), 1);
            } else if (transaction["accessList"].is_array()) {
                EXPECT_EQ(api.result("eth_getTransactionReceipt", {transaction["hash"]}), line["receipts"][i]);
                ++native;
            } else if (api.code("eth_getTransactionReceipt", {transaction["hash"]}) == 1) {
                EXPECT_THAT(api.error("eth_getTransactionByHash", {transaction["hash"]}), HasSubstr("no index"));
                ++unknown;
            }
        }
    }
    EXPECT_GT(native, 100);
    EXPECT_GT(unknown, 0);
    EXPECT_EQ(api.code("eth_getTransactionByHash", {"0x" + std::string(64, '7')}), 1);
}

TEST(EthereumBlockMethods, UnknownHashesAndIndices) {
    auto& api = *indexed("long").api;
    const std::string nobody = "0x" + std::string(64, '7');
    EXPECT_EQ(api.result("eth_getTransactionByHash", {nobody}), Json());
    EXPECT_EQ(api.result("eth_getTransactionReceipt", {nobody}), Json());
    EXPECT_EQ(api.result("EthGetMessageCidByTransactionHash", {nobody}), Json());
    EXPECT_EQ(api.result("eth_getTransactionByHash", {Json()}), Json());
    EXPECT_EQ(api.code("eth_getBlockByHash", {nobody, false}), 1);
    EXPECT_THAT(api.error("eth_getTransactionByBlockNumberAndIndex", {"0x448", "0x1"}),
                HasSubstr("index 1 out of range: tipset contains 1 messages"));
    EXPECT_EQ(api.result("eth_getUncleCountByBlockNumber", {"0x448"}), "0x0");
    EXPECT_EQ(api.result("eth_getUncleByBlockNumberAndIndex", {"0x448", "0x0"}), Json());
    // The transaction is at epoch 0x448, 303 epochs below the head.
    const std::string old = "0x4447849bac65a5c6d2a7f5d25cdeb2ef1e42bbdcfd5fbaebb606d9bbfdc1e466";
    EXPECT_EQ(api.result("EthGetTransactionReceiptLimited", {old, 100}), Json());
    EXPECT_EQ(api.result("EthGetTransactionByHashLimited", {old, 400})["hash"], old);
    EXPECT_THAT(api.error("EthGetBlockReceiptsLimited", {"0x448", 100}), HasSubstr("older than the allowed lookback"));
    EXPECT_EQ(api.result("EthGetBlockReceiptsLimited", {"0x448", 400}).size(), 1U);
}

TEST(EthereumBlockMethods, OfTheNodeItself) {
    auto& api = *indexed("long").api;
    EXPECT_EQ(api.result("eth_getBlockByNumber", {"0x0", true})["transactions"], Json::array()) << "genesis";
    EXPECT_EQ(api.result("eth_getBlockReceipts", {"0x0"}), Json::array());
    EXPECT_EQ(api.result("eth_accounts", {}), Json::array());
    EXPECT_EQ(api.result("eth_syncing", {}), false);
    EXPECT_EQ(api.result("net_listening", {}), true);
    EXPECT_EQ(api.result("net_peerCount", {}), "0x0");
    // keccak-256 of nothing, and of "hello world" (the example of the method in Ethereum's wiki).
    EXPECT_EQ(api.result("web3_sha3", {"0x"}), "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    EXPECT_EQ(api.result("web3_sha3", {"0x68656c6c6f20776f726c64"}),
              "0x47173285a8d7341e5e972fc677286384f802f8ef42a5ec5f03bbfa254cb01fad");
}

class ApiEthereumBlocks : public testing::TestNode {
  protected:
    void SetUp() override {
        TestNode::SetUp();
        mine_at(1);
        low = height();
        mine_at(low + 4);
        middle = height();
        mine_at(middle + 1);
        mine_at(height() + 1);
    }
    ChainEpoch low = 0;     // null rounds follow on this one
    ChainEpoch middle = 0;  // up to this one
};

// Source: lotus api/api_errors.go (ErrNullRound), node/impl/eth/tipsetresolver.go.
TEST_F(ApiEthereumBlocks, NullRoundsHaveNoBlock) {
    const std::string null = hex(low + 1);
    for (const auto& [method, params] : std::vector<std::pair<std::string, testing::Params>>{
             {"eth_getBlockByNumber", {null, true}},
             {"eth_getBlockTransactionCountByNumber", {null}},
             {"eth_getTransactionByBlockNumberAndIndex", {null, "0x0"}},
             {"eth_getBlockReceipts", {null}}}) {
        const auto error = ask(method, params)["error"];
        EXPECT_EQ(error["code"], 12) << method;
        EXPECT_EQ(error["data"], low + 1);
        EXPECT_EQ(error["message"], "requested epoch was a null round (" + std::to_string(low + 1) + ")");
    }
    EXPECT_EQ(result("eth_getBlockByNumber", {hex(low), false})["number"], hex(low));
    EXPECT_THAT(message("eth_getBlockByNumber", {hex(height()), false}), HasSubstr("future epoch"));
    EXPECT_THAT(message("eth_getBlockByNumber", {"earliest", false}), HasSubstr("not supported"));
    EXPECT_EQ(result("eth_getBlockByNumber", {"latest", false})["number"], result("eth_blockNumber"));
    EXPECT_EQ(result("eth_getBlockByNumber", {"pending", false})["number"], hex(height()));
    EXPECT_EQ(code("eth_getBlockByNumber", {"0x" + std::string(64, '1'), false}), -32700) << "a hash is not a number";
}

TEST_F(ApiEthereumBlocks, EmptyBlocksForNullRoundsMakeAChainWithoutGaps) {
    Options options;
    options.empty_blocks = true;
    open(options);
    Json above;
    for (ChainEpoch epoch = middle; epoch >= low; --epoch) {
        const auto block = result("eth_getBlockByNumber", {hex(epoch), true});
        EXPECT_EQ(block["number"], hex(epoch));
        if (!above.is_null()) EXPECT_EQ(above["parentHash"], block["hash"]) << epoch;
        EXPECT_EQ(result("eth_getBlockByHash", {block["hash"], true}), block);
        EXPECT_EQ(result("eth_getBlockReceipts", {block["hash"]}), Json::array());
        EXPECT_EQ(std::stoull(block["timestamp"].get<std::string>(), nullptr, 16), network.timestamp_at(epoch));
        above = block;
    }
    const auto null = result("eth_getBlockByNumber", {hex(low + 1), false})["hash"];
    EXPECT_EQ(result("eth_getLogs", {{{"blockHash", null}}}), Json::array());
    const auto anybody = "0xff00000000000000000000000000000000000001";
    EXPECT_EQ(result("eth_getBalance", {anybody, null}), result("eth_getBalance", {anybody, hex(low)}));
    EXPECT_EQ(result("eth_getBlockTransactionCountByNumber", {hex(low + 1)}), "0x0");
    EXPECT_EQ(result("eth_getUncleCountByBlockNumber", {hex(low + 1)}), "0x0");
}

}  // namespace
}  // namespace strata::api
