#include <strata/node/health.hpp>

#include <gtest/gtest.h>

namespace strata::node {
namespace {

TEST(Health, a_node_is_ready_when_its_head_is_near_and_no_part_fails) {
    Metrics metrics;
    Health health("provider-1", metrics);
    EXPECT_EQ(health.waits_for(0), "the node is starting");
    health.at(100);
    EXPECT_EQ(health.waits_for(99), "");
    EXPECT_NE(health.waits_for(70).find("30 epochs behind epoch 100"), std::string::npos) << health.waits_for(70);
    health.ran(Part::mining, fail(Errc::io, "/secret/folder: sector 3 cannot be read"));
    EXPECT_NE(health.waits_for(99).find("the mining part has failed since epoch 100"), std::string::npos);
    EXPECT_EQ(health.waits_for(99).find("/secret"), std::string::npos) << "local paths are not for clients";
    health.ran(Part::mining, {});
    EXPECT_EQ(health.waits_for(99), "");
}

TEST(Health, failures_in_a_row_are_counted_from_the_first) {
    Metrics metrics;
    Health health("provider-1", metrics);
    health.at(7);
    health.ran(Part::provider, fail(Errc::io, "disk full"));
    health.at(8);
    health.ran(Part::provider, fail(Errc::io, "disk full"));
    const auto failures = health.failures();
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures.at(Part::provider).times, 2U);
    EXPECT_EQ(failures.at(Part::provider).since, 7);
    EXPECT_NE(metrics.text().find("strata_failures_total{part=\"provider\"} 2"), std::string::npos) << metrics.text();
}

}  // namespace
}  // namespace strata::node
