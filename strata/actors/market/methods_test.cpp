// Cases and codes: builtin-actors v18 actors/market/tests (market_actor_test.rs, publish_storage_deals_failures.rs,
// batch_activate_deals.rs, sector_content_changed.rs, settle_deal_payments.rs, deal_termination.rs,
// on_miner_sectors_terminate.rs, cron_tick_timedout_deals.rs, random_cron_epoch_during_publish.rs).
#include <strata/actors/datacap/types.hpp>
#include <strata/actors/market/test_market.hpp>
#include <strata/actors/verifreg/types.hpp>

namespace strata::actors::market {
namespace {

using namespace testing;

TEST_F(MarketTest, EscrowOfClientsAndProviders) {
    ASSERT_TRUE(ok(deposit(kClient, kClient, 10)));
    ASSERT_TRUE(ok(call(kStranger, kAddBalance, key_of(kClient), TokenAmount(5))));
    EXPECT_EQ(escrow(kClient), TokenAmount(15));
    ASSERT_TRUE(ok(deposit(kStranger, kProvider, 20)));
    EXPECT_EQ(escrow(kProvider), TokenAmount(20));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, deposit(kClient, kClient, 0)));
    EXPECT_TRUE(
        exits(ExitCode::illegal_argument, call(kClient, kAddBalance, Address::bls(Bytes(48, 9)), TokenAmount(1))));

    const auto withdraw = [&](ActorId from, ActorId of, std::int64_t amount) {
        return call(from, kWithdrawBalance, WithdrawBalanceParams{Address::id(of), amount});
    };
    EXPECT_TRUE(exits(ExitCode::forbidden, withdraw(kStranger, kClient, 1)));
    EXPECT_TRUE(exits(ExitCode::forbidden, withdraw(kProvider, kProvider, 1)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, withdraw(kClient, kClient, -1)));
    EXPECT_EQ(returned<TokenAmount>(withdraw(kClient, kClient, 4)), TokenAmount(4));
    EXPECT_EQ(returned<TokenAmount>(withdraw(kClient, kClient, 100)), TokenAmount(11));  // the complete free balance
    const TokenAmount before = balance_of(kOwner);
    EXPECT_EQ(returned<TokenAmount>(withdraw(kWorker, kProvider, 20)), TokenAmount(20));
    EXPECT_EQ(balance_of(kOwner), before + 20);  // the owner gets the funds, even if the worker withdraws
    EXPECT_EQ(escrow(kProvider), TokenAmount(0));
}

TEST_F(MarketTest, PublishingLocksFunds) {
    const auto p = proposal();
    const DealId id = publish_funded(p);
    EXPECT_EQ(id, 0U);
    EXPECT_EQ(event_types(), Names{"deal-published"});
    EXPECT_EQ(locked(kClient), p.total_storage_fee() + 10);
    EXPECT_EQ(locked(kProvider), TokenAmount(10));
    EXPECT_EQ(state<State>().total_client_locked_collateral, TokenAmount(10));
    EXPECT_EQ(state<State>().total_provider_locked_collateral, TokenAmount(10));
    EXPECT_EQ(state<State>().total_client_storage_fee, TokenAmount(200 * 2880 * kPrice));
    EXPECT_EQ(stored(id), p);
    EXPECT_FALSE(deal_state(id));
    EXPECT_TRUE(is_pending());
    const auto told = sent_to(kClient, kMarketNotifyDeal);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].as<MarketNotifyDealParams>().proposal, to_cbor(p));
    // Locked funds cannot be withdrawn.
    const auto all = call(kClient, kWithdrawBalance, WithdrawBalanceParams{Address::id(kClient), fil(1)});
    EXPECT_EQ(returned<TokenAmount>(all), TokenAmount(0));
    fund(p);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, publish({p})));  // it is pending already
}

