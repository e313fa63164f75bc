// Protects the beginning of a node's chain: the genesis that Lotus wrote, never that of a different network, and never
// half of one. Sources: genesis.car and network.json of two networks of Lotus 1.36.2 (tests/vectors/lotus-devnet);
// docs/formats/repository.md.
#include <strata/node/repository.hpp>

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include <strata/chain/chain_store.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class RepositoryTest : public ::testing::Test {
  protected:
    /// The genesis of one of Lotus' networks, as a regular file.
    fs::path genesis(const std::string& name) const {
        const auto path = folder_ / (name + ".car");
        if (!fs::exists(path))
            std::ofstream(path, std::ios::binary)
                << testing::read_file(*testing::find_vectors("lotus-devnet/" + name + "/genesis.car"));
        return path;
    }
    static std::string genesis_cid(const std::string& name) {
        return nlohmann::json::parse(
                   testing::read_file(*testing::find_vectors("lotus-devnet/" + name + "/network.json")))
            .at("genesis")
            .get<std::string>();
    }
    static std::string began_with(store::Repository& repository) {
        chain::ChainStore chain(repository.blocks(), repository.records());
        EXPECT_TRUE(chain.open());
        return chain.genesis()->cids().at(0).to_string();
    }
    fs::path repository() const { return folder_ / "repository"; }

    testing::TempFolder folder_;
};

TEST_F(RepositoryTest, a_new_chain_begins_with_lotus_genesis_and_is_found_again) {
    for (int start = 0; start < 3; ++start) {
        auto opened = open_repository(repository(), genesis("real"));
        ASSERT_TRUE(opened) << opened.error().message();
        EXPECT_EQ(began_with(**opened), genesis_cid("real"));
    }
}

TEST_F(RepositoryTest, only_one_node_at_a_time_has_it) {
    const auto first = open_repository(repository(), genesis("real"));
    ASSERT_TRUE(first);
    const auto second = open_repository(repository(), genesis("real"));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), Errc::busy);
    EXPECT_THAT(second.error().message(), HasSubstr(repository().string()));
}

TEST_F(RepositoryTest, the_chain_of_a_different_network_is_refused_and_kept) {
    ASSERT_TRUE(open_repository(repository(), genesis("real")));
    const auto foreign = open_repository(repository(), genesis("long"));
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().code(), Errc::verification);
    EXPECT_THAT(foreign.error().message(), HasSubstr(genesis_cid("real")));
    EXPECT_THAT(foreign.error().message(), HasSubstr(genesis_cid("long")));
    EXPECT_TRUE(open_repository(repository(), genesis("real")));
}

TEST_F(RepositoryTest, a_damaged_genesis_leaves_no_chain_behind) {
    const auto whole = testing::read_file(*testing::find_vectors("lotus-devnet/real/genesis.car"));
    const auto bad = folder_ / "bad.car";
    for (const auto& content : {std::string(), std::string("hello"), whole.substr(0, whole.size() / 2)}) {
        std::ofstream(bad, std::ios::binary | std::ios::trunc) << content;
        EXPECT_FALSE(open_repository(repository(), bad)) << content.size();
    }
    EXPECT_FALSE(open_repository(repository(), folder_ / "missing.car"));
    auto opened = open_repository(repository(), genesis("real"));
    ASSERT_TRUE(opened) << opened.error().message();
    EXPECT_EQ(began_with(**opened), genesis_cid("real"));
}

TEST_F(RepositoryTest, a_folder_that_cannot_be_one_is_named) {
    std::ofstream(folder_ / "plain") << "x";
    const auto opened = open_repository(folder_ / "plain", genesis("real"));
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message(), HasSubstr((folder_ / "plain").string()));
    EXPECT_FALSE(open_repository(folder_ / "plain" / "below", genesis("real")));
}

}  // namespace
}  // namespace strata::node
