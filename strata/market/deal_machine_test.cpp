// Deals that end before they are published.
#include <strata/market/test_lotus_market.hpp>
#include <strata/market/test_market.hpp>

#include <strata/chain/execution.hpp>

namespace strata::market {
namespace {

using DealOnChain = testing::TestMarket;

TEST_F(DealOnChain, data_that_does_not_come) {
    const auto file = prepared();
    const auto deal = proposal(file);
    fill_escrow(deal.proposal.client_balance_requirement());
    const auto size = file.pieces[0].car_size;
    const auto url = server_->url();
    const auto cid = MarketClient::propose(url, deal, size);
    ASSERT_TRUE(cid);
    run_until([&] { return record(*cid).stage == DealStage::failed; }, 300);
    EXPECT_TRUE(MarketClient::status(url, *cid)->failure.starts_with("its data did not arrive before epoch "));
    EXPECT_FALSE(MarketClient::upload(url, *cid, file.pieces[0].car));
    EXPECT_FALSE(MarketClient::propose(url, deal, size));
}

// A flood of deals that fail must not fill the store (docs/formats/market.md).
class DealFailures : public testing::LotusMarket {};
TEST_F(DealFailures, only_the_newest_are_remembered) {
    config.max_failed = 2;
    const auto older = remember(kActive, DealStage::failed, kHead - 5);
    const auto newer = remember(kWaiting, DealStage::failed, kHead);
    work(kHead + 1);
    EXPECT_TRUE(market->find(older));
    EXPECT_TRUE(market->find(newer));
    config.max_failed = 1;
    open();
    work(kHead + 2);
    EXPECT_FALSE(market->find(older));
    EXPECT_TRUE(market->find(newer));
}

using DealOnChainSlow = testing::TestMarket;
TEST_F(DealOnChainSlow, what_failed_before_publication_is_forgotten) {
    const auto file = prepared();
    const auto deal = proposal(file);
    fill_escrow(deal.proposal.client_balance_requirement());
    const auto cid = market_->propose(deal, file.pieces[0].car_size);
    ASSERT_TRUE(cid);
    run_until([&] { return record(*cid).stage == DealStage::failed; }, 300);
    run_until([&] { return !market_->find(*cid); }, 6000);
    EXPECT_EQ(MarketClient::status(server_->url(), *cid).error().code(), Errc::not_found);
}

}  // namespace
}  // namespace strata::market
