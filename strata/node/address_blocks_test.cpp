// The expected texts are those of Go's net.IP and net.IPNet (String), which Lotus lists.
#include <gtest/gtest.h>

#include <strata/node/address_blocks.hpp>

namespace strata::node {
namespace {

using Texts = std::vector<std::string>;

bool blocks(const AddressBlocks& list, const std::string& address) {
    return list.contains(*net::Multiaddr::parse(address));
}

TEST(AddressBlocks, AddressesAndSubnetsAreFound) {
    AddressBlocks list;
    ASSERT_TRUE(list.add_address("10.1.2.3"));
    ASSERT_TRUE(list.add_address("2001:db8::1"));
    ASSERT_TRUE(list.add_subnet("10.9.77.1/16"));
    ASSERT_TRUE(list.add_subnet("fd00::/8"));
    EXPECT_TRUE(blocks(list, "/ip4/10.1.2.3/tcp/1"));
    EXPECT_FALSE(blocks(list, "/ip4/10.1.2.4/tcp/1"));
    EXPECT_TRUE(blocks(list, "/ip4/10.9.0.200/tcp/1"));
    EXPECT_FALSE(blocks(list, "/ip4/10.10.0.1/tcp/1"));
    EXPECT_TRUE(blocks(list, "/ip6/::ffff:a01:203/tcp/1"));  // 10.1.2.3 within IPv6
    EXPECT_TRUE(blocks(list, "/ip6/2001:db8::1/tcp/1"));
    EXPECT_TRUE(blocks(list, "/ip6/fdff::9/tcp/1"));
    EXPECT_FALSE(blocks(list, "/dns/example.org/tcp/1"));
    EXPECT_EQ(list.addresses(), (Texts{"10.1.2.3", "2001:db8::1"}));
    EXPECT_EQ(list.subnets(), (Texts{"10.9.0.0/16", "fd00::/8"}));
}

// Go: ParseCIDR("::ffff:10.9.77.1/112") is the network that IPNet.String writes as 10.9.0.0/16.
TEST(AddressBlocks, SubnetsOfIpv4WithinIpv6AreThoseOfIpv4) {
    AddressBlocks list;
    ASSERT_TRUE(list.add_subnet("::ffff:10.9.77.1/112"));
    EXPECT_TRUE(blocks(list, "/ip4/10.9.0.200/tcp/1"));
    EXPECT_TRUE(blocks(list, "/ip6/::ffff:a09:1/tcp/1"));
    EXPECT_FALSE(blocks(list, "/ip4/10.10.0.1/tcp/1"));
    EXPECT_EQ(list.subnets(), Texts{"10.9.0.0/16"});
    AddressBlocks same;
    ASSERT_TRUE(same.add_subnet("10.9.0.0/16"));
    list.remove(same);
    EXPECT_TRUE(list.empty());
    // The whole of IPv4; a shorter prefix has nothing of the mapping left and is one of IPv6.
    ASSERT_TRUE(list.add_subnet("::ffff:0.0.0.0/96"));
    EXPECT_TRUE(blocks(list, "/ip4/1.2.3.4/tcp/1"));
    EXPECT_FALSE(blocks(list, "/ip6/2001:db8::1/tcp/1"));
    AddressBlocks wide;
    ASSERT_TRUE(wide.add_subnet("::ffff:1.2.3.4/95"));
    EXPECT_FALSE(blocks(wide, "/ip4/1.2.3.4/tcp/1"));
}

TEST(AddressBlocks, WhatIsTakenBackIsFreeAgain) {
    AddressBlocks list;
    ASSERT_TRUE(list.add_address("10.1.2.3"));
    ASSERT_TRUE(list.add_subnet("10.9.0.0/16"));
    AddressBlocks taken;
    ASSERT_TRUE(taken.add_subnet("10.9.0.0/16"));
    list.remove(taken);
    EXPECT_FALSE(blocks(list, "/ip4/10.9.0.1/tcp/1"));
    EXPECT_TRUE(blocks(list, "/ip4/10.1.2.3/tcp/1"));
}

TEST(AddressBlocks, TextThatIsNoAddressIsRefused) {
    AddressBlocks list;
    for (const char* text : {"", "10.1.2", "10.1.2.256", "example.org", "10.1.2.3/8"})
        EXPECT_FALSE(list.add_address(text)) << text;
    for (const char* text : {"", "10.1.2.3", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "::/129"})
        EXPECT_FALSE(list.add_subnet(text)) << text;
    EXPECT_TRUE(list.empty());
}

}  // namespace
}  // namespace strata::node