TEST_F(MarketTest, ProposalsOutOfBoundsAreRefused) {
    const auto refused = [&](const char* what, auto change) {
        SCOPED_TRACE(what);
        auto p = proposal();
        change(p);
        EXPECT_TRUE(exits(ExitCode::illegal_argument, publish({p})));
    };
    ASSERT_TRUE(ok(deposit(kClient, kClient, fil(100))));
    ASSERT_TRUE(ok(deposit(kOwner, kProvider, fil(100))));
    at(20);
    const TokenAmount too_much = fil(2'000'000'000) + 1;
    refused("end before start", [](auto& p) { p.end_epoch = p.start_epoch - 1; });
    refused("start in the past", [](auto& p) { p.start_epoch = 19; });
    refused("too short", [](auto& p) { p.end_epoch = p.start_epoch + 180 * 2880 - 1; });
    refused("too long", [](auto& p) { p.end_epoch = p.start_epoch + 1278 * 2880 + 1; });
    refused("negative price", [](auto& p) { p.storage_price_per_epoch = -1; });
    refused("price above all coins", [&](auto& p) { p.storage_price_per_epoch = too_much; });
    refused("negative provider collateral", [](auto& p) { p.provider_collateral = -1; });
    refused("provider collateral above all coins", [&](auto& p) { p.provider_collateral = too_much; });
    refused("negative client collateral", [](auto& p) { p.client_collateral = -1; });
    refused("client collateral above all coins", [&](auto& p) { p.client_collateral = too_much; });
    refused("a client without an actor", [](auto& p) { p.client = Address::id(9999); });
    refused("a client without an address", [](auto& p) { p.client = Address::bls(Bytes(48, 9)); });
    refused("not a piece CID", [](auto& p) { p.piece_cid = Cid::hash_of(Codec::raw, Bytes{1}); });
    refused("size zero", [](auto& p) { p.piece_size = 0; });
    refused("size 64", [](auto& p) { p.piece_size = 64; });
    refused("size 254", [](auto& p) { p.piece_size = 254; });
    refused("a long label", [](auto& p) { p.label = {std::string(257, 'x')}; });
    answer(kClient, account::kAuthenticateMessage, ExitCode::illegal_argument);
    refused("a wrong signature", [](auto&) {});
    answer_with(kClient, account::kAuthenticateMessage, false);
    refused("a signature that the client denies", [](auto&) {});
    answer_with(kClient, account::kAuthenticateMessage, true);
    auto longest = proposal();
    longest.label = {std::string(256, 'x')};
    EXPECT_TRUE(ok(publish({longest})));
}

TEST_F(MarketTest, TheLeastCollateralFollowsTheSupply) {
    // 1 % of the supply for the piece's share of the greater of power and baseline (docs/protocol/storage.md §10.1).
    world_.config.circulating_supply = fil(1'000'000);
    const TokenAmount least = div_floor(fil(10'000) * 2048, BigInt::pow2(50));
    auto p = proposal();
    p.provider_collateral = least - 1;
    fund(p);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, publish({p})));
    p.provider_collateral = least;
    fund(p);
    EXPECT_TRUE(ok(publish({p})));
}

TEST_F(MarketTest, WhoMayPublish) {
    const auto p = proposal();
    fund(p);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, publish({})));
    answer_with(kProvider, kIsControllingAddress, false);
    EXPECT_TRUE(exits(ExitCode::forbidden, publish({p}, kStranger)));
    answer_with(kProvider, kIsControllingAddress, true);
    auto bad = p;
    bad.provider = Address::bls(Bytes(48, 9));
    EXPECT_TRUE(exits(ExitCode::not_found, publish({bad})));
    bad.provider = Address::id(kClient);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, publish({bad})));
    answer(kClient, kMarketNotifyDeal, ExitCode::insufficient_funds);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, publish({p})));
    answer(kClient, kMarketNotifyDeal, ExitCode::ok);
    EXPECT_TRUE(ok(publish({p})));
}

TEST_F(MarketTest, WhatIsNotCoveredIsLeftOut) {
    const auto first = proposal();
    const auto second = proposal(kStart, kEnd + 1);
    EXPECT_TRUE(exits(ExitCode::illegal_argument, publish({first})));  // no escrow at all
    ASSERT_TRUE(ok(deposit(kClient, kClient, first.client_balance_requirement())));
    ASSERT_TRUE(ok(deposit(kOwner, kProvider, 20)));
    auto out = returned<PublishStorageDealsReturn>(publish({second, first, first}));
    EXPECT_EQ(out.ids, std::vector<DealId>{0});
    EXPECT_FALSE(out.valid_deals.contains(0));  // the client's escrow is a little too low
    EXPECT_TRUE(out.valid_deals.contains(1));
    EXPECT_FALSE(out.valid_deals.contains(2));  // a duplicate
    // The provider can cover one more collateral. A deal with a different provider is left out.
    ASSERT_TRUE(ok(deposit(kClient, kClient, fil(1))));
    const auto third = proposal(kStart, kEnd + 2);
    out = returned<PublishStorageDealsReturn>(publish({second, third, proposal(kStart, kEnd, kOtherProvider)}));
    EXPECT_EQ(out.ids, std::vector<DealId>{1});
    EXPECT_TRUE(out.valid_deals.contains(0));
    EXPECT_FALSE(out.valid_deals.contains(1));
    EXPECT_FALSE(out.valid_deals.contains(2));
}

