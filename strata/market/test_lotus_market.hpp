#pragma once
// A market on the state that Lotus left at the head of a recorded chain (tests/vectors/lotus-devnet/long), with a fake
// chain and a fake provider. Nothing is executed or sealed: the test says what the chain and the provider answer.
//
// Lotus' miner t01000 has three deals there: 0 and 1 are active since genesis, 2 is published, and no sector has it
// yet; its start is epoch 1489, and the head is at 1400 (StateMarketDeals in api_samples.json).
#include <gtest/gtest.h>

#include <strata/actors/market/types.hpp>
#include <strata/actors/read/market.hpp>
#include <strata/chain/test_fake_chain.hpp>
#include <strata/chain/test_recorded_node.hpp>
#include <strata/market/deal_records.hpp>
#include <strata/market/market_chain.hpp>
#include <strata/market/provider_market.hpp>
#include <strata/provider/test_fake_provider.hpp>
#include <strata/retrieval/piece_store.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::market::testing {

class LotusMarket : public ::testing::Test {
  protected:
    static constexpr DealId kActive = 0, kWaiting = 2;
    static constexpr ChainEpoch kHead = 1400, kStart = 1489;

    void SetUp() override {
        chain.net = lotus().network;
        chain.reads = &lotus().blocks;
        chain.state_root = lotus().head->parent_state_root();
        chain.extend(kHead);
        // The key of the owner and worker of t01000, from keys.json of the recorded chain.
        const auto key =
            wallet::parse_key(R"({"Type":"bls","PrivateKey":"1LOqYvJnzoVYH+r5gdnaevVIxbdDfDpoX9zpkTWNcWc="})");
        ASSERT_TRUE(key && wallet.import_key(*key));
        worker = wallet::address_of(*key).value();
        chain.nonces[worker] = 50;
        auto store = retrieval::PieceStore::open(folder / "pieces", records);
        ASSERT_TRUE(store) << store.error().message();
        pieces = std::move(*store);
        open();
    }
    void TearDown() override { market.reset(); }

    static chain::testing::RecordedNode& lotus() {
        static chain::testing::RecordedNode chain("long");
        return chain;
    }
    void open() {
        market.reset();
        config.miner = Address::id(1000);
        config.message_confidence = 0;
        auto opened = ProviderMarket::open(config, market_chain_through(chain, wallet), provider, records, *pieces);
        ASSERT_TRUE(opened) << opened.error().message();
        market = std::move(*opened);
    }
    /// The proposal of a deal that Lotus has on chain.
    static DealProposal proposal_of(DealId id) {
        auto state = vm::StateTree::load(lotus().blocks, lotus().head->parent_state_root()).value();
        return actors::read::Market::load(state).value().deal(id).value().value().proposal;
    }
    /// Remembers a deal of the chain as one that this market published.
    Cid remember(DealId id, DealStage stage, ChainEpoch since = kHead) {
        DealRecord record;
        record.deal.proposal = proposal_of(id);
        record.deal.client_signature = {Signature::Type::secp256k1, Bytes(65)};
        record.stage = stage;
        record.id = id;
        record.since = since;
        DealRecords all(records);
        EXPECT_TRUE(all.load([](const DealProposal& proposal) { return proposal.client; }));
        EXPECT_TRUE(all.add(record, record.deal.proposal.client, {10, 10, 10}));
        open();
        return proposal_cid(record.deal.proposal);
    }
    DealRecord record(const Cid& proposal) const { return market->find(proposal).value_or(DealRecord{}); }
    void work(ChainEpoch epoch) {
        const auto done = market->on_epoch(epoch);
        EXPECT_TRUE(done) << done.error().message();
    }

    chain::testing::FakeChain chain;
    provider::testing::FakeProvider provider;
    store::MemoryKeyValue records, keys;
    wallet::Wallet wallet{keys};
    Address worker;
    strata::testing::TempFolder folder;
    std::unique_ptr<retrieval::PieceStore> pieces;
    MarketConfig config;
    std::unique_ptr<ProviderMarket> market;
};

}  // namespace strata::market::testing
