// A file comes back by its CID: who is asked for it, and what is said if nobody has it.
#include <gmock/gmock.h>

#include <strata/client/get.hpp>
#include <strata/client/test_network.hpp>

namespace strata::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct GetFile : testing::StorageNetwork {
    GetOptions options(const Cid& root) {
        return {.root = root, .out = path("back"), .miner = {}, .search = search_, .replace = false};
    }
    Result<GotFile> get(const GetOptions& wanted) { return get_file(calls_, folder_, wanted, place().watch); }
};

TEST_F(GetFile, a_stored_file_comes_back) {
    const auto stored = put();
    ASSERT_TRUE(stored) << stored.error().message();
    const auto got = get(options(stored->root));
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(content("back"), content("file"));
    EXPECT_THAT(got->sources, ElementsAre(provider_.url()));
    EXPECT_EQ(got->file.single, 0U) << "the piece came as a whole";
    for (const auto& entry : std::filesystem::directory_iterator(temp_.path()))
        EXPECT_FALSE(entry.path().string().ends_with(".unfinished")) << entry.path();

    const auto again = get(options(stored->root));
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error().message(), HasSubstr("--force"));
    auto replace = options(stored->root);
    replace.replace = true;
    EXPECT_TRUE(get(replace));
}

TEST_F(GetFile, a_client_without_records_finds_the_deal_on_the_chain) {
    const auto stored = put();
    ASSERT_TRUE(stored);
    const PutFolder empty(temp_ / "empty");
    const auto sources = find_sources(calls_, empty, options(stored->root), place().watch);
    ASSERT_TRUE(sources) << sources.error().message();
    ASSERT_EQ(sources->size(), 1U);
    EXPECT_EQ(sources->front().url, provider_.url());
    EXPECT_THAT(sources->front().pieces, ElementsAre(stored->deals[0].piece.cid));
}

TEST_F(GetFile, a_file_that_nobody_has_is_said_to_be_nowhere) {
    const auto root = testing::root_of("never stored");
    const auto got = get(options(root));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::not_found);
    EXPECT_THAT(got.error().message(), HasSubstr("has " + root.to_string()));
    EXPECT_THAT(got.error().message(), HasSubstr("strata deals list"));
    EXPECT_FALSE(std::filesystem::exists(path("back")));
}

TEST_F(GetFile, a_holder_that_cannot_be_reached_is_named) {
    const auto stored = put();
    ASSERT_TRUE(stored);
    search_.urls = {"http://127.0.0.1:1"};
    const auto got = get(options(stored->root));
    ASSERT_FALSE(got);
    EXPECT_THAT(got.error().message(), HasSubstr("cannot be reached"));
    EXPECT_THAT(got.error().message(), HasSubstr("http://127.0.0.1:1"));
}

TEST_F(GetFile, a_named_url_must_be_that_of_the_named_miner) {
    const auto stored = put();
    ASSERT_TRUE(stored);
    search_.named = true;
    auto wanted = options(stored->root);
    wanted.miner = Address::id(1001);
    const auto got = get(wanted);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::not_found);
    EXPECT_THAT(got.error().message(), HasSubstr("the provider of t01000, expected t01001"));
    wanted.miner = testing::kMiner;
    EXPECT_TRUE(get(wanted));
}

TEST_F(GetFile, nothing_stays_of_a_holder_that_lost_the_file) {
    const auto stored = put();
    ASSERT_TRUE(stored);
    const testing::ScriptedProvider lost(node_, temp_ / "no pieces");
    search_.urls = {lost.url()};
    const auto got = get(options(stored->root));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::not_found);
    EXPECT_THAT(got.error().message(), HasSubstr("by a deal, " + lost.url() + " has"));
    for (const auto& entry : std::filesystem::directory_iterator(temp_.path()))
        EXPECT_FALSE(entry.path().string().ends_with(".unfinished")) << entry.path();
}

TEST_F(GetFile, the_cid_of_a_piece_is_refused) {
    const auto stored = put();
    ASSERT_TRUE(stored);
    const auto got = get(options(stored->deals[0].piece.cid));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::invalid_argument);
    EXPECT_THAT(got.error().message(), HasSubstr("the CID of a piece"));
}

TEST_F(GetFile, a_stop_keeps_what_came) {
    const auto stored = put();
    ASSERT_TRUE(stored);
    stop_at_ = "bytes came";
    const auto stopped = get(options(stored->root));
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code(), Errc::cancelled);
    stop_at_.clear();
    stop_ = false;
    EXPECT_TRUE(get(options(stored->root)));
    EXPECT_EQ(content("back"), content("file"));
}

}  // namespace
}  // namespace strata::client
