// Protects the owner's door of a provider: who may use it, what it answers, and that work waits for the chain's thread.
// Source: docs/operating.md, "The owner's door of a provider"; docs/protocol/node.md §28.2 (tokens); RFC 6750 (401 and
// 403).
#include <strata/node/provider_door.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <strata/api/tokens.hpp>
#include <strata/crypto/random.hpp>
#include <strata/provider/test_fake_provider.hpp>
#include <strata/store/key_value.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::node {
namespace {

using nlohmann::json;

class ProviderDoorTest : public ::testing::Test {
  protected:
    http::Request request(const std::string& method, const std::string& path) const {
        http::Request out;
        out.method = method;
        out.path = path;
        out.headers["authorization"] = "Bearer " + tokens.issue({api::Permission::admin});
        return out;
    }
    static std::string text(const http::Response& response) {
        return std::string(as_text(std::get<Bytes>(response.body)));
    }
    /// Begins a request whose answer comes later.
    void begin(const std::string& path) {
        const auto response = door.handle(request("POST", path));
        ASSERT_TRUE(std::holds_alternative<http::Later>(response.body));
        std::get<http::Later>(response.body).start([this](http::Response&& answer) {
            answers.push_back(std::move(answer));
        });
    }

    strata::testing::TempFolder folder;
    store::MemoryKeyValue records;
    crypto::SystemRandom random;
    api::Tokens tokens = *api::Tokens::open(records, random);
    provider::testing::FakeProvider provider;
    ProviderDoor door{provider, tokens, "t01000", folder.path()};
    std::vector<http::Response> answers;
};

TEST_F(ProviderDoorTest, only_the_owner_may_enter) {
    auto stranger = request("GET", "/provider/sectors");
    stranger.headers.clear();
    EXPECT_EQ(door.handle(stranger).status, 401U);
    for (const char* token : {"", "Bearer ", "Bearer x", "Basic eDp5"}) {
        stranger.headers["authorization"] = token;
        EXPECT_EQ(door.handle(stranger).status, 401U) << token;
    }
    stranger.headers["authorization"] = "Bearer " + tokens.issue({api::Permission::read, api::Permission::sign});
    EXPECT_EQ(door.handle(stranger).status, 403U);
    EXPECT_EQ(door.handle(request("GET", "/provider/sectors")).status, 200U);
    EXPECT_EQ(door.handle(request("DELETE", "/provider/sectors")).status, 405U);
    EXPECT_EQ(door.handle(request("GET", "/provider/pledge")).status, 405U);
    EXPECT_EQ(door.handle(request("GET", "/provider/nothing")).status, 404U);
    EXPECT_EQ(door.handle(request("POST", "/provider/sectors/x/retry")).status, 400U);
}

TEST_F(ProviderDoorTest, sectors_are_told_with_state_and_reason) {
    provider.put(7, provider::SectorState::failed, {.id = 3, .start = 0, .end = 0, .allocation = {}},
                 "the disk is full \xff");
    provider.put(1, provider::SectorState::proving, {});
    provider.put(2, provider::SectorState::pre_commit_1, {});
    const auto told = json::parse(text(door.handle(request("GET", "/provider/sectors"))));
    EXPECT_EQ(told["Miner"], "t01000");
    const auto& all = told["Sectors"];
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0]["Sector"], 2) << "those in work come first";
    EXPECT_EQ(all[0]["State"], "PreCommit1");
    EXPECT_EQ(all[0]["Message"], json());
    EXPECT_EQ(all[1]["Sector"], 7);
    EXPECT_EQ(all[1]["State"], provider::sector_state_name(provider::SectorState::failed));
    EXPECT_EQ(all[1]["Reason"], "the disk is full \ufffd");
    EXPECT_EQ(all[1]["Pieces"][0]["DealID"], 3);
    EXPECT_EQ(all[2]["Sector"], 1);
    const auto storage = json::parse(text(door.handle(request("GET", "/provider/storage"))));
    EXPECT_EQ(storage["Folder"], folder.path().string());
    EXPECT_GT(storage["FreeBytes"], 0);
}

TEST_F(ProviderDoorTest, work_is_done_on_the_chains_thread_and_then_answered) {
    provider.next = 4;
    begin("/provider/pledge");
    begin("/provider/sectors/2/retry");
    EXPECT_TRUE(answers.empty());
    EXPECT_EQ(provider.next, 4U);
    door.run_due(9);
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(text(answers[0]), R"({"Sector":4})");
    EXPECT_EQ(provider.retried, std::vector<SectorNumber>{2});
    provider.refusal = fail(Errc::invalid_argument, "the sector 2 is not in the state failed");
    begin("/provider/sectors/2/retry");
    door.run_due(10);
    EXPECT_EQ(answers[2].status, 400U);
    EXPECT_EQ(text(answers[2]), "the sector 2 is not in the state failed\n");
}

TEST_F(ProviderDoorTest, few_requests_wait_and_a_stop_answers_them) {
    constexpr int kMost = 16;  // docs/operating.md
    for (int i = 0; i < kMost; ++i) begin("/provider/pledge");
    EXPECT_EQ(door.handle(request("POST", "/provider/pledge")).status, 429U);
    door.stop();
    ASSERT_EQ(answers.size(), static_cast<std::size_t>(kMost));
    EXPECT_EQ(answers[0].status, 503U);
    begin("/provider/pledge");
    EXPECT_EQ(answers.back().status, 503U);
    EXPECT_EQ(provider.next, 0U);
}

}  // namespace
}  // namespace strata::node
