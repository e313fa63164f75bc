// The expected values follow Lotus' rules, which each test names.
#include <nlohmann/json.hpp>

#include <sstream>

#include <strata/api/test_node.hpp>
#include <strata/api/test_recorded_api.hpp>
#include <strata/index/follower.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::api {
namespace {

class ApiSearch : public testing::TestNode {
  protected:
    static constexpr const char* kNobody = "t1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa";
};

// Addresses are compared as written, and the newest tipset comes first (lotus node/impl/full/state.go,
// StateListMessages).
TEST_F(ApiSearch, ListsMessages) {
    const Printer print('t');
    const auto cids = result("MpoolBatchPush", {{print(transfer(0, Address::id(101))), print(transfer(1, client()))}});
    ASSERT_EQ(cids.size(), 2U);
    mine_at(1);
    mine_at(height() + 1);
    EXPECT_EQ(result("StateListMessages", {{{"From", text(client())}}, nullptr, 0}).size(), 2U);
    EXPECT_EQ(result("StateListMessages", {{{"To", text(client())}, {"From", ""}}, nullptr, 0}),
              Json::array({cids[1]}));
    EXPECT_EQ(result("StateListMessages", {{{"to", text(client())}, {"from", nullptr}}, nullptr, 0}),
              Json::array({cids[1]}));
    EXPECT_EQ(result("StateListMessages", {{{"From", text(client())}}, nullptr, height()}), Json());
    EXPECT_EQ(result("StateListMessages", {{{"To", kNobody}}, nullptr, 0}), Json());
    EXPECT_EQ(code("StateListMessages", {Json::object(), nullptr, 0}), 1);
    EXPECT_EQ(code("MpoolBatchPush", {Json::array({1})}), -32700);
}

// A message whose gas is below the cost of inclusion moves no nonce, so only an index finds it. Lotus' receipts of all
// messages are in tipsets.jsonl, this one in epoch 786.
TEST(ApiSearchIndex, FindsEveryMessageThatLotusExecuted) {
    auto& lotus = testing::recorded("long").lotus;
    const strata::testing::TempFolder folder;
    const auto index =
        *index::ChainIndex::open(folder / "index", lotus.node->genesis()->cids()[0], lotus.network.chain_id);
    ASSERT_TRUE(index::follow(*lotus.node, *index));
    ASSERT_TRUE(index::extend_down(*lotus.node, *index, UINT64_MAX));
    Options options;
    options.index = index.get();
    testing::Asker api(*lotus.node, options);

    std::istringstream lines(
        strata::testing::read_file(*strata::testing::find_vectors("lotus-devnet/long") / "tipsets.jsonl"));
    int found = 0, refused = 0;
    for (std::string text; std::getline(lines, text);) {
        const auto line = Json::parse(text);
        if (!line.contains("messages")) continue;
        for (const auto& message : line["messages"]) {
            const Json cid{{"/", message["cid"]}};
            const auto got = api.result("StateSearchMsg", {nullptr, cid, -1, true});
            ASSERT_FALSE(got.is_null()) << message["cid"];
            EXPECT_EQ(got["Message"], cid);
            EXPECT_EQ(got["Receipt"]["ExitCode"], message["receipt"]["exit_code"]);
            EXPECT_EQ(got["Receipt"]["GasUsed"], message["receipt"]["gas_used"]);
            EXPECT_GT(got["Height"], line["epoch"]);
            // The tipset of the answer is the child, as far from `from` as the limit says.
            const auto below = lotus.head->height() - got["Height"].get<ChainEpoch>();
            EXPECT_TRUE(api.result("StateSearchMsg", {nullptr, cid, below, true}).is_null());
            EXPECT_EQ(api.result("StateSearchMsg", {nullptr, cid, below + 1, true}), got);
            EXPECT_TRUE(api.result("StateSearchMsg", {got["TipSet"], cid, -1, true}) == got);
            ++found;
            if (message["receipt"]["gas_used"] == 0) ++refused;
        }
    }
    EXPECT_GT(found, 100);
    EXPECT_EQ(refused, 1);
}

}  // namespace
}  // namespace strata::api
