#pragma once
// A provider with its market and HTTP on a real chain, and a client with money.
#include <strata/actors/read/market.hpp>
#include <strata/http/server.hpp>
#include <strata/market/market_client.hpp>
#include <strata/market/market_http.hpp>
#include <strata/provider/test_chain.hpp>
#include <strata/provider/test_rig.hpp>
#include <strata/retrieval/retrieval.hpp>

namespace strata::market::testing {

namespace fs = std::filesystem;
using provider::testing::Killed;
using provider::testing::kMiner;

class TestMarket : public provider::testing::TestChain {
  protected:
    void SetUp() override {
        TestChain::SetUp();
        if (IsSkipped()) return;
        client_chain_ = market_chain_through(*node_, wallet_);
        records_.outside = [this] {
            if (kill_after_ > 0 && --kill_after_ == 0)
                throw Killed{};  // NOLINT(hicpp-exception-baseclass): nobody may catch it
        };
        first_id_ = market_state().next_id();
        client_ = *wallet_.import_key(wallet::generate_key(wallet::KeyType::bls, random_));
        ASSERT_EQ(send(client_, 0, {}, fil(10)).exit_code, 0U);
    }
    void TearDown() override {
        server_.reset();
        market_.reset();
        TestChain::TearDown();
    }
    void open() override {
        server_.reset();
        market_.reset();
        pieces_.reset();
        open_provider(records_);
        auto pieces = retrieval::PieceStore::open(config_.folder / "pieces", records_);
        ASSERT_TRUE(pieces);
        pieces_ = std::move(*pieces);
        market_config_.miner = kMiner;
        market_config_.message_confidence = 0;
        market_config_.ask = {fil(1), 2048, 300};
        auto market =
            ProviderMarket::open(market_config_, market_chain_through(*node_, wallet_), *provider_, records_, *pieces_);
        ASSERT_TRUE(market) << market.error().message();
        market_ = std::move(*market);
        auto server = http::Server::start("127.0.0.1", 0, [this](const http::Request& request) {
            return MarketHttp::serves(request.path) ? MarketHttp(*market_).handle(request)
                                                    : retrieval::Retrieval(*pieces_).handle(request);
        });
        ASSERT_TRUE(server);
        server_ = std::move(*server);
    }
    void work() override {
        kill_after_ = std::exchange(armed_, 0);
        try {
            TestChain::work();
            const auto done = market_->on_epoch(epoch_);
            ASSERT_TRUE(done) << done.error().message();
            armed_ = std::exchange(kill_after_, 0);
        } catch (const Killed&) {
            ++kills_;
            open();
            work();
        }
    }
    bool wants_block() const override { return TestChain::wants_block() || market_->wants_block(epoch_); }
    std::optional<ChainEpoch> next_wakeup() const override {
        const auto a = TestChain::next_wakeup(), b = market_->next_wakeup();
        return a && b ? std::min(*a, *b) : a ? a : b;
    }
    template <class Done>
    void run_until(Done done, ChainEpoch epochs = 2000) {
        for (const auto end = epoch_ + epochs; epoch_ < end && !done() && !HasFatalFailure();) turn();
    }

    static Bytes content() {
        Bytes out(1500);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(i * i + i / 7);
        return out;
    }
    retrieval::ClientFile prepared() {
        fs::create_directories(config_.folder / "client");
        const auto path = config_.folder / "client" / "file";
        const Bytes data = content();
        std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(data.data()), 1500);
        MemoryBlockstore blocks;
        auto file = retrieval::prepare_file(path, blocks, config_.folder / "client", 2048);
        EXPECT_TRUE(file) << file.error().message();
        return std::move(*file);
    }
    DealTerms terms() const {
        DealTerms out;
        out.client = client_;
        out.provider = kMiner;
        out.start = epoch_ + 600;
        out.end = out.start + 181 * kEpochsInDay;
        out.price_per_gib_epoch = fil(1);
        out.provider_collateral = collateral_;
        return out;
    }
    /// Makes a proposal that is accepted if its client has money in escrow.
    ClientDealProposal proposal(const retrieval::ClientFile& file) {
        auto deal = MarketClient(*client_chain_).make_proposal(file.pieces.at(0).info, file.dag.root, terms());
        EXPECT_TRUE(deal) << deal.error().message();
        return *deal;
    }
    void sign(ClientDealProposal& deal) { deal.client_signature = *wallet_.sign(client_, to_cbor(deal.proposal)); }
    void fill_escrow(const TokenAmount& amount) {
        const auto message = MarketClient(*client_chain_).fill_escrow(client_, amount);
        ASSERT_TRUE(message && *message) << message.error().message();
        ASSERT_EQ(receipt_of(**message).exit_code, 0U);
    }
    DealRecord record(const Cid& proposal) const { return market_->find(proposal).value_or(DealRecord{}); }
    actors::read::Market market_state() {
        auto state = node_->head_state();
        return actors::read::Market::load(*state).value();
    }
    /// How many deals were published since the test began.
    DealId published() { return market_state().next_id() - first_id_; }
    actors::read::Escrow escrow(ActorId who) { return market_state().escrow(who).value(); }

    provider::testing::WatchedStore records_;
    int armed_ = 0;       // the provider is killed after this many calls around writes of the records
    int kill_after_ = 0;  // what is left of `armed_` while the provider runs
    int kills_ = 0;
    Address client_;
    DealId first_id_ = 0;  // genesis has deals too
    const TokenAmount collateral_ = div_floor(fil(1), BigInt(2));
    std::unique_ptr<MarketChain> client_chain_;
    MarketConfig market_config_;
    std::unique_ptr<retrieval::PieceStore> pieces_;
    std::unique_ptr<ProviderMarket> market_;
    std::unique_ptr<http::Server> server_;
};

}  // namespace strata::market::testing
