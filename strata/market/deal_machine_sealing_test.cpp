// Protects published deals on their way through a sector: no deal is called active before it is, none is given up while
// it can still be proven, and the record says why a provider refuses or loses a sector. Sources:
// docs/formats/market.md; the deals that Lotus has on the recorded chain (test_lotus_market.hpp).
#include <strata/market/test_lotus_market.hpp>
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
    EXPECT_NE(record(*cid).failure.find("no sector with the deal was proven before the deal's start"),
              std::string::npos)
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

class DealSealing : public testing::LotusMarket {
  protected:
    using State = provider::SectorState;
    static provider::PieceDeal piece_deal() {
        return {kWaiting, kStart, proposal_of(kWaiting).end_epoch, std::nullopt};
    }
};

TEST_F(DealSealing, a_deal_whose_sector_is_proven_on_chain_is_active) {
    const auto cid = remember(kActive, DealStage::sealing);
    work(kHead + 1);
    EXPECT_EQ(record(cid).stage, DealStage::active) << record(cid).failure;
    EXPECT_EQ(record(cid).sector, 0U);
}

// The chain calls the deal active as soon as the sector's proof is executed. The provider waits for blocks on top.
TEST_F(DealSealing, a_proof_that_may_still_be_taken_back_does_not_count) {
    const auto cid = remember(kActive, DealStage::sealing);
    const auto end = proposal_of(kActive).end_epoch;
    provider.put(0, State::prove_commit, {kActive, 0, end, std::nullopt});
    work(kHead + 1);
    EXPECT_EQ(record(cid).stage, DealStage::sealing);
    provider.put(0, State::proving, {kActive, 0, end, std::nullopt});
    work(kHead + 2);
    EXPECT_EQ(record(cid).stage, DealStage::active);
}

TEST_F(DealSealing, the_sector_and_what_holds_it_up_can_be_seen) {
    const auto cid = remember(kWaiting, DealStage::sealing);
    provider.put(7, State::pre_commit_1, piece_deal(), "the disk is full");
    work(kHead + 1);
    EXPECT_EQ(record(cid).stage, DealStage::sealing);
    EXPECT_EQ(record(cid).sector, 7U);
    EXPECT_EQ(record(cid).failure, "the disk is full");
    provider.put(7, State::pre_commit_2, piece_deal());
    work(kHead + 2);
    EXPECT_EQ(record(cid).failure, "");
    EXPECT_TRUE(provider.pieces.empty()) << "a deal with a sector is not put into another one";
}

TEST_F(DealSealing, a_sector_whose_data_moved_does_not_count) {
    const auto cid = remember(kWaiting, DealStage::sealing);
    provider.put(7, State::moved, piece_deal());
    provider.put(8, State::packing, piece_deal());
    work(kHead + 1);
    EXPECT_EQ(record(cid).sector, 8U);
}

TEST_F(DealSealing, lost_data_is_asked_for_as_long_as_the_deal_can_be_proven) {
    const auto cid = remember(kWaiting, DealStage::sealing);
    work(kHead + 1);
    EXPECT_EQ(record(cid).stage, DealStage::sealing);
    EXPECT_NE(record(cid).failure.find("is not in the piece store; send it again"), std::string::npos)
        << record(cid).failure;
    EXPECT_TRUE(provider.pieces.empty());
    chain.extend(kStart);
    work(kStart);
    EXPECT_EQ(record(cid).stage, DealStage::sealing) << "the epoch of the start still counts";
    chain.extend(kStart + 1);
    work(kStart + 1);
    EXPECT_EQ(record(cid).stage, DealStage::failed);
    EXPECT_NE(record(cid).failure.find("no sector with the deal was proven before the deal's start"),
              std::string::npos);
}

TEST_F(DealSealing, a_sector_that_comes_too_late_gives_its_reason) {
    const auto cid = remember(kWaiting, DealStage::sealing);
    provider.put(7, State::failed, piece_deal(), "PreCommit1: a broken disk");
    chain.extend(kStart + 1);
    work(kStart + 1);
    EXPECT_EQ(record(cid).stage, DealStage::failed);
    EXPECT_NE(record(cid).failure.find("a broken disk"), std::string::npos) << record(cid).failure;
}

// A reorganisation undoes the publication: the state after the new head has no such deal.
TEST_F(DealSealing, a_publication_that_was_taken_back_is_made_again) {
    const auto cid = remember(kWaiting, DealStage::sealing);
    const auto tipset = chain.extend(kHead + 1);
    chain.states[tipset->key()] = lotus().node->genesis()->parent_state_root();
    static_cast<void>(market->on_epoch(kHead + 1));
    EXPECT_EQ(record(cid).stage, DealStage::received);
    EXPECT_NE(record(cid).failure.find("a reorganisation undid the publication"), std::string::npos)
        << record(cid).failure;
}

TEST_F(DealSealing, a_chain_that_cannot_be_read_changes_no_deal) {
    const auto cid = remember(kWaiting, DealStage::sealing);
    chain.extend(kStart + 1);
    for (const auto code : {Errc::io, Errc::missing_block}) {
        chain.break_call("state_after", code);
        EXPECT_FALSE(market->on_epoch(kStart + 1));
        EXPECT_EQ(record(cid).stage, DealStage::sealing);
    }
}

/// A market on a real chain whose pieces go to a provider that the test speaks for.
class RefusingProvider : public testing::TestMarket {
  protected:
    void open() override {
        TestMarket::open();
        if (HasFatalFailure()) return;
        auto again =
            ProviderMarket::open(market_config_, market_chain_through(*node_, wallet_), fake_, records_, *pieces_);
        ASSERT_TRUE(again) << again.error().message();
        market_ = std::move(*again);
    }
    provider::testing::FakeProvider fake_;
};

TEST_F(RefusingProvider, a_piece_that_is_refused_is_offered_again_and_the_reason_can_be_seen) {
    fake_.refusal = fail(Errc::no_space, "the disk is full");
    const auto file = prepared();
    const auto deal = proposal(file);
    fill_escrow(deal.proposal.client_balance_requirement());
    const auto cid = market_->propose(deal, file.pieces[0].car_size);
    ASSERT_TRUE(cid) << cid.error().message();
    ASSERT_TRUE(MarketClient::upload(server_->url(), *cid, file.pieces[0].car));
    run_until([&] { return fake_.pieces.size() >= 2; });
    ASSERT_GE(fake_.pieces.size(), 2U);
    EXPECT_EQ(record(*cid).stage, DealStage::sealing);
    EXPECT_NE(record(*cid).failure.find("the piece cannot be put into a sector: the disk is full"), std::string::npos)
        << record(*cid).failure;
    fake_.refusal.reset();
    fake_.next = 42;
    run_until([&] { return record(*cid).sector == 42; }, 300);
    EXPECT_EQ(record(*cid).sector, 42U);
    EXPECT_EQ(record(*cid).failure, "");
    const auto& asked = fake_.pieces.back();
    EXPECT_EQ(asked.piece.cid, deal.proposal.piece_cid);
    EXPECT_EQ(asked.piece.size, deal.proposal.piece_size);
    EXPECT_EQ(asked.data.size(), file.pieces[0].car_size) << "the client's complete CAR";
    ASSERT_TRUE(asked.deal);
    EXPECT_EQ(asked.deal->start, deal.proposal.start_epoch);
    EXPECT_EQ(asked.deal->end, deal.proposal.end_epoch);
    EXPECT_EQ(asked.deal->id, record(*cid).id);
}

}  // namespace
}  // namespace strata::market
