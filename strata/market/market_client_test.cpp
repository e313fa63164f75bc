// The client against providers that answer wrongly.
#include <strata/market/market_client.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <strata/http/server.hpp>
#include <strata/market/test_deals.hpp>

namespace strata::market {
namespace {

struct Client : ::testing::Test {
    http::Response answer;
    std::unique_ptr<http::Server> server =
        std::move(http::Server::start("127.0.0.1", 0, [this](const http::Request&) { return answer; }).value());

    template <class T>
    Errc code(const Result<T>& result) {
        return result ? Errc::internal : result.error().code();
    }
};

TEST_F(Client, asks) {
    answer =
        http::json_response(200, R"({"Miner":"t01000","PricePerGiBEpoch":"12","MaxPieceSize":2048,"LeastLead":300})");
    const auto ask = MarketClient::ask(server->url());
    ASSERT_TRUE(ask) << ask.error().message();
    EXPECT_EQ(ask->miner, Address::id(1000));
    EXPECT_EQ(ask->ask.price_per_gib_epoch, TokenAmount(12));
    EXPECT_EQ(ask->ask.least_lead, 300);
    for (const char* text :
         {"", "[]", "{}", "null", "{\"Miner\":5}",
          R"({"Miner":"t01000","PricePerGiBEpoch":12,"MaxPieceSize":2048,"LeastLead":300})",
          R"({"Miner":"t01000","PricePerGiBEpoch":"-1","MaxPieceSize":2048,"LeastLead":300})",
          R"({"Miner":"t01000","PricePerGiBEpoch":"1","MaxPieceSize":-1,"LeastLead":300})",
          R"({"Miner":"t01000","PricePerGiBEpoch":"1","MaxPieceSize":1,"LeastLead":18446744073709551615})"}) {
        answer = http::json_response(200, text);
        EXPECT_EQ(code(MarketClient::ask(server->url())), Errc::malformed) << text;
    }
    answer = http::json_response(200, std::string(2 << 20, ' '));
    EXPECT_FALSE(MarketClient::ask(server->url())) << "no answer is that long";
}

TEST_F(Client, proposals_and_refusals) {
    const auto deal = testing::deal_of(testing::piece_of(Bytes(100, 1)), "x");
    const auto propose = [&] { return MarketClient::propose(server->url(), deal.deal, 100); };
    answer = http::json_response(202, "{\"Proposal\":\"" + testing::cid_of(deal).to_string() + "\"}");
    EXPECT_EQ(propose().value(), testing::cid_of(deal));
    answer = http::json_response(202, R"({"Proposal":"bafkqaaa"})");
    EXPECT_EQ(code(propose()), Errc::malformed) << "a different deal";
    answer = http::text_response(400, "the reason");
    const auto refused = propose();
    EXPECT_EQ(code(refused), Errc::invalid_argument);
    EXPECT_NE(refused.error().message().find("the reason"), std::string::npos);
    answer = http::text_response(429, "too many deals wait");
    EXPECT_EQ(code(propose()), Errc::busy);
    answer = http::text_response(500, "try again later");
    EXPECT_EQ(code(propose()), Errc::io);
    answer = http::text_response(404, "no deal");
    EXPECT_EQ(code(MarketClient::status(server->url(), testing::cid_of(deal))), Errc::not_found);
    answer = http::json_response(
        200, R"({"Stage":"dancing","DealID":null,"Sector":null,"Failure":"","PublishMessage":null})");
    EXPECT_EQ(code(MarketClient::status(server->url(), testing::cid_of(deal))), Errc::malformed);
    answer = http::json_response(
        200, R"({"Stage":"active","DealID":5,"Sector":7,"Failure":"","PublishMessage":"bafkqaaa"})");
    const auto status = MarketClient::status(server->url(), testing::cid_of(deal));
    ASSERT_TRUE(status) << status.error().message();
    EXPECT_EQ(status->stage, DealStage::active);
    EXPECT_EQ(status->id, 5U);
    EXPECT_EQ(status->sector, 7U);
}

// A provider that answers a little now and then must not hold a search for providers.
TEST_F(Client, an_answer_has_a_time) {
    static_assert(MarketClient::kMostTime == std::chrono::seconds(60));
    std::atomic<bool> is_over = false;
    answer.status = 200;
    answer.body = http::Stream{.read = [&](std::span<std::uint8_t> part) -> Result<std::size_t> {
                                   if (!is_over) std::this_thread::sleep_for(std::chrono::milliseconds(200));
                                   part[0] = ' ';
                                   return 1;
                               },
                               .length = 1'000};
    const auto began = std::chrono::steady_clock::now();
    const auto late = MarketClient::ask(server->url(), std::chrono::seconds(1));
    is_over = true;
    EXPECT_EQ(code(late), Errc::io);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
}

}  // namespace
}  // namespace strata::market
