// Deal intake over HTTP, with a provider on a real chain behind it.
#include <strata/market/market_http.hpp>

#include <nlohmann/json.hpp>

#include <strata/chain/execution.hpp>
#include <strata/http/client.hpp>
#include <strata/market/test_market.hpp>

namespace strata::market {
namespace {

namespace fs = std::filesystem;

using DealHttp = testing::TestMarket;

TEST_F(DealHttp, data_that_is_wrong) {
    const auto file = prepared();
    const auto deal = proposal(file);
    fill_escrow(deal.proposal.client_balance_requirement());
    const auto size = file.pieces[0].car_size;
    const auto url = server_->url();
    const auto cid = MarketClient::propose(url, deal, size);
    ASSERT_TRUE(cid);
    const auto put = [&](const std::string& where, BytesView body) {
        return http::send("PUT", url + "/market/deals/" + where + "/data", "x/y", body)->status;
    };
    EXPECT_EQ(put(cid->to_string(), Bytes(size)), 400U) << "a different commitment";
    EXPECT_EQ(put(cid->to_string(), Bytes(size - 1)), 400U) << "a different size";
    EXPECT_EQ(put("nonsense", Bytes(size)), 400U);
    EXPECT_EQ(put(Cid::hash_of(Codec::raw, {}).to_string(), Bytes(size)), 404U);
    EXPECT_FALSE(fs::exists(pieces_->path_of(file.pieces[0].info.cid)));
    EXPECT_EQ(http::send("POST", url + "/market/deals", "x/y", Bytes(100))->status, 400U);
    EXPECT_EQ(http::get(url + "/market/deals/" + Cid::hash_of(Codec::raw, {}).to_string())->status, 404U);
    EXPECT_EQ(http::get(url + "/market/elsewhere")->status, 404U);
}

// iso-filecoin refuses addresses with the wrong network's prefix, so every printed address has the network's own.
TEST_F(DealHttp, one_prefix_for_a_network) {
    const auto ask = http::get(server_->url() + "/market/ask");
    ASSERT_TRUE(ask);
    EXPECT_EQ(nlohmann::json::parse(ask->body)["Miner"], "t01000");
    const auto file = prepared();
    auto deal = proposal(file);
    fill_escrow(deal.proposal.client_balance_requirement());
    const auto cid = MarketClient::propose(server_->url(), deal, file.pieces[0].car_size);
    ASSERT_TRUE(cid);
    const auto deals = http::get(server_->url() + "/market/deals");
    const auto listed = nlohmann::json::parse(deals->body).at(0);
    EXPECT_EQ(listed["Client"], client_.to_string('t'));
    EXPECT_EQ(listed["Provider"], "t01000");
    EXPECT_EQ(listed["Proposal"], cid->to_string());
    EXPECT_EQ(listed["Stage"], "accepted");
    EXPECT_TRUE(listed["DealID"].is_null());
    deal.proposal.provider = Address::id(1001);
    sign(deal);
    const auto refused = MarketClient::propose(server_->url(), deal, file.pieces[0].car_size);
    EXPECT_NE(refused.error().message().find("the deal's provider is t01001, expected t01000"), std::string::npos)
        << refused.error().message();

    network_.name = "testnetnet";  // mainnet
    EXPECT_EQ(nlohmann::json::parse(http::get(server_->url() + "/market/ask")->body)["Miner"], "f01000");
}

TEST_F(DealHttp, methods_and_bodies) {
    const auto ask = [&](const std::string& method, const std::string& path, Bytes body = {}) {
        return MarketHttp(*market_).handle({method, path, {}, {}, std::move(body)});
    };
    const auto text = [](const http::Response& response) {
        return std::string(as_text(std::get<Bytes>(response.body)));
    };
    const auto refused = ask("POST", "/market/ask");
    EXPECT_EQ(refused.status, 405U);
    EXPECT_EQ(text(refused), "POST is not allowed here; use GET, HEAD\n");
    const std::string deal = "/market/deals/" + Cid::hash_of(Codec::raw, {}).to_string();
    EXPECT_EQ(ask("DELETE", "/market/deals").status, 405U);
    EXPECT_EQ(ask("GET", deal + "/data").status, 405U);
    EXPECT_EQ(ask("PUT", deal).status, 405U);
    EXPECT_EQ(ask("GET", deal + "/else").status, 404U);
    EXPECT_EQ(ask("GET", deal).status, 404U);
    EXPECT_EQ(ask("GET", "/market/dealsx").status, 404U);
    EXPECT_EQ(ask("GET", "/market").status, 404U);
    EXPECT_EQ(ask("POST", "/market/deals", Bytes(20'000)).status, 413U);
    EXPECT_EQ(ask("POST", "/market/deals", Bytes(20)).status, 400U);
    EXPECT_EQ(ask("HEAD", "/market/deals").status, 200U);
}

// Data arrives for a second deal of a piece that is here already. The bytes that were sent are checked, and any length
// that has the commitment is accepted.
TEST_F(DealHttp, data_of_a_known_piece) {
    const auto file = prepared();
    const auto first = proposal(file);
    auto second = first, third = first;
    second.proposal.label.value = std::string("second");
    third.proposal.label.value = std::string("third");
    sign(second);
    sign(third);
    fill_escrow(first.proposal.client_balance_requirement() * BigInt(3));
    const auto size = file.pieces[0].car_size;
    const auto url = server_->url();
    const auto put = [&](const Cid& cid, BytesView body) {
        return http::send("PUT", url + "/market/deals/" + cid.to_string() + "/data", "x/y", body).value();
    };
    const Bytes data = to_bytes(as_bytes(strata::testing::read_file(file.pieces[0].car)));
    const auto a = MarketClient::propose(url, first, size), b = MarketClient::propose(url, second, size);
    ASSERT_TRUE(a && b);
    const auto taken = put(*a, data);
    EXPECT_EQ(taken.status, 200U);
    EXPECT_EQ(as_text(taken.body), "data accepted: it matches the piece commitment\n");
    EXPECT_EQ(put(*b, Bytes(size, 7)).status, 400U);
    EXPECT_EQ(record(*b).stage, DealStage::accepted);
    EXPECT_EQ(put(*b, data).status, 200U);
    EXPECT_EQ(record(*b).stage, DealStage::received);
    EXPECT_EQ(put(*b, Bytes(size, 7)).status, 400U) << "not taken for what is here";
    EXPECT_EQ(put(*b, data).status, 200U) << "the same again";
    // Singularity pads pieces to all of the 2,032 bytes that they hold.
    Bytes padded = data;
    padded.resize(2032);
    const auto c = MarketClient::propose(url, third, padded.size());
    ASSERT_TRUE(c) << c.error().message();
    EXPECT_EQ(put(*c, padded).status, 200U);
    EXPECT_EQ(record(*c).stage, DealStage::received);
}

}  // namespace
}  // namespace strata::market