TEST_F(MarketTest, VerifiedDealsTakeDatacapInOneTransfer) {
    auto first = proposal();
    auto second = proposal(kStart, kEnd + 1);
    auto third = proposal(kStart, kEnd + 2);
    first.verified_deal = second.verified_deal = third.verified_deal = true;
    for (const auto& p : {first, second, third}) fund(p);
    answer_with(kDatacapId, datacap::kBalance, fil(2048 * 2));
    const verifreg::AllocationsResponse response{{2, {}}, {}, {41, 42}};
    answer_with(kDatacapId, datacap::kTransferFrom, datacap::TransferFromReturn{0, 0, 0, to_cbor(response)});
    const auto out = returned<PublishStorageDealsReturn>(publish({first, second, third}));
    EXPECT_EQ(out.ids, (std::vector<DealId>{0, 1}));  // there is no datacap for the third
    const auto moved = sent_to(kDatacapId, datacap::kTransferFrom);
    ASSERT_EQ(moved.size(), 1U);
    const auto params = moved[0].as<datacap::TransferFromParams>();
    EXPECT_EQ(params.from, Address::id(kClient));
    EXPECT_EQ(params.to, Address::id(kVerifiedRegistryId));
    EXPECT_EQ(params.amount, fil(4096));
    const auto wanted = from_cbor<verifreg::AllocationRequests>(params.operator_data).value();
    ASSERT_EQ(wanted.allocations.size(), 2U);
    EXPECT_EQ(wanted.allocations[0].provider, kProvider);
    EXPECT_EQ(wanted.allocations[0].term_min, 200 * 2880);
    EXPECT_EQ(wanted.allocations[0].term_max, 290 * 2880);  // the duration and 90 days
    EXPECT_EQ(wanted.allocations[0].expiration, kStart);
    // The miner gets the allocation IDs when it activates the deals.
    const auto activated = returned<BatchActivateDealsReturn>(activate({sector_with({0, 1})}));
    ASSERT_EQ(activated.activations.size(), 1U);
    ASSERT_EQ(activated.activations[0].activated.size(), 2U);
    EXPECT_EQ(activated.activations[0].activated[1].allocation_id, 42U);
    EXPECT_EQ(activated.activations[0].activated[1].client, kClient);
    EXPECT_EQ(activated.activations[0].activated[1].size, 2048U);
}

TEST_F(MarketTest, ActivationsFailSectorBySector) {
    const DealId first = publish_funded(proposal());
    const DealId second = publish_funded(proposal(kStart, kEnd + 1));
    const DealId foreign = publish_funded(proposal(kStart, kEnd, kOtherProvider));
    const auto wrong = ExitCode::illegal_argument;
    EXPECT_EQ(activation_codes({sector_with({first, first})}), Codes{wrong});
    EXPECT_EQ(activation_codes({sector_with({first, 99})}), Codes{ExitCode::not_found});
    EXPECT_EQ(activation_codes({sector_with({foreign})}), Codes{ExitCode::forbidden});
    EXPECT_EQ(activation_codes({sector_with({first}, 1, kEnd - 1)}), Codes{wrong});
    EXPECT_EQ(activation_codes({sector_with({first, 99}, 1), sector_with({first}, 2), sector_with({first}, 3)}),
              (Codes{ExitCode::not_found, ExitCode::ok, wrong}));
    EXPECT_EQ(activation_codes({sector_with({first}, 4)}), Codes{wrong});  // it is active
    EXPECT_EQ(deals_of(2), std::vector{first});
    EXPECT_FALSE(deals_of(1));
    EXPECT_EQ(deal_state(first)->sector_number, 2U);
    EXPECT_TRUE(exits(ExitCode::forbidden, activate({}, kStranger)));
    at(kStart + 1);
    EXPECT_EQ(activation_codes({sector_with({second})}), Codes{ExitCode{32}});
}

