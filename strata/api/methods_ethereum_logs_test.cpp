// Logs and filters. Lotus 1.36.2 recorded the logs of a contract (api_samples.json) and of all blocks (eth.jsonl); the
// rules are those of its node/impl/eth/events.go and chain/events/filter.
#include <gmock/gmock.h>

#include <sstream>

#include <nlohmann/json.hpp>

#include <strata/api/ethereum_feed.hpp>
#include <strata/api/test_ethereum_node.hpp>
#include <strata/api/test_recorded_api.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;
using testing::kRecorded;
using testing::recorded;

struct IndexedApi {
    explicit IndexedApi(const std::string& name) : lotus(recorded(name).lotus) {
        index = *index::ChainIndex::open(folder / "index", lotus.node->genesis()->cids()[0], lotus.network.chain_id);
        EXPECT_TRUE(index::follow(*lotus.node, *index));
        Options options;
        options.index = index.get();
        api.emplace(*lotus.node, options);
    }
    void complete() { EXPECT_TRUE(index::extend_down(*lotus.node, *index, UINT64_MAX)); }

    strata::testing::TempFolder folder;
    chain::testing::RecordedNode& lotus;
    std::unique_ptr<index::ChainIndex> index;
    std::optional<testing::Asker> api;
};

Json filter(const std::string& from, const std::string& to) {
    return {{"fromBlock", from}, {"toBlock", to}};
}

TEST(EthereumLogs, AreThoseOfLotus) {
    for (const auto& name : kRecorded) {
        IndexedApi one(name);
        one.complete();
        int compared = 0;
        for (const auto& sample : one.lotus.samples) {
            if (sample["method"] != "eth_getLogs") continue;
            EXPECT_EQ(one.api->result("eth_getLogs", Json::parse(sample["params"].dump())),
                      Json::parse(sample["result"].dump()));
            ++compared;
        }
        EXPECT_GT(compared, 0);
        std::istringstream lines(
            strata::testing::read_file(*strata::testing::find_vectors("lotus-devnet/" + name) / "eth.jsonl"));
        for (std::string text; std::getline(lines, text);) {
            const auto line = Json::parse(text);
            Json expected = Json::array();
            for (const auto& receipt : line["receipts"])
                for (const auto& log : receipt["logs"]) expected.push_back(log);
            const Json& block = line["block"];
            EXPECT_EQ(one.api->result("eth_getLogs", {{{"blockHash", block["hash"]}}}), expected);
            EXPECT_EQ(one.api->result("eth_getLogs", {filter(block["number"], block["number"])}), expected);
            for (const auto& log : expected) {
                const Json narrow{{"blockHash", block["hash"]}, {"address", log["address"]}, {"topics", log["topics"]}};
                EXPECT_FALSE(one.api->result("eth_getLogs", {narrow}).empty());
            }
        }
    }
}

TEST(EthereumLogs, ARangeThatIsNotInTheIndexIsAnError) {
    IndexedApi one("long");
    const ChainEpoch head = one.lotus.head->height();
    const auto last = [&](ChainEpoch below) {
        std::ostringstream out;
        out << "0x" << std::hex << head - below;
        return out.str();
    };
    // Only the tip is in the index, whose events are not known yet.
    EXPECT_THAT(one.api->error("eth_getLogs", {filter("0x1", last(1))}),
                HasSubstr("the events of epochs 1 to " + std::to_string(head - 1)));
    ASSERT_TRUE(index::extend_down(*one.lotus.node, *one.index, 100));
    const auto covered = **one.index->coverage();
    EXPECT_THAT(one.api->error("eth_getLogs", {filter("0x1", last(1))}),
                HasSubstr("has " + std::to_string(covered.lowest) + " to"));
    EXPECT_EQ(one.api->code("eth_getLogs", {filter(last(90), last(1))}), 0);
    one.complete();
    EXPECT_EQ(one.api->code("eth_getLogs", {filter("0x1", last(1))}), 0);

    // Without an index, some newest tipsets are read from the chain, and no more.
    auto& bare = recorded("long").api;
    EXPECT_EQ(bare.result("eth_getLogs", {filter(last(60), last(1))}),
              one.api->result("eth_getLogs", {filter(last(60), last(1))}));
    EXPECT_THAT(bare.error("eth_getLogs", {filter("0x1", last(1))}), HasSubstr("no index"));
}

