// The form of the answers is Lotus' (chain/types/execresult.go, api/types.go). That traces are the same as Lotus' is
// tested in conformance/lotus_traces_test.cpp.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include <strata/api/test_node.hpp>
#include <strata/api/test_recorded_api.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;

class ApiExecution : public testing::TestNode {};

TEST_F(ApiExecution, AMessageIsReplayed) {
    const auto cid = push(transfer(0, Address::id(101), 5));
    mine_at(1);
    mine_at(height() + 1);
    const auto replayed = result("StateReplay", {nullptr, cid});
    EXPECT_EQ(replayed["MsgCid"], cid);
    EXPECT_EQ(replayed["MsgRct"]["ExitCode"], 0);
    EXPECT_EQ(replayed["Error"], "");
    EXPECT_EQ(replayed["GasCost"]["Message"], cid);
    const auto& trace = replayed["ExecutionTrace"];
    EXPECT_EQ(trace["Msg"]["To"], "t0101");
    EXPECT_EQ(trace["Msg"]["Value"], "5");
    EXPECT_EQ(trace["Msg"]["Params"], Json());
    EXPECT_EQ(trace["InvokedActor"]["Id"], 101);
    EXPECT_EQ(trace["Subcalls"], Json());
    EXPECT_FALSE(trace.contains("Logs"));
    const auto& charge = trace["GasCharges"][0];
    EXPECT_EQ(charge["Name"], "OnChainMessage");
    EXPECT_EQ(charge["tg"], charge["cg"].get<int>() + charge["sg"].get<int>());

    const auto tipset = result("StateSearchMsg", {nullptr, cid, -1, true})["TipSet"];
    EXPECT_THAT(message("StateReplay", {tipset, cid}), HasSubstr("given message not found in tipset"));
}

// Lotus' trace of a tipset has its messages, rewards and cron; no costs belong to implicit messages.
TEST_F(ApiExecution, ATipsetIsComputed) {
    const auto cid = push(transfer(0, Address::id(101)));
    mine_at(1);
    const auto computed = result("StateCompute", {height(), nullptr, nullptr});
    const auto& traces = computed["Trace"];
    ASSERT_GE(traces.size(), 3U);
    const auto& cron = traces[traces.size() - 1];
    EXPECT_EQ(cron["ExecutionTrace"]["Msg"]["To"], "t03");
    EXPECT_FALSE(cron["ExecutionTrace"]["Subcalls"].empty());
    EXPECT_EQ(cron["GasCost"]["Message"], Json());
    EXPECT_EQ(cron["GasCost"]["TotalCost"], "0");
    EXPECT_EQ(traces[traces.size() - 3]["MsgCid"], cid);
    EXPECT_EQ(traces[traces.size() - 2]["ExecutionTrace"]["Msg"]["To"], "t02");
    const auto& root = computed["Root"];
    mine_at(height() + 1);
    EXPECT_EQ(result("ChainHead")["Blocks"][0]["ParentStateRoot"], root);
}

// Lotus runs the messages as in a block at the height (chain/stmgr/utils.go, ComputeState), so the result is that of a
// block which takes them.
TEST_F(ApiExecution, MessagesAreComputedOnTopOfATipset) {
    mine_at(1);
    const auto message = transfer(0, Address::id(101), 5);
    const Json asked = Printer('t')(message.message);
    const auto alone = result("StateCompute", {height() + 1, nullptr, nullptr});
    const auto computed = result("StateCompute", {height() + 1, Json::array({asked}), nullptr});
    EXPECT_NE(computed["Root"], alone["Root"]);
    ASSERT_EQ(computed["Trace"].size(), alone["Trace"].size() + 1);
    const auto& last = computed["Trace"].back();
    EXPECT_EQ(last["Msg"]["Value"], "5");
    const auto cid = push(message);
    mine_at(height() + 1);
    mine_at(height() + 1);
    const auto landed = result("StateReplay", {nullptr, cid});
    EXPECT_EQ(last["MsgRct"]["ExitCode"], landed["MsgRct"]["ExitCode"]);
    for (const char* part : {"Msg", "InvokedActor", "Subcalls"})
        EXPECT_EQ(last["ExecutionTrace"][part], landed["ExecutionTrace"][part]) << part;

    auto dear = asked;
    dear["GasLimit"] = 10'000'000'001;
    EXPECT_THAT(this->message("StateCompute", {height(), Json::array({dear}), nullptr}), HasSubstr("gas of one block"));
    dear["GasLimit"] = 5'000'000'001;  // one fits, two do not
    EXPECT_THAT(this->message("StateCompute", {height(), Json::array({dear, dear}), nullptr}),
                HasSubstr("gas of one block"));
    dear["GasLimit"] = -1;
    EXPECT_THAT(this->message("StateCompute", {height(), Json::array({dear}), nullptr}),
                HasSubstr("the gas limit of a message is -1"));
    EXPECT_THAT(this->message("StateCompute", {-1, nullptr, nullptr}), HasSubstr("expected 0 or more"));
}

TEST_F(ApiExecution, ACallHasItsTrace) {
    mine_at(1);
    const Json call{{"From", text(client())}, {"To", "t04"}, {"Method", 4711}};
    const auto trace = result("StateCall", {call, nullptr})["ExecutionTrace"];
    EXPECT_EQ(trace["MsgRct"]["ExitCode"], 22);
    EXPECT_EQ(trace["InvokedActor"]["Id"], 4);
    EXPECT_EQ(trace["GasCharges"][0]["Name"], "none");
}

class ApiExecutionAtUpgrade : public testing::TestNode {
  protected:
    ApiExecutionAtUpgrade() { network.upgrades.move("Xx", 2); }
};

// A call in a tipset whose parents stand at an upgrade runs in the parents (lotus node/impl/full/state.go, StateCall).
TEST_F(ApiExecutionAtUpgrade, ACallIsAnsweredOnBothSides) {
    mine_to(5);
    for (ChainEpoch epoch = 0; epoch <= 5; ++epoch) {
        const auto key = result("ChainGetTipSetByHeight", {epoch, nullptr})["Cids"];
        const Json call{{"From", text(client())}, {"To", "t04"}, {"Method", 4711}};
        EXPECT_EQ(result("StateCall", {call, key})["MsgRct"]["ExitCode"], 22) << epoch;
    }
}

// A piece that fills its sector is the sector's data. Deal 2 of the recorded chain is such a piece (StateMarketDeals in
// api_samples.json), and Lotus' actors accepted it.
TEST(ApiDataCid, is_the_piece_of_a_deal_that_fills_the_sector) {
    auto& chain = testing::recorded("long");
    const auto deals = Json::parse(chain.lotus.sample("StateMarketDeals").dump());
    const auto ask = [&](const char* miner, const Json& ids) { return testing::Params{miner, 5, ids, chain.head()}; };
    EXPECT_EQ(deals["2"]["Proposal"]["PieceSize"], 2048);
    EXPECT_EQ(chain.api.result("StateComputeDataCID", ask("t01000", {2})), deals["2"]["Proposal"]["PieceCID"]);
    EXPECT_EQ(chain.api.result("StateComputeDataCID", ask("t01000", nullptr)), Json());
    EXPECT_THAT(chain.api.error("StateComputeDataCID", ask("t01000", {77})),
                HasSubstr("receipt for VerifyDealsForActivation had exit code"));
    EXPECT_THAT(chain.api.error("StateComputeDataCID", ask("t01002", {2})), HasSubstr("exit code"));
}

}  // namespace
}  // namespace strata::api