TEST_F(MarketTest, DealsAreVerifiedForActivation) {
    const DealId id = publish_funded(proposal());
    const auto verify = [&](const SectorDeals& sector, ActorId from = kProvider) {
        return call(from, kVerifyDealsForActivation, VerifyDealsForActivationParams{{sector}});
    };
    EXPECT_TRUE(exits(ExitCode::forbidden, verify(sector_with({id}), kStranger)));
    EXPECT_TRUE(exits(ExitCode::forbidden, verify(sector_with({id}), kOtherProvider)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, verify(sector_with({id, id}))));
    EXPECT_TRUE(exits(ExitCode::not_found, verify(sector_with({99}))));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, verify(sector_with({id}, 1, kEnd - 1))));
    const auto none = returned<VerifyDealsForActivationReturn>(verify(sector_with({})));
    ASSERT_EQ(none.unsealed_cids.size(), 1U);
    EXPECT_FALSE(none.unsealed_cids[0]);
    at(kStart + 1);
    EXPECT_TRUE(exits(ExitCode{32}, verify(sector_with({id}))));
}

TEST_F(MarketTest, SectorContentActivatesMatchingPieces) {
    std::vector<DealId> ids;
    for (ChainEpoch i = 0; i < 4; ++i) ids.push_back(publish_funded(proposal(kStart, kEnd + i)));
    const auto piece = [&](DealId id) { return PieceChange{proposal().piece_cid, 2048, to_cbor(id)}; };
    const auto change = [&](const SectorContentChangedParams& params) {
        std::vector<std::vector<bool>> out;
        for (const auto& sector : returned<SectorContentChangedReturn>(call(kProvider, kSectorContentChanged, params)))
            for (out.emplace_back(); const auto& one : sector) out.back().push_back(one.accepted);
        return out;
    };
    using Accepted = std::vector<std::vector<bool>>;
    EXPECT_EQ(change({}), Accepted{});
    EXPECT_EQ(change({{1, kEnd + 10, {}}}), Accepted{{}});
    auto wrong_cid = piece(ids[0]);
    wrong_cid.data = Cid::v1(Codec::commitment_unsealed, HashCode::sha2_256_trunc254_padded, Bytes(32, 9));
    auto wrong_size = piece(ids[1]);
    wrong_size.size = 1234;
    auto wrong_payload = piece(ids[0]);
    wrong_payload.payload.push_back(123);
    EXPECT_EQ(change({{1, kEnd + 10, {wrong_cid, wrong_size, piece(1234), wrong_payload}}}),
              (Accepted{{false, false, false, false}}));
    EXPECT_EQ(change({{1, kEnd - 1, {piece(ids[0])}}}), Accepted{{false}});  // the sector may end before the deal
    EXPECT_EQ(change({{1, kEnd + 10, {piece(ids[2]), wrong_size, piece(ids[2])}}, {2, kEnd + 10, {piece(ids[3])}}}),
              (Accepted{{true, false, false}, {true}}));
    EXPECT_EQ(event_types(), (Names{"deal-activated", "deal-activated"}));
    EXPECT_EQ(change({{1, kEnd + 10, {piece(ids[0])}}, {1, kEnd + 10, {piece(ids[1])}}}), (Accepted{{true}, {true}}));
    EXPECT_EQ(deals_of(1), (std::vector{ids[0], ids[1], ids[2]}));
    EXPECT_EQ(deals_of(2), std::vector{ids[3]});
    EXPECT_EQ(change({{3, kEnd + 10, {piece(ids[0])}}}), Accepted{{false}});  // it is active
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kStranger, kSectorContentChanged, SectorContentChangedParams{})));
}

