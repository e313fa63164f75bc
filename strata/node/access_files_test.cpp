// The forms are those of lotus cli/util/apiinfo.go and node/repo/fsrepo.go.
#include <gtest/gtest.h>

#include <strata/node/access_files.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;

TEST(AccessFiles, are_written_for_the_owner_alone_and_read_back) {
    const testing::TempFolder folder;
    ASSERT_TRUE(write_access_files(folder / "node", "http://127.0.0.1:1234", "a.b.c"));
    const auto token = fs::status(folder / "node" / "token").permissions();
    EXPECT_EQ(token, fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_TRUE(fs::is_directory(folder / "node" / "keystore"));
    auto read = read_access_files(folder / "node");
    EXPECT_EQ(read.url, "http://127.0.0.1:1234");
    EXPECT_EQ(read.token, "a.b.c");
    ASSERT_TRUE(remove_access_files(folder / "node"));
    read = read_access_files(folder / "node");
    EXPECT_EQ(read.url, "");
    EXPECT_EQ(read.token, "a.b.c");
}

TEST(AccessFiles, addresses_have_two_forms) {
    EXPECT_EQ(*multiaddr_of("http://127.0.0.1:1234"), "/ip4/127.0.0.1/tcp/1234/http");
    EXPECT_EQ(*multiaddr_of("http://[::1]:80"), "/ip6/::1/tcp/80/http");
    EXPECT_FALSE(multiaddr_of("https://a"));
    EXPECT_EQ(url_of("/ip4/127.0.0.1/tcp/1234/http"), "http://127.0.0.1:1234");
    EXPECT_EQ(url_of("/ip6/::1/tcp/80/http"), "http://[::1]:80");
    EXPECT_EQ(url_of("/dns/api.node.glif.io/tcp/443/https"), "https://api.node.glif.io:443");
    EXPECT_EQ(url_of("http://127.0.0.1:1234"), "http://127.0.0.1:1234");
}

TEST(AccessFiles, an_environment_names_token_and_address) {
    EXPECT_EQ(parse_api_info("aa.bb.cc:/ip4/127.0.0.1/tcp/1234/http").token, "aa.bb.cc");
    EXPECT_EQ(parse_api_info("aa.bb.cc:/ip4/127.0.0.1/tcp/1234/http").url, "http://127.0.0.1:1234");
    EXPECT_EQ(parse_api_info("aa.bb.cc:http://h:1").url, "http://h:1");
    EXPECT_EQ(parse_api_info("http://1.2.3:1").url, "http://1.2.3:1");
    EXPECT_EQ(parse_api_info("http://1.2.3:1").token, "");
    EXPECT_EQ(parse_api_info("").url, "");
}

}  // namespace
}  // namespace strata::node
