// Deals on a real chain, from the client's file to the payment. The provider is killed at different points.
#include <strata/chain/execution.hpp>
#include <strata/http/client.hpp>
#include <strata/market/test_market.hpp>
#include <strata/retrieval/file_retriever.hpp>

namespace strata::market {
namespace {

using namespace retrieval;
using testing::kMiner;

using DealOnChain = testing::TestMarket;

TEST_F(DealOnChain, from_the_file_to_the_payment) {
    const auto file = prepared();
    MarketClient client(*client_chain_);
    const auto ask = MarketClient::ask(server_->url());
    ASSERT_TRUE(ask) << ask.error().message();
    EXPECT_EQ(ask->miner, kMiner);
    EXPECT_EQ(ask->ask.max_piece_size, 2048U);
    const auto deals = client.make_proposals(file, terms());
    ASSERT_TRUE(deals && deals->size() == 1) << deals.error().message();
    const auto& deal = deals->front();

    const auto poor = MarketClient::propose(server_->url(), deal, file.pieces[0].car_size);
    ASSERT_FALSE(poor);
    EXPECT_NE(poor.error().message().find("escrow"), std::string::npos) << poor.error().message();
    fill_escrow(MarketClient::escrow_for(*deals));
    const auto cid = MarketClient::propose(server_->url(), deal, file.pieces[0].car_size);
    ASSERT_TRUE(cid) << cid.error().message();
    EXPECT_EQ(MarketClient::propose(server_->url(), deal, file.pieces[0].car_size).value(), *cid) << "the same again";
    EXPECT_EQ(MarketClient::status(server_->url(), *cid)->stage, DealStage::accepted);
    const auto uploaded = MarketClient::upload(server_->url(), *cid, file.pieces[0].car);
    ASSERT_TRUE(uploaded) << uploaded.error().message();
    EXPECT_EQ(MarketClient::status(server_->url(), *cid)->stage, DealStage::received);
    EXPECT_LE(market_->next_wakeup(), epoch_) << "a proposal has arrived";

    run_until([&] { return record(*cid).stage >= DealStage::active; });
    const auto status = MarketClient::status(server_->url(), *cid);
    ASSERT_TRUE(status) << status.error().message();
    ASSERT_EQ(status->stage, DealStage::active) << status->failure << reasons();
    const auto on_chain = market_state().deal(status->id);
    ASSERT_TRUE(on_chain && *on_chain);
    EXPECT_EQ((*on_chain)->state.sector_number, status->sector);
    EXPECT_EQ((*on_chain)->proposal.piece_cid, file.pieces[0].info.cid);
    const auto published = node_->search(*status->publish_message);
    ASSERT_TRUE(published && *published);
    EXPECT_EQ((*published)->receipt.exit_code, 0U);
    EXPECT_EQ(escrow(1000).total, collateral_) << "only what was missing";

    MemoryBlockstore blocks;
    const auto target = config_.folder / "back";
    const FileSource source{server_->url(), {}};
    const auto back = retrieve_file(file.dag.root, std::span(&source, 1), blocks, target);
    ASSERT_TRUE(back) << back.error().message();
    const Bytes data = content();
    EXPECT_EQ(strata::testing::read_file(target), std::string(as_text(data)));

    // Paid for the epochs from the start to the message.
    run_until([&] { return epoch_ > deal.proposal.start_epoch + 100; });
    const auto before = escrow(1000).total;
    ASSERT_TRUE(market_->settle(std::array{status->id}, epoch_));
    run_until([&] { return market_->settlements().at(0).landed; });
    const auto settled = market_->settlements().at(0);
    EXPECT_EQ(settled.failure, "");
    const auto landed = node_->search(settled.message);
    ASSERT_TRUE(landed && *landed);
    // Executed in the tipset before the one that search names.
    const auto executed = (*node_->chain().parent(*(*landed)->executed_in))->height();
    EXPECT_EQ(settled.payment, deal.proposal.storage_price_per_epoch * BigInt(executed - deal.proposal.start_epoch));
    EXPECT_EQ(escrow(1000).total, before + settled.payment);
    EXPECT_FALSE(market_->settle({}, epoch_));
}

// Each of these is killed at a different point: before or after a write of the provider's or the market's records.
class KilledDeal : public testing::TestMarket, public ::testing::WithParamInterface<int> {};

TEST_P(KilledDeal, is_published_once_and_goes_into_one_sector) {
    const auto file = prepared();
    const auto deal = proposal(file);
    fill_escrow(deal.proposal.client_balance_requirement());
    const auto cid = MarketClient::propose(server_->url(), deal, file.pieces[0].car_size);
    ASSERT_TRUE(cid) << cid.error().message();
    const auto uploaded = MarketClient::upload(server_->url(), *cid, file.pieces[0].car);
    ASSERT_TRUE(uploaded) << uploaded.error().message();
    armed_ = GetParam();
    run_until([&] { return record(*cid).stage >= DealStage::active; });
    EXPECT_EQ(record(*cid).stage, DealStage::active) << record(*cid).failure << reasons();
    EXPECT_EQ(kills_, 1) << "no kill: the parameter is too large";
    EXPECT_EQ(published(), 1U) << "one deal on chain";
    EXPECT_EQ(escrow(1000).total, collateral_) << "escrow was filled once";
    int holders = 0;
    for (const auto& sector : provider_->sectors())
        for (const auto& piece : sector.pieces) holders += piece.deal ? 1 : 0;
    EXPECT_EQ(holders, 1);
}
INSTANTIATE_TEST_SUITE_P(At, KilledDeal, ::testing::Range(1, 40, 3));

TEST_F(DealOnChain, proposals_that_are_refused) {
    const auto file = prepared();
    const auto good = proposal(file);
    fill_escrow(good.proposal.client_balance_requirement());
    const auto size = file.pieces[0].car_size;
    const auto why = [&](auto change) {
        auto deal = good;
        change(deal.proposal);
        sign(deal);
        const auto taken = market_->propose(deal, size);
        return taken ? std::string("taken") : taken.error().message();
    };
    using P = DealProposal&;
    const auto expect = [&](const std::string& got, std::string_view part) {
        EXPECT_NE(got.find(part), std::string::npos) << got << " / " << part;
    };
    expect(why([](P p) { p.provider = Address::id(1001); }), "the deal's provider is t01001, expected t01000");
    expect(why([](P p) { p.verified_deal = true; }), "verified");
    expect(why([](P p) { p.label.value = std::string(257, 'a'); }), "label");
    expect(why([](P p) { p.piece_cid = Cid::hash_of(Codec::raw, {}); }), "piece CID");
    expect(why([](P p) { p.piece_size = 2000; }), "power of two");
    expect(why([](P p) { p.piece_size = 4096; }), "at most 2048");
    expect(why([](P p) { p.piece_size = 1024; }), "the capacity of the piece before padding");
    expect(why([](P p) { p.end_epoch = p.start_epoch + 180 * 2880 - 1; }), "518400 to 3680640");
    expect(why([](P p) { p.end_epoch = p.start_epoch + 1278 * 2880 + 1; }), "518400 to 3680640");
    expect(why([](P p) { p.storage_price_per_epoch -= 1; }), "the ask");
    expect(why([](P p) { p.storage_price_per_epoch = fil(2'000'000'000) + 1; }), "for each");
    expect(why([](P p) { p.client_collateral = -1; }), "for each");
    expect(why([](P p) { p.provider_collateral = -1; }), "collateral");
    expect(why([&](P p) { p.start_epoch = epoch_ + 298; }), "too soon");
    expect(why([](P p) { p.client_collateral = 1; }), "escrow");
    expect(why([](P p) { p.client = Address::id(99999); }), "t099999");
    auto forged = good;
    forged.client_signature.data[5] ^= 1;
    EXPECT_EQ(market_->propose(forged, size).error().code(), Errc::verification);
    EXPECT_EQ(market_->propose(good, 0).error().code(), Errc::invalid_argument);
    EXPECT_EQ(market_->deals().size(), 0U);

    ASSERT_TRUE(market_->propose(good, size));
    // The first deal promises the client's money, so a second one lacks it.
    expect(why([](P p) { p.label.value = std::string("second"); }), "escrow");
    EXPECT_EQ(market_->deals().size(), 1U);
}

// A client that floods the provider displaces its own deals, and the number of its places is limited.
TEST_F(DealOnChain, places_for_waiting_deals) {
    market_config_.max_waiting = 2;
    market_config_.max_waiting_per_client = 3;
    open();
    const auto file = prepared();
    auto deal = proposal(file);
    fill_escrow(deal.proposal.client_balance_requirement() * BigInt(4));
    std::vector<Cid> cids;
    for (const char* label : {"a", "b", "c"}) {
        deal.proposal.label.value = std::string(label);
        sign(deal);
        const auto cid = market_->propose(deal, file.pieces[0].car_size);
        ASSERT_TRUE(cid) << cid.error().message();
        cids.push_back(*cid);
    }
    int failed = 0;
    for (const auto& cid : cids) failed += record(cid).stage == DealStage::failed ? 1 : 0;
    EXPECT_EQ(failed, 1) << "the third took the place of an earlier one";
    EXPECT_EQ(record(cids[2]).stage, DealStage::accepted);

    market_config_.max_waiting_per_client = 2;
    open();
    deal.proposal.label.value = std::string("d");
    sign(deal);
    const auto refused = market_->propose(deal, file.pieces[0].car_size);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::busy);
    EXPECT_NE(refused.error().message().find("the client has 2 deals"), std::string::npos) << refused.error().message();
}

}  // namespace
}  // namespace strata::market
