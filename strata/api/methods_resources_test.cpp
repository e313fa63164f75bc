// The form is that of lotus node/impl/net/rcmgr.go and api/types.go: scopes that were not asked for are left out.
#include <strata/api/network_usage.hpp>
#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

class FakeUsage final : public NetworkUsage {
  public:
    Result<NetworkUse> use() override {
        const ScopeUse some{
            .streams_in = 1, .streams_out = 2, .connections_in = 3, .connections_out = 4, .files = 7, .memory = 600};
        return NetworkUse{.system = some, .transient = {}, .protocols = {{"/p/1", some}}, .peers = {{"12D3", some}}};
    }
    ScopeLimit limit(Scope scope) override {
        if (scope == Scope::system) return {.memory = 1'000, .connections = 256, .files = 256};
        return {};
    }
};

class ApiResourceMethods : public testing::TestNode {
  protected:
    void SetUp() override {
        TestNode::SetUp();
        Options options;
        options.usage = &usage;
        open(options);
    }
    FakeUsage usage;
};

TEST_F(ApiResourceMethods, EachScopeShowsWhatItHolds) {
    const Json some{{"NumStreamsInbound", 1},
                    {"NumStreamsOutbound", 2},
                    {"NumConnsInbound", 3},
                    {"NumConnsOutbound", 4},
                    {"NumFD", 7},
                    {"Memory", 600}};
    const Json none{{"NumStreamsInbound", 0},
                    {"NumStreamsOutbound", 0},
                    {"NumConnsInbound", 0},
                    {"NumConnsOutbound", 0},
                    {"NumFD", 0},
                    {"Memory", 0}};
    EXPECT_EQ(result("NetStat", {"system"}), Json({{"System", some}}));
    EXPECT_EQ(result("NetStat", {"transient"}), Json({{"Transient", none}}));
    EXPECT_EQ(result("NetStat", {"proto:/p/1"}), Json({{"Protocols", {{"/p/1", some}}}}));
    EXPECT_EQ(result("NetStat", {"peer:12D3"}), Json({{"Peers", {{"12D3", some}}}}));
    EXPECT_EQ(result("NetStat", {"peer:other"}), Json({{"Peers", {{"other", none}}}}));
    EXPECT_EQ(result("NetStat", {"svc:kad"}), Json({{"Services", {{"kad", none}}}}));
    EXPECT_EQ(
        result("NetStat", {"all"}),
        Json({{"System", some}, {"Transient", none}, {"Protocols", {{"/p/1", some}}}, {"Peers", {{"12D3", some}}}}));
    EXPECT_EQ(message("NetStat", {"x"}), "invalid scope x");
}

TEST_F(ApiResourceMethods, LimitsAreShownAndCannotBeSet) {
    EXPECT_EQ(result("NetLimit", {"system"}), Json({{"Memory", 1'000},
                                                    {"Streams", 0},
                                                    {"StreamsInbound", 0},
                                                    {"StreamsOutbound", 0},
                                                    {"Conns", 256},
                                                    {"ConnsInbound", 0},
                                                    {"ConnsOutbound", 0},
                                                    {"FD", 256}}));
    EXPECT_FALSE(result("NetLimit", {"peer:x"}).contains("Memory"));
    EXPECT_EQ(message("NetLimit", {"all"}), "invalid scope all");
    EXPECT_EQ(message("NetSetLimit", {"system", Json::object()}),
              "the limits of this node's network cannot be changed while it runs");
}

}  // namespace
}  // namespace strata::api