TEST_F(MarketTest, SettlementPaysByEpochs) {
    const auto p = proposal();
    const DealId id = active_deal(p);
    const TokenAmount client = escrow(kClient);
    const TokenAmount provider = escrow(kProvider);
    auto out = settle({id});  // before the start no payment is due
    EXPECT_EQ(out.settlements.at(0).payment, TokenAmount(0));
    EXPECT_FALSE(out.settlements.at(0).completed);
    at(kStart);
    EXPECT_EQ(settle({id}).settlements.at(0).payment, TokenAmount(0));
    at(kStart + 100);
    EXPECT_EQ(settle({id}).settlements.at(0).payment, TokenAmount(100 * kPrice));
    EXPECT_EQ(settle({id}).settlements.at(0).payment, TokenAmount(0));
    EXPECT_EQ(escrow(kClient), client - 100 * kPrice);
    EXPECT_EQ(escrow(kProvider), provider + 100 * kPrice);
    at(kEnd + 300);  // no more than the deal's term is paid
    out = settle({id});
    EXPECT_EQ(event_types(), Names{"deal-completed"});
    EXPECT_EQ(out.settlements.at(0).payment, TokenAmount((200 * 2880 - 100) * kPrice));
    EXPECT_TRUE(out.settlements.at(0).completed);
    EXPECT_EQ(locked(kClient), TokenAmount(0));
    EXPECT_EQ(locked(kProvider), TokenAmount(0));
    EXPECT_EQ(escrow(kProvider), provider + p.total_storage_fee());
    EXPECT_FALSE(stored(id));
    EXPECT_FALSE(deals_of(kSector));
    EXPECT_EQ(burnt(), TokenAmount(0));
    EXPECT_EQ(settle({id}).results.codes(), Codes{ExitCode{32}});
}

TEST_F(MarketTest, ABatchIsSettledDealByDeal) {
    const ChainEpoch now = kEnd - 1;
    const DealId continuing = active_deal(proposal());
    const DealId finished = active_deal(proposal(kStart, now));
    const DealId terminated = active_deal(proposal(kStart + 1, now), 8);
    const DealId missed = publish_funded(proposal(kStart + 2, kEnd));
    at(now - 1);
    ASSERT_TRUE(ok(terminate({8})));
    EXPECT_EQ(burnt(), TokenAmount(10));
    at(now);
    const auto out = settle({continuing, finished, terminated, missed, 9999});
    EXPECT_EQ(out.results.codes(), (Codes{ExitCode::ok, ExitCode::ok, ExitCode{32}, ExitCode{32}, ExitCode{32}}));
    ASSERT_EQ(out.settlements.size(), 2U);
    EXPECT_EQ(out.settlements[0].payment, TokenAmount((now - kStart) * kPrice));
    EXPECT_FALSE(out.settlements[0].completed);
    EXPECT_EQ(out.settlements[1].payment, TokenAmount((now - kStart) * kPrice));
    EXPECT_TRUE(out.settlements[1].completed);
    EXPECT_EQ(burnt(), TokenAmount(20));  // includes the collateral of the deal that was never activated
    EXPECT_FALSE(stored(missed));
}

TEST_F(MarketTest, TerminationPaysUpToItsEpochAndBurnsTheCollateral) {
    const std::pair<ChainEpoch, std::int64_t> cases[] = {{kStart + 5, 50}, {kStart, 0}, {5, 0}};
    for (const auto& [now, paid] : cases) {
        SCOPED_TRACE(now);
        at(5);
        const auto p = proposal();
        const DealId id = active_deal(p);
        const TokenAmount client = escrow(kClient);
        const TokenAmount provider = escrow(kProvider);
        const TokenAmount burnt_before = burnt();
        at(now);
        ASSERT_TRUE(ok(terminate({kSector})));
        EXPECT_EQ(event_types(), Names{"deal-terminated"});
        EXPECT_EQ(escrow(kClient), client - paid);
        EXPECT_EQ(escrow(kProvider), provider + paid - 10);
        EXPECT_EQ(burnt() - burnt_before, TokenAmount(10));
        EXPECT_EQ(locked(kClient), TokenAmount(0));
        EXPECT_FALSE(stored(id));
        EXPECT_FALSE(deals_of(kSector));
        EXPECT_FALSE(is_pending());
        EXPECT_EQ(settle({id}).results.codes(), Codes{ExitCode{32}});
    }
    EXPECT_TRUE(state<State>().total_client_storage_fee.is_zero());
    EXPECT_TRUE(state<State>().total_provider_locked_collateral.is_zero());
}