TEST(EthereumLogs, Refusals) {
    IndexedApi one("long");
    one.complete();
    auto& api = *one.api;
    const std::string any = "0x" + std::string(64, '1');
    EXPECT_THAT(api.error("eth_getLogs", {{{"topics", {any, any, any, any, any}}}}),
                HasSubstr("too many topics in filter: 5, max: 4"));
    EXPECT_EQ(api.code("eth_getLogs", {filter("0x0", "0xb41")}), -32005) << "2,881 epochs";
    EXPECT_THAT(api.error("eth_getLogs", {filter("0x0", "0xb41")}),
                HasSubstr("block range exceeds maximum of 2880 (got 2881)"));
    EXPECT_THAT(api.error("eth_getLogs", {filter("0x2", "0x1")}), HasSubstr("invalid epoch range"));
    EXPECT_THAT(api.error("eth_getLogs", {filter("0x10", "0x900")}), HasSubstr("not yet available"));
    EXPECT_THAT(api.error("eth_getLogs", {filter("16", "0x10")}), HasSubstr("FromBlock is not a hex"));
    EXPECT_THAT(api.error("eth_getLogs", {{{"blockHash", any}, {"fromBlock", "0x1"}}}),
                HasSubstr("must not specify block hash and from/to block"));
    EXPECT_THAT(api.error("eth_getLogs", {{{"blockHash", any}}}), HasSubstr("failed to get tipset by cid"));
    EXPECT_EQ(api.code("eth_getLogs", {{{"address", "0x12"}}}), -32700);
    EXPECT_EQ(api.code("eth_getLogs", {{{"address", Json::array_t(1'001, "0x" + std::string(40, '1'))}}}), -32700);
    EXPECT_EQ(api.code("eth_getLogs", {5}), -32700);
    EXPECT_EQ(api.result("eth_getLogs", {filter("earliest", "0x10")}), Json::array());
    EXPECT_EQ(api.result("eth_getLogs", {Json::object()}), Json::array());
}

// The events of builtin actors are those of the receipts, and events of contracts are there in Lotus' form.
TEST(ActorEvents, OfTheRecordedChain) {
    IndexedApi one("long");
    one.complete();
    auto& api = *one.api;
    const auto all = api.result("GetActorEventsRaw", {{{"fromHeight", 0}, {"toHeight", 1399}}});
    ASSERT_GT(all.size(), 5U);
    for (const auto& event : all) {
        EXPECT_FALSE(event["reverted"].get<bool>());
        EXPECT_TRUE(event["emitter"].get<std::string>().starts_with("t"));
        EXPECT_FALSE(event["entries"].empty());
    }
    EXPECT_EQ(api.result("GetActorEventsRaw", {Json()}), Json()) << "without a range there is no past";
    const auto emitter = all[0]["emitter"];
    const auto of_emitter =
        api.result("GetActorEventsRaw", {{{"fromHeight", 0}, {"toHeight", 1399}, {"addresses", {emitter}}}});
    EXPECT_LE(of_emitter.size(), all.size());
    for (const auto& event : of_emitter) EXPECT_EQ(event["emitter"], emitter);
    const auto& entry = all[0]["entries"][0];
    const Json value{{"codec", entry["Codec"]}, {"value", entry["Value"]}};
    const auto of_field =
        api.result("GetActorEventsRaw",
                   {{{"fromHeight", 0}, {"toHeight", 1399}, {"fields", {{entry["Key"].get<std::string>(), {value}}}}}});
    EXPECT_FALSE(of_field.empty());
    for (const auto& event : of_field) EXPECT_EQ(event["entries"][0]["Value"], entry["Value"]);
    const auto in_tipset = api.result("GetActorEventsRaw", {{{"tipsetKey", all[0]["tipsetKey"]}}});
    for (const auto& event : in_tipset) EXPECT_EQ(event["height"], all[0]["height"]);
    EXPECT_EQ(api.code("GetActorEventsRaw", {{{"fromHeight", 5}, {"toHeight", 1}}}), 1);
    EXPECT_EQ(api.code("GetActorEventsRaw", {{{"fromHeight", -1}}}), 1);
}

class ApiEthereumFilters : public testing::EthereumNode {
  protected:
    Json changes(const Json& id) { return result("eth_getFilterChanges", {id}); }
    /// Waits until a filter has values: the feed has a thread of its own.
    Json wait_for_changes(const Json& id) {
        for (int i = 0; i < 400; ++i) {
            auto got = changes(id);
            if (!got.empty()) return got;
            std::this_thread::sleep_for(std::chrono::milliseconds(25));
        }
        ADD_FAILURE() << "the filter has nothing";
        return Json::array();
    }
    void emit(Nonce nonce) {
        push(call(nonce, contract_address, kMethodInvokeEvm));
        mine();
        mine();
    }
};

TEST_F(ApiEthereumFilters, LogsOfThePastAndOfTheFuture) {
    emit(2);
    const Json emitted{{"fromBlock", "0x0"}, {"address", contract}};
    const auto old = result("eth_getLogs", {emitted});
    ASSERT_EQ(old.size(), 1U) << "without a follower, the newest tipsets are read from the chain";
    EXPECT_EQ(old[0]["topics"], Json::array({"0x" + std::string(kTopic)}));
    const auto id = result("eth_newFilter", {emitted});
    EXPECT_EQ(id.get<std::string>().size(), 66U);
    EXPECT_TRUE(id.get<std::string>().ends_with(std::string(32, '0')));
    const auto nobody = result("eth_newFilter", {{{"address", account_text()}}});
    emit(3);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    auto got = wait_for_changes(id);
    if (got.size() == 1) got.push_back(wait_for_changes(id)[0]);
    ASSERT_EQ(got.size(), 2U);
    EXPECT_EQ(got[0], old[0]);
    EXPECT_EQ(got[1], result("eth_getLogs", {{{"blockHash", got[1]["blockHash"]}}})[0]);
    EXPECT_EQ(changes(nobody), Json::array());
    EXPECT_EQ(result("eth_uninstallFilter", {id}), true);
    EXPECT_EQ(result("eth_uninstallFilter", {id}), false);
    EXPECT_THAT(message("eth_getFilterChanges", {id}), HasSubstr("filter not found"));
}

TEST_F(ApiEthereumFilters, BlocksAndMessages) {
    const auto blocks = result("eth_newBlockFilter");
    const auto pending = result("eth_newPendingTransactionFilter");
    EXPECT_THAT(message("eth_getFilterLogs", {blocks}), HasSubstr("wrong filter type"));
    const auto sent = transaction(0, contract_address);
    push(sent);
    EXPECT_EQ(wait_for_changes(pending), Json::array({hash_of(sent)}));
    mine();
    EXPECT_EQ(wait_for_changes(blocks), Json::array({result("eth_getBlockByNumber", {"pending", false})["hash"]}));
}

TEST_F(ApiEthereumFilters, AWaitingTransactionIsFoundAtOnceAndThenOnTheChain) {
    const auto sent = transaction(0, contract_address);
    push(sent);
    const std::string hash = hash_of(sent);
    const auto waiting = result("eth_getTransactionByHash", {hash});
    EXPECT_EQ(waiting["hash"], hash);
    EXPECT_EQ(waiting["blockHash"], Json());
    EXPECT_EQ(waiting["from"], account_text());
    EXPECT_EQ(waiting["to"], contract);
    EXPECT_EQ(result("eth_getTransactionReceipt", {hash}), Json());
    EXPECT_EQ(result("EthGetTransactionHashByCid", {{{"/", sent.cid().to_string()}}}), hash);
    EXPECT_EQ(result("EthGetMessageCidByTransactionHash", {hash}), (Json{{"/", sent.cid().to_string()}}));
    const auto pool = result("txpool_content");
    EXPECT_EQ(pool["pending"][account_text()]["0"], waiting);
    EXPECT_EQ(result("txpool_status"), (Json{{"pending", "0x1"}, {"queued", "0x0"}}));
    EXPECT_EQ(result("txpool_contentFrom", {account_text()})["pending"]["0"], waiting);
    EXPECT_THAT(result("txpool_inspect")["pending"][account_text()]["0"].get<std::string>(), HasSubstr(contract));
    mine();
    EXPECT_EQ(result("eth_getTransactionByHash", {hash})["blockHash"], Json()) << "in the head, without a result yet";
    EXPECT_EQ(result("eth_getTransactionReceipt", {hash}), Json());
    mine();
    const auto receipt = result("eth_getTransactionReceipt", {hash});
    EXPECT_EQ(receipt["status"], "0x1");
    EXPECT_EQ(receipt["logs"].size(), 1U);
    EXPECT_EQ(receipt["type"], "0x2");
    EXPECT_EQ(result("eth_getTransactionByHash", {hash})["blockHash"], receipt["blockHash"]);
    EXPECT_EQ(result("txpool_content"), (Json{{"pending", Json::object()}, {"queued", Json::object()}}));
    ASSERT_TRUE(index::follow(*node, *index));
    ASSERT_TRUE(index::extend_down(*node, *index, UINT64_MAX));
    EXPECT_EQ(result("eth_getTransactionReceipt", {hash}), receipt);
}

// The index answers for the chain of the head, also before it has heard of a fork.
TEST_F(ApiEthereumFilters, AFork) {
    emit(2);
    ASSERT_TRUE(index::follow(*node, *index));
    ASSERT_TRUE(index::extend_down(*node, *index, UINT64_MAX));
    const Json all{{"fromBlock", "0x0"}, {"address", contract}};
    const auto before = result("eth_getLogs", {all});
    ASSERT_EQ(before.size(), 1U);
    const auto filter = result("eth_newFilter", {{{"address", contract}}});
    changes(filter);
    const auto tip = node->head();
    const auto at = node->parent(*tip).value();  // the call is in this one
    const auto back = node->parent(*at).value();
    ASSERT_TRUE(node->set_head(back));
    EXPECT_EQ(result("eth_getLogs", {all}), Json::array()) << "the index has the fork as the chain";
    auto removed = wait_for_changes(filter);
    ASSERT_EQ(removed.size(), 1U);
    EXPECT_EQ(removed[0]["removed"], true);
    removed[0]["removed"] = false;
    EXPECT_EQ(removed, before);
    mine_second(tip->height() + 1);
    mine();
    for (int i = 0; i < 2; ++i) {
        const auto after = result("eth_getLogs", {all});
        ASSERT_EQ(after.size(), 1U);
        EXPECT_NE(after[0]["blockHash"], before[0]["blockHash"]);
        EXPECT_EQ(after[0]["transactionHash"], before[0]["transactionHash"]);
        EXPECT_EQ(result("eth_getTransactionReceipt", {after[0]["transactionHash"]})["blockHash"],
                  after[0]["blockHash"]);
        ASSERT_TRUE(index::follow(*node, *index));
    }
    // Asked by its hash, a block of the fork still has its logs (lotus chain/index/events.go).
    EXPECT_EQ(result("eth_getLogs", {{{"blockHash", before[0]["blockHash"]}}})[0]["removed"], true);
}

// A transaction whose block has left the chain waits again, although the index knows it by its hash.
TEST_F(ApiEthereumFilters, ATransactionOfAForkWaitsAgain) {
    const auto sent = transaction(0, contract_address);
    const std::string hash = hash_of(sent);
    push(sent);
    const auto before = node->head();
    mine();
    mine();
    ASSERT_TRUE(index::follow(*node, *index));
    ASSERT_TRUE(index::extend_down(*node, *index, UINT64_MAX));
    ASSERT_NE(result("eth_getTransactionReceipt", {hash}), Json());
    ASSERT_TRUE(node->set_head(before));
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(result("eth_getTransactionByHash", {hash})["blockHash"], Json());
        EXPECT_EQ(result("eth_getTransactionByHash", {hash})["hash"], hash);
        EXPECT_EQ(result("eth_getTransactionReceipt", {hash}), Json());
        ASSERT_TRUE(index::follow(*node, *index));
    }
}

TEST_F(ApiEthereumFilters, TheirNumberTheirValuesAndTheirTimeAreBounded) {
    const Options options;
    const auto feed = EthereumFeed::open(
        *node, options, {.filters = 2, .values = 3, .bytes = 1'000, .idle = std::chrono::seconds(3'600)});
    const EthereumFeed::Wanted blocks{EthereumFeed::Kind::blocks, {}};
    const auto one = feed->add_filter(blocks, {"1", "2", "3"}).value();
    EXPECT_EQ(feed->take(one, false).value(), (std::vector<std::string>{"1", "2", "3"}));
    ASSERT_TRUE(feed->add_filter(blocks, {}));
    const auto refused = feed->add_filter(blocks, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message(), "maximum number of filters registered")
        << "lotus chain/events/filter/store.go";
    ASSERT_TRUE(feed->remove_filter(one));
    const auto full = feed->add_filter(blocks, {"1", "2", "3", "4"}).value();
    EXPECT_EQ(feed->take(full, false).error().code(), Errc::too_large) << "never a part of the values";
    EXPECT_TRUE(feed->take(full, false).value().empty());
    feed->stop();

    const auto brief = EthereumFeed::open(*node, options, {.idle = std::chrono::seconds(0)});
    const auto id = brief->add_filter(blocks, {}).value();
    EXPECT_EQ(brief->take(id, false).error().code(), Errc::not_found) << "ended for want of use";
    brief->stop();
}

TEST_F(ApiEthereumFilters, Prices) {
    const auto base_fee = std::stoull(result("eth_baseFee").get<std::string>(), nullptr, 16);
    EXPECT_EQ(base_fee, node->base_fee_after(*node->head())->to_u64().value());
    const auto tip = std::stoull(result("eth_maxPriorityFeePerGas").get<std::string>(), nullptr, 16);
    const auto price = std::stoull(result("eth_gasPrice").get<std::string>(), nullptr, 16);
    EXPECT_LE(price, node->head()->parent_base_fee().to_u64().value() + tip * 101 / 100);
    EXPECT_GT(price, node->head()->parent_base_fee().to_u64().value());
    EXPECT_EQ(result("eth_blobBaseFee"), "0x1");
    const auto history = result("eth_feeHistory", {2, "latest", {10, 50}});
    EXPECT_EQ(history["baseFeePerGas"].size(), 3U);
    EXPECT_EQ(history["reward"].size(), 2U);
    EXPECT_EQ(history["gasUsedRatio"].size(), 2U);
    EXPECT_FALSE(result("eth_feeHistory", {"0x2", "latest"}).contains("reward"));
    EXPECT_EQ(code("eth_feeHistory", {1'025, "latest", Json::array()}), 1);
    EXPECT_THAT(message("eth_feeHistory", {1, "latest", {50, 10}}), HasSubstr("should be larger than"));
    EXPECT_THAT(message("eth_feeHistory", {1, "latest", {101}}), HasSubstr("between 0 and 100"));
}

}  // namespace
}  // namespace strata::api
