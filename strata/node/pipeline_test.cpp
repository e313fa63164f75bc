// Protects who may see what a provider works on, and what is told. Source: docs/protocol/node.md §28.2 (tokens); RFC
// 6750 (401 and 403).
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <strata/node/pipeline.hpp>
#include <strata/provider/test_fake_provider.hpp>

namespace strata::node {
namespace {

using Json = nlohmann::json;

class Pipeline : public ::testing::Test {
  protected:
    http::Response ask(const std::string& token, const provider::Provider* of, const std::string& method = "GET") {
        http::Request request{method, "/provider/pipeline", {}, {}, {}};
        if (!token.empty()) request.headers["authorization"] = token;
        return pipeline_answer(request, tokens, of, "t01000");
    }
    std::string admin() const { return "Bearer " + tokens.issue({api::Permission::read, api::Permission::admin}); }

    store::MemoryKeyValue records;
    crypto::SeededRandom random{Bytes{1}};
    api::Tokens tokens = *api::Tokens::open(records, random);
    provider::testing::FakeProvider provider;
};

TEST_F(Pipeline, is_for_the_owner) {
    for (const char* token : {"", "Bearer ", "Bearer x", "Basic eDp5"}) EXPECT_EQ(ask(token, &provider).status, 401U);
    const auto reader =
        "Bearer " + tokens.issue({api::Permission::read, api::Permission::write, api::Permission::sign});
    EXPECT_EQ(ask(reader, &provider).status, 403U);
    EXPECT_EQ(ask(admin(), &provider).status, 200U);
    EXPECT_EQ(ask(admin(), nullptr).status, 404U);
    EXPECT_EQ(ask(admin(), &provider, "POST").status, 405U);
}

TEST_F(Pipeline, tells_the_sectors_that_need_attention_first) {
    provider.put(1, provider::SectorState::proving, {});
    provider.put(2, provider::SectorState::pre_commit_1, {});
    provider.put(3, provider::SectorState::failed, {}, "the disk is full \xff");
    const auto answer = ask(admin(), &provider);
    const auto json = Json::parse(as_text(std::get<Bytes>(answer.body)));
    EXPECT_EQ(json["Miner"], "t01000");
    ASSERT_EQ(json["Sectors"].size(), 3U);
    EXPECT_EQ(json["Sectors"][0]["Number"], 2);
    EXPECT_EQ(json["Sectors"][0]["State"], "PreCommit1");
    EXPECT_EQ(json["Sectors"][0]["Pieces"], 1);
    EXPECT_EQ(json["Sectors"][0]["Message"], Json());
    EXPECT_EQ(json["Sectors"][1]["Reason"], "the disk is full \ufffd");
    EXPECT_EQ(json["Sectors"][2]["Number"], 1);
}

}  // namespace
}  // namespace strata::node