TEST_F(MarketTest, SettlementAndTerminationInOneEpochPayOnce) {
    const DealId id = active_deal(proposal());
    const TokenAmount client = escrow(kClient);
    at(kStart + 100);
    EXPECT_EQ(settle({id}).settlements.at(0).payment, TokenAmount(1000));
    ASSERT_TRUE(ok(terminate({kSector})));
    EXPECT_EQ(escrow(kClient), client - 1000);
    EXPECT_EQ(locked(kClient), TokenAmount(0));
}

TEST_F(MarketTest, TerminationLeavesOtherDealsAlone) {
    const DealId first = active_deal(proposal(), 1);
    const DealId ended = publish_funded(proposal(kStart, kEnd - 1));
    const DealId running = publish_funded(proposal(kStart, kEnd + 1));
    ASSERT_EQ(activation_codes({sector_with({ended, running}, 2)}), Codes{ExitCode::ok});
    ASSERT_TRUE(ok(terminate({77})));  // a sector without deals
    EXPECT_TRUE(stored(first));
    at(kEnd - 1);
    ASSERT_TRUE(ok(terminate({2})));
    EXPECT_TRUE(stored(ended));  // it waits for its settlement
    EXPECT_FALSE(stored(running));
    EXPECT_TRUE(stored(first));
    EXPECT_FALSE(deals_of(2));
    EXPECT_TRUE(settle({ended}).settlements.at(0).completed);
    EXPECT_TRUE(exits(ExitCode::forbidden, terminate({1}, kStranger)));
}

TEST_F(MarketTest, CronSlashesDealsThatWereNeverActivated) {
    const DealId id = publish_funded(proposal());
    const TokenAmount client = escrow(kClient);
    ASSERT_TRUE(ok(cron(kStart)));  // deal 0 is visited at multiples of 30 days
    EXPECT_TRUE(stored(id));
    ASSERT_TRUE(ok(cron(30 * 2880)));
    EXPECT_FALSE(stored(id));
    EXPECT_FALSE(is_pending());
    EXPECT_EQ(burnt(), TokenAmount(10));
    EXPECT_EQ(escrow(kClient), client);
    EXPECT_EQ(locked(kClient), TokenAmount(0));
    EXPECT_EQ(escrow(kProvider), TokenAmount(0));
    ASSERT_TRUE(ok(cron(30 * 2880)));  // a second tick changes nothing
    EXPECT_EQ(burnt(), TokenAmount(10));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kStranger, kCronTick)));
}

TEST_F(MarketTest, CronOnlyCleansUpAfterActiveDeals) {
    const DealId id = active_deal(proposal());
    EXPECT_TRUE(is_pending());
    const TokenAmount client = escrow(kClient);
    ASSERT_TRUE(ok(cron(30 * 2880)));
    EXPECT_FALSE(is_pending());
    EXPECT_TRUE(stored(id));
    EXPECT_EQ(escrow(kClient), client);  // since FIP-0074, payments are settled on request
    const Cid none = DealOps::empty_root(world_.store).value();
    EXPECT_EQ(state<State>().deal_ops_by_epoch, none);
}

TEST_F(MarketTest, CronStillPaysDealsFromBeforeFip0074) {
    const DealId id = active_deal(proposal());
    auto now = state<State>();
    auto states = States::load(world_.store, now.states, kStatesWidth).value();
    auto legacy = states.get(id).value().value();
    legacy.last_updated_epoch = kStart - 1;  // as if cron had visited it before
    ASSERT_TRUE(states.set(id, legacy));
    now.states = states.flush().value();
    set_state(now);
    const TokenAmount provider = escrow(kProvider);
    const ChainEpoch visit = 30 * 2880;
    ASSERT_TRUE(ok(cron(visit)));
    EXPECT_EQ(escrow(kProvider), provider + (visit - kStart) * kPrice);
    // The visits before the end add nothing to what the last visit does.
    auto later = state<State>();
    HamtSet<DealId> visited(world_.store);
    ASSERT_TRUE(visited.set(id, Unit{}));
    DealOps visits(world_.store);
    ASSERT_TRUE(visits.set(kEnd + 5, visited.flush().value()));
    later.deal_ops_by_epoch = visits.flush().value();
    later.last_cron = kEnd;
    set_state(later);
    ASSERT_TRUE(ok(cron(kEnd + 5)));
    EXPECT_EQ(event_types(), Names{"deal-completed"});
    EXPECT_EQ(escrow(kProvider), provider + 200 * 2880 * kPrice);
    EXPECT_FALSE(stored(id));
}

