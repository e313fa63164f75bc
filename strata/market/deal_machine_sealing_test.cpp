// Published deals whose sector or data fails.
#include <strata/market/test_market.hpp>

namespace strata::market {
namespace {

using DealOnChain = testing::TestMarket;

TEST_F(DealOnChain, no_sector_in_time) {
    const auto file = prepared();
    const auto deal = proposal(file);
    fill_escrow(deal.proposal.client_balance_requirement());
    const auto cid = market_->propose(deal, file.pieces[0].car_size);
    ASSERT_TRUE(cid);
    ASSERT_TRUE(MarketClient::upload(server_->url(), *cid, file.pieces[0].car));
    proving_.fail_pre_commit_2 = 1000;
    run_until([&] { return record(*cid).stage >= DealStage::active; });
    EXPECT_EQ(record(*cid).stage, DealStage::failed);
    EXPECT_NE(record(*cid).failure.find("no sector with it was proven before its start"), std::string::npos)
        << record(*cid).failure;
}

// The data is damaged after it was accepted: no sector is made of it, and when it is sent again the deal continues.
TEST_F(DealOnChain, damaged_data_is_sent_again) {
    const auto file = prepared();
    const auto deal = proposal(file);
    fill_escrow(deal.proposal.client_balance_requirement());
    const auto cid = market_->propose(deal, file.pieces[0].car_size);
    ASSERT_TRUE(cid);
    ASSERT_TRUE(MarketClient::upload(server_->url(), *cid, file.pieces[0].car));
    const auto path = pieces_->path_of(file.pieces[0].info.cid);
    std::string bytes = strata::testing::read_file(path);
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    std::ofstream(path, std::ios::binary) << bytes;
    run_until([&] { return record(*cid).failure.find("is damaged on this provider") != std::string::npos; });
    ASSERT_EQ(record(*cid).stage, DealStage::sealing) << record(*cid).failure;
    ASSERT_TRUE(MarketClient::upload(server_->url(), *cid, file.pieces[0].car));
    run_until([&] { return record(*cid).stage >= DealStage::active; });
    EXPECT_EQ(record(*cid).stage, DealStage::active) << record(*cid).failure << reasons();
}

}  // namespace
}  // namespace strata::market
