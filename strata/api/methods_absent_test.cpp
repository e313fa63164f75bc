// A Lotus with F3 and payment channels switched off answers so: api/api_errors.go (codes 4 and 13, since go-jsonrpc's
// FirstUserCode is 2), node/impl/full/f3.go, node/impl/paych/paych.go. GC and blocks: node/impl/full/chain.go.
#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

class ApiAbsentMethods : public testing::TestNode {};

TEST_F(ApiAbsentMethods, F3AndPaymentChannelsAreOff) {
    EXPECT_EQ(ask("F3IsRunning")["error"], Json({{"code", 4}, {"message", "f3 is disabled"}}));
    EXPECT_EQ(code("F3GetLatestCertificate"), 4);
    EXPECT_EQ(code("F3GetCertificate", {5}), 4);
    EXPECT_EQ(code("F3GetECPowerTable", {nullptr}), 4);
    EXPECT_EQ(code("F3GetOrRenewParticipationTicket", {"t01000", "", 1}), 4);
    EXPECT_EQ(ask("PaychList")["error"],
              Json({{"code", 13}, {"message", "payment channels disabled (EnablePaymentChannelManager=false)"}}));
    EXPECT_EQ(code("PaychGet", {"t01000", "t01001", "1", Json::object()}), 13);
    EXPECT_EQ(code("PaychList", {1}), -32602);
}

TEST_F(ApiAbsentMethods, WhatTheStoreDoesNotDoIsRefused) {
    EXPECT_EQ(message("ChainHotGC", {Json::object()}), "base blockstore does not support hot GC");
    EXPECT_EQ(message("ChainPrune", {Json::object()}), "base blockstore does not support pruning");
    EXPECT_EQ(message("ChainCheckBlockstore"), "underlying blockstore does not support health checks");
    EXPECT_EQ(code("ChainPutObj", {Json::object()}), -32700);
    EXPECT_EQ(message("NetStat", {"system"}), "this node is not connected to a network of peers");
}

}  // namespace
}  // namespace strata::api