// actors/market/tests/deal_api_test.rs
TEST_F(MarketTest, DealsAreRead) {
    const auto p = proposal();
    const DealId id = publish_funded(p);
    const auto read = [&](MethodNumber method, DealId deal) { return call(kStranger, method, deal); };
    EXPECT_EQ(returned<DealDataCommitment>(read(1157985802, id)).data, p.piece_cid);
    EXPECT_EQ(returned<ActorId>(read(128053329, id)), kClient);
    EXPECT_EQ(returned<ActorId>(read(935081690, id)), kProvider);
    EXPECT_EQ(returned<Label>(read(46363526, id)), p.label);
    EXPECT_EQ(returned<DealTerm>(read(163777312, id)).duration, 200 * 2880);
    EXPECT_EQ(returned<TokenAmount>(read(4287162428, id)), TokenAmount(200 * 2880 * kPrice));
    EXPECT_EQ(returned<TokenAmount>(read(200567895, id)), TokenAmount(10));
    EXPECT_EQ(returned<TokenAmount>(read(2986712137, id)), TokenAmount(10));
    EXPECT_FALSE(returned<bool>(read(2627389465, id)));
    constexpr MethodNumber activation = 2567238399;
    constexpr MethodNumber sector = 2611213344;
    EXPECT_EQ(returned<DealActivation>(read(activation, id)).activated, -1);
    EXPECT_TRUE(exits(ExitCode{33}, read(sector, id)));
    EXPECT_TRUE(exits(ExitCode::not_found, read(activation, 99)));
    at(20);
    ASSERT_EQ(activation_codes({sector_with({id})}), Codes{ExitCode::ok});
    EXPECT_EQ(returned<DealActivation>(read(activation, id)).activated, 20);
    EXPECT_EQ(returned<SectorNumber>(read(sector, id)), kSector);
    const auto held = returned<GetBalanceReturn>(call(kStranger, 726108461, Address::id(kProvider)));
    EXPECT_EQ(held.balance, TokenAmount(10));
    EXPECT_EQ(held.locked, TokenAmount(10));
    ASSERT_TRUE(ok(terminate({kSector})));
    EXPECT_TRUE(exits(ExitCode{32}, read(activation, id)));
    EXPECT_TRUE(exits(ExitCode{32}, read(128053329, id)));
}

// market_actor_test.rs, label_cbor: a label is a string or a byte string.
TEST(MarketLabel, KeepsItsKind) {
    EXPECT_EQ(to_cbor(Label{std::string("i_am_random_string____")}).at(0), 0x76);
    EXPECT_EQ(to_cbor(Label{to_bytes(as_bytes("i_am_random_bytes_____"))}).at(0), 0x56);
    EXPECT_EQ(to_cbor(Label{std::string()}), Bytes{0x60});
    EXPECT_EQ(to_cbor(Label{Bytes{}}), Bytes{0x40});
    EXPECT_TRUE(from_cbor<Label>(Bytes{0x60}));
    EXPECT_FALSE(from_cbor<Label>(Bytes{0x61, 0xde}));  // not UTF-8
    EXPECT_TRUE(from_cbor<Label>(Bytes{0x41, 0xde}));
    EXPECT_FALSE(from_cbor<Label>(Bytes{0x05}));
}

// As builtin-actors v18 actors/market/src/lib.rs: next_update_epoch.
TEST(DealUpdates, are_due_at_the_offset_that_the_ID_gives) {
    EXPECT_EQ(next_update_epoch(7, 7), 7);
    EXPECT_EQ(next_update_epoch(7, 8), 7 + kDealUpdatesInterval);
    EXPECT_EQ(next_update_epoch(7, 0), 7);
    EXPECT_EQ(next_update_epoch(7, 7 + kDealUpdatesInterval), 7 + kDealUpdatesInterval);
    EXPECT_EQ(next_update_epoch(static_cast<DealId>(kDealUpdatesInterval) + 1, 0), 1);
}

}  // namespace
}  // namespace strata::actors::market
