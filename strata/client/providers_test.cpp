// Where providers take deals: the nodes of a local network, and what miners announce on the chain. The multiaddrs are
// those of github.com/multiformats/multiaddr.
#include <gmock/gmock.h>

#include <strata/client/providers.hpp>
#include <strata/client/test_network.hpp>
#include <strata/net/multiaddr.hpp>

namespace strata::client {
namespace {

using ::testing::HasSubstr;

std::string url_of(std::string_view multiaddr) {
    return http_url(net::Multiaddr::parse(multiaddr).value().bytes()).value_or("none");
}

TEST(ProviderAddress, only_http_is_an_address_of_a_market) {
    EXPECT_EQ(url_of("/ip4/127.0.0.1/tcp/1234/http"), "http://127.0.0.1:1234");
    EXPECT_EQ(url_of("/ip6/::1/tcp/80/http"), "http://[::1]:80");
    EXPECT_EQ(url_of("/dns/example.com/tcp/443/https"), "https://example.com:443");
    EXPECT_EQ(url_of("/dns4/example.com/tcp/443/tls/http"), "https://example.com:443");
    EXPECT_EQ(url_of("/ip4/127.0.0.1/tcp/1347"), "none");
    EXPECT_EQ(url_of("/ip4/127.0.0.1/udp/1347/quic-v1"), "none");
    EXPECT_FALSE(http_url(Bytes{1, 2, 3}));
}

TEST(ProviderAddress, urls_become_multiaddrs) {
    for (const auto* url : {"http://127.0.0.1:1234", "http://[::1]:80", "https://example.com:443"}) {
        const auto address = http_multiaddr(url);
        ASSERT_TRUE(address) << url << ": " << address.error().message();
        EXPECT_EQ(http_url(*address), url);
    }
    for (const auto* url :
         {"127.0.0.1:1", "http://", "http://host", "http://host:x", "http://host:1/path", "ftp://a:1"})
        EXPECT_EQ(http_multiaddr(url).error().code(), Errc::invalid_argument) << url;
}

struct Providers : testing::StorageNetwork {};

TEST_F(Providers, a_miner_is_found_among_the_nodes) {
    search_.urls.push_back("http://127.0.0.1:1");
    const auto found = find_providers(calls_, search_, testing::kMiner, place().watch);
    ASSERT_TRUE(found) << found.error().message();
    ASSERT_EQ(found->providers.size(), 1U);
    EXPECT_EQ(found->providers[0].url, provider_.url());
    ASSERT_EQ(found->complaints.size(), 1U);
    EXPECT_THAT(found->complaints[0], HasSubstr("http://127.0.0.1:1: "));
}

TEST_F(Providers, a_miner_without_an_address_is_complained_of) {
    const auto found = find_providers(calls_, search_, Address::id(1001), place().watch);
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_TRUE(found->providers.empty());
    ASSERT_EQ(found->complaints.size(), 1U);
    EXPECT_THAT(found->complaints[0], HasSubstr("t01001: it announced no HTTP address"));
}

TEST_F(Providers, a_named_url_must_be_the_miners) {
    search_.named = true;
    const auto found = find_providers(calls_, search_, Address::id(1001), place().watch);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->providers.empty());
    ASSERT_EQ(found->complaints.size(), 1U);
    EXPECT_THAT(found->complaints[0], HasSubstr("the provider of t01000, expected t01001"));
}

TEST_F(Providers, four_addresses_of_a_miner_are_asked) {
    std::vector<std::string> urls;
    for (int port = 1; port <= 4; ++port) urls.push_back("http://127.0.0.1:" + std::to_string(port));
    urls.push_back(provider_.url());
    node_.announce(urls);
    search_.urls.clear();
    const auto found = find_providers(calls_, search_, testing::kMiner, place().watch);
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_TRUE(found->providers.empty());
    ASSERT_EQ(found->complaints.size(), 5U);
    EXPECT_THAT(found->complaints[4], HasSubstr("4 were asked"));
    EXPECT_EQ(provider_.asks(), 0U);

    std::swap(urls[1], urls[4]);
    node_.announce(urls);
    const auto second = find_providers(calls_, search_, testing::kMiner, place().watch);
    ASSERT_TRUE(second);
    ASSERT_EQ(second->providers.size(), 1U);
    EXPECT_EQ(second->complaints.size(), 1U) << "once one answers, no more are asked";
}

TEST_F(Providers, a_search_says_whom_it_asks_and_can_be_stopped) {
    stop_at_ = provider_.url() + " is asked";
    const auto stopped = find_providers(calls_, search_, std::nullopt, place().watch);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code(), Errc::cancelled);
    EXPECT_EQ(provider_.asks(), 0U);
}

TEST_F(Providers, who_is_where_it_was_is_not_searched_for) {
    const testing::ScriptedProvider other(node_, temp_ / "other");
    search_.urls = {other.url()};
    EXPECT_EQ(find_again(calls_, search_, testing::kMiner, provider_.url(), place().watch).value(), provider_.url());
    EXPECT_EQ(other.asks(), 0U);
    EXPECT_EQ(find_again(calls_, search_, testing::kMiner, "http://127.0.0.1:1", place().watch).value(), other.url());
    EXPECT_EQ(find_again(calls_, search_, Address::id(1001), "http://127.0.0.1:1", place().watch).value(), "");
}

}  // namespace
}  // namespace strata::client
