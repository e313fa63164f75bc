// Deals whose client takes its money back, before and while they are published.
#include <strata/chain/execution.hpp>
#include <strata/http/client.hpp>
#include <strata/market/test_market.hpp>

namespace strata::market {
namespace {

namespace fs = std::filesystem;

using DealOnChain = testing::TestMarket;

TEST_F(DealOnChain, client_takes_its_money_back_before_publication) {
    const auto file = prepared();
    const auto deal = proposal(file);
    fill_escrow(deal.proposal.client_balance_requirement());
    const auto cid = market_->propose(deal, file.pieces[0].car_size);
    ASSERT_TRUE(cid);
    Message message;
    message.to = Address::id(kMarketId);
    message.from = client_;
    message.method = actors::market::kWithdrawBalance;
    message.params = to_cbor(actors::market::WithdrawBalanceParams{client_, fil(5)});
    ASSERT_EQ(receipt_of(*chain::send_message(*node_, wallet_, message)).exit_code, 0U);
    ASSERT_TRUE(MarketClient::upload(server_->url(), *cid, file.pieces[0].car));
    EXPECT_TRUE(fs::exists(pieces_->path_of(file.pieces[0].info.cid)));
    run_until([&] { return record(*cid).stage == DealStage::failed; }, 300);
    EXPECT_NE(record(*cid).failure.find("escrow"), std::string::npos) << record(*cid).failure;
    EXPECT_EQ(published(), 0U);
    EXPECT_FALSE(fs::exists(pieces_->path_of(file.pieces[0].info.cid))) << "nobody needs the data";
}

// Two deals are in one message. When it is executed, their client's money suffices for one.
TEST_F(DealOnChain, the_actor_skips_one_of_two) {
    market_config_.publish_delay = 5;
    open();
    const auto file = prepared();
    const auto first = proposal(file);
    auto second = first;
    second.proposal.label.value = std::string("the second");
    sign(second);
    const auto needed = first.proposal.client_balance_requirement();
    fill_escrow(needed * BigInt(2));
    const auto size = file.pieces[0].car_size;
    const std::array cids{*market_->propose(first, size), *market_->propose(second, size)};
    for (const auto& cid : cids) ASSERT_TRUE(MarketClient::upload(server_->url(), cid, file.pieces[0].car));
    const auto publishing = [&] {
        return record(cids[0]).stage == DealStage::publishing && record(cids[1]).stage == DealStage::publishing;
    };
    // The client's withdrawal pays more and comes first in the same block.
    while (!publishing() && epoch_ < 400 && !HasFatalFailure()) {
        work();
        if (!publishing()) mine();
    }
    ASSERT_TRUE(publishing());
    EXPECT_EQ(record(cids[0]).publish_message, record(cids[1]).publish_message);
    Message message;
    message.to = Address::id(kMarketId);
    message.from = client_;
    message.method = actors::market::kWithdrawBalance;
    message.params = to_cbor(actors::market::WithdrawBalanceParams{client_, needed});
    message.gas_premium = div_floor(fil(1), BigInt(1'000'000'000));
    ASSERT_TRUE(chain::send_message(*node_, wallet_, message));
    run_until([&] { return record(cids[0]).stage >= DealStage::active && record(cids[1]).stage >= DealStage::active; });
    const auto a = record(cids[0]), b = record(cids[1]);
    EXPECT_EQ(published(), 1U) << "the withdrawal came first";
    EXPECT_TRUE((a.stage == DealStage::active && b.stage == DealStage::failed) ||
                (b.stage == DealStage::active && a.stage == DealStage::failed))
        << a.failure << " / " << b.failure;
    const auto& failed = a.stage == DealStage::failed ? a : b;
    EXPECT_NE(failed.failure.find("the market actor refused the deal"), std::string::npos) << failed.failure;
    EXPECT_TRUE(fs::exists(pieces_->path_of(file.pieces[0].info.cid))) << "the other deal needs the data";
}

}  // namespace
}  // namespace strata::market
