// Deals on a real chain, from the client's file to the payment, with kills in between.
#include <strata/http/client.hpp>
#include <strata/market/test_market.hpp>
#include <strata/retrieval/file_retriever.hpp>

namespace strata::market {
namespace {

namespace fs = std::filesystem;
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
    EXPECT_LE(market_->next_wakeup(), epoch_) << "there is news";

    run_until([&] { return record(*cid).stage >= DealStage::active; });
    const auto status = MarketClient::status(server_->url(), *cid);
    ASSERT_TRUE(status) << status.error().message();
    ASSERT_EQ(status->stage, DealStage::active) << status->failure << reasons();
    const auto on_chain = actors::market::find_deal(blocks_, market_state(), status->id);
    ASSERT_TRUE(on_chain && *on_chain);
    EXPECT_EQ((*on_chain)->state.sector_number, status->sector);
    EXPECT_EQ((*on_chain)->proposal.piece_cid, file.pieces[0].info.cid);
    const auto published = node_->search(*status->publish_message);
    ASSERT_TRUE(published && *published);
    EXPECT_EQ((*published)->receipt.exit_code, 0U);
    EXPECT_EQ(balance(1000).balance, collateral_) << "what was missing, no more";

    MemoryBlockstore blocks;
    const auto target = config_.folder / "back";
    const FileSource source{server_->url(), {}};
    const auto back = retrieve_file(file.dag.root, std::span(&source, 1), blocks, target);
    ASSERT_TRUE(back) << back.error().message();
    const Bytes data = content();
    EXPECT_EQ(strata::testing::read_file(target), std::string(as_text(data)));

    // Paid for the epochs from the start to the message.
    run_until([&] { return epoch_ > deal.proposal.start_epoch + 100; });
    const auto before = balance(1000).balance;
    ASSERT_TRUE(market_->settle(std::array{status->id}, epoch_));
    run_until([&] { return market_->settlements().at(0).landed; });
    const auto settled = market_->settlements().at(0);
    EXPECT_EQ(settled.failure, "");
    const auto landed = node_->search(settled.message);
    ASSERT_TRUE(landed && *landed);
    // Executed in the tipset before the one that search names.
    const auto executed = (*node_->chain().parent(*(*landed)->executed_in))->height();
    EXPECT_EQ(settled.payment, deal.proposal.storage_price_per_epoch * BigInt(executed - deal.proposal.start_epoch));
    EXPECT_EQ(balance(1000).balance, before + settled.payment);
    EXPECT_FALSE(market_->settle({}, epoch_));
}

// Every one of these dies somewhere else on the way: at a record of the provider or of the market, before or after it.
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
    EXPECT_EQ(balance(1000).balance, collateral_) << "escrow was filled once";
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
    expect(why([](P p) { p.provider = Address::id(1001); }), "the provider here is t01000");
    expect(why([](P p) { p.verified_deal = true; }), "verified");
    expect(why([](P p) { p.label.value = std::string(257, 'a'); }), "label");
    expect(why([](P p) { p.piece_cid = Cid::hash_of(Codec::raw, {}); }), "piece CID");
    expect(why([](P p) { p.piece_size = 2000; }), "power of two");
    expect(why([](P p) { p.piece_size = 4096; }), "at most 2048");
    expect(why([](P p) { p.piece_size = 1024; }), "does not fit the piece");
    expect(why([](P p) { p.end_epoch = p.start_epoch + 180 * 2880 - 1; }), "518400 to 3680640");
    expect(why([](P p) { p.end_epoch = p.start_epoch + 1278 * 2880 + 1; }), "518400 to 3680640");
    expect(why([](P p) { p.storage_price_per_epoch -= 1; }), "the ask");
    expect(why([](P p) { p.storage_price_per_epoch = fil(2'000'000'000) + 1; }), "out of bounds");
    expect(why([](P p) { p.client_collateral = -1; }), "out of bounds");
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
    // What the first takes is no longer there for a second.
    expect(why([](P p) { p.label.value = std::string("another"); }), "escrow");
    EXPECT_EQ(market_->deals().size(), 1U);
}

TEST_F(DealOnChain, too_many_wait) {
    market_config_.max_waiting = 1;
    open();
    const auto file = prepared();
    auto deal = proposal(file);
    fill_escrow(deal.proposal.client_balance_requirement() * BigInt(2));
    ASSERT_TRUE(market_->propose(deal, file.pieces[0].car_size));
    deal.proposal.label.value = std::string("another");
    sign(deal);
    EXPECT_EQ(market_->propose(deal, file.pieces[0].car_size).error().code(), Errc::busy);
}

TEST_F(DealOnChain, data_that_is_wrong_or_late) {
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
    EXPECT_EQ(put(cid->to_string(), Bytes(size)), 400U) << "another commitment";
    EXPECT_EQ(put(cid->to_string(), Bytes(size - 1)), 400U) << "another size";
    EXPECT_EQ(put("nonsense", Bytes(size)), 400U);
    EXPECT_EQ(put(Cid::hash_of(Codec::raw, {}).to_string(), Bytes(size)), 404U);
    EXPECT_FALSE(fs::exists(pieces_->path_of(file.pieces[0].info.cid)));
    EXPECT_EQ(http::send("POST", url + "/market/deals", "x/y", Bytes(100))->status, 400U);
    EXPECT_EQ(http::get(url + "/market/deals/" + Cid::hash_of(Codec::raw, {}).to_string())->status, 404U);
    EXPECT_EQ(http::get(url + "/market/elsewhere")->status, 404U);

    run_until([&] { return record(*cid).stage == DealStage::failed; }, 300);
    EXPECT_EQ(MarketClient::status(url, *cid)->failure, "the data did not come in time");
    EXPECT_FALSE(MarketClient::upload(url, *cid, file.pieces[0].car));
    EXPECT_FALSE(MarketClient::propose(url, deal, size));
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

// Two deals in one message; the money of their client suffices for one when it is executed.
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

}  // namespace
}  // namespace strata::market
