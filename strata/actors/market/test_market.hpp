#pragma once
// For tests: a market with one client and two providers whose actors agree with everything.
#include <strata/actors/account/state.hpp>
#include <strata/actors/market/handlers.hpp>
#include <strata/actors/methods.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors::market::testing {

inline constexpr ActorId kOwner = 101;
inline constexpr ActorId kProvider = 102;
inline constexpr ActorId kWorker = 103;
inline constexpr ActorId kClient = 104;
inline constexpr ActorId kOtherProvider = 501;
inline constexpr ActorId kStranger = 600;
inline constexpr MethodNumber kControlAddresses = 2;              // a method of miners
inline constexpr MethodNumber kIsControllingAddress = 348244887;  // a method of miners
inline constexpr ChainEpoch kStart = 50;
inline constexpr ChainEpoch kEnd = kStart + 200 * 2880;
inline constexpr SectorNumber kSector = 7;
inline constexpr RegisteredSealProof kSeal32GiB{8};
inline constexpr std::int64_t kPrice = 10;  // attoFIL an epoch

using Codes = std::vector<ExitCode>;
using Names = std::vector<std::string>;

struct ControlAddresses {
    Address owner;
    Address worker;
    std::vector<Address> control_addresses;
    STRATA_CBOR_TUPLE(owner, worker, control_addresses);
};

class MarketTest : public actors::testing::ActorTest {
  protected:
    MarketTest() : MarketTest(methods(), /*solstice=*/false) {}
    MarketTest(std::span<const Method> methods, bool solstice) : ActorTest(ActorType::market, methods, kMarketId) {
        policy_.solstice = solstice;
        for (const ActorId id : {kOwner, kWorker, kClient, kStranger}) world_.add(id, ActorType::account, fil(1'000));
        for (const ActorId id : {kProvider, kOtherProvider}) {
            world_.add(id, ActorType::miner, 0);
            answer_with(id, kControlAddresses, ControlAddresses{Address::id(kOwner), Address::id(kWorker), {}});
            answer_with(id, kIsControllingAddress, true);
        }
        answer_with(kClient, account::kAuthenticateMessage, true);
        answer_with(kRewardId, reward::kThisEpochReward,
                    reward::ThisEpochRewardReturn{FilterEstimate::of(1, 0), BigInt::pow2(50)});
        answer_with(kPowerId, power::kCurrentTotalPower, power::CurrentTotalPowerReturn{});
        at(0);
        EXPECT_TRUE(ok(call(kSystemId, 1)));
    }
    // Both states are tables and more.
    // NOLINTNEXTLINE(cppcoreguidelines-slicing)
    Tables tables() { return policy_.solstice ? Tables(state<State19>()) : Tables(state<State>()); }
    static DealProposal proposal(ChainEpoch start = kStart, ChainEpoch end = kEnd, ActorId provider = kProvider) {
        DealProposal p;
        p.piece_cid = Cid::v1(Codec::commitment_unsealed, HashCode::sha2_256_trunc254_padded, Bytes(32, 1));
        p.piece_size = 2048;
        p.client = Address::id(kClient);
        p.provider = Address::id(provider);
        p.label = {std::string("label")};
        p.start_epoch = start;
        p.end_epoch = end;
        p.storage_price_per_epoch = kPrice;
        p.provider_collateral = 10;
        p.client_collateral = 10;
        return p;
    }
    vm::CallResult deposit(ActorId from, ActorId to, const TokenAmount& amount) {
        return call(from, kAddBalance, Address::id(to), amount);
    }
    void fund(const DealProposal& p) {
        ASSERT_TRUE(ok(deposit(kClient, kClient, p.client_balance_requirement())));
        ASSERT_TRUE(ok(call(kOwner, kAddBalance, p.provider, p.provider_collateral)));
    }
    vm::CallResult publish(const std::vector<DealProposal>& proposals, ActorId from = kWorker) {
        PublishStorageDealsParams params;
        for (const auto& p : proposals) params.deals.push_back({p, {Signature::Type::bls, {1}}});
        return call(from, kPublishStorageDeals, params);
    }
    DealId publish_funded(const DealProposal& p) {
        fund(p);
        const auto ids = returned<PublishStorageDealsReturn>(publish({p})).ids;
        return ids.empty() ? 999 : ids[0];
    }
    vm::CallResult activate(const std::vector<SectorDeals>& sectors, ActorId provider = kProvider) {
        return call(provider, kBatchActivateDeals, BatchActivateDealsParams{sectors, false});
    }
    static SectorDeals sector_with(std::vector<DealId> ids, SectorNumber sector = kSector,
                                   ChainEpoch expiry = kEnd + 100) {
        return {sector, kSeal32GiB, expiry, std::move(ids)};
    }
    Codes activation_codes(const std::vector<SectorDeals>& sectors, ActorId provider = kProvider) {
        return returned<BatchActivateDealsReturn>(activate(sectors, provider)).activation_results.codes();
    }
    DealId active_deal(const DealProposal& p, SectorNumber sector = kSector) {
        const DealId id = publish_funded(p);
        EXPECT_EQ(activation_codes({sector_with({id}, sector)}), Codes{ExitCode::ok});
        return id;
    }
    vm::CallResult terminate(std::initializer_list<std::uint64_t> sectors, ActorId provider = kProvider) {
        OnMinerSectorsTerminateParams params{epoch(), {}};
        for (const auto sector : sectors) params.sectors.set(sector);
        return call(provider, kOnMinerSectorsTerminate, params);
    }
    SettleDealPaymentsReturn settle(std::initializer_list<DealId> ids) {
        BitField bits;
        for (const auto id : ids) bits.set(id);
        return returned<SettleDealPaymentsReturn>(call(kStranger, kSettleDealPayments, bits));
    }
    vm::CallResult cron(ChainEpoch now) {
        at(now);
        return call(kCronId, kCronTick);
    }
    TokenAmount escrow(ActorId id) {
        const auto table = BalanceTable::load(world_.store, tables().escrow_table, kBalanceTableWidth).value();
        return table.get(Address::id(id)).value().value_or(TokenAmount(0));
    }
    TokenAmount locked(ActorId id) {
        const auto table = BalanceTable::load(world_.store, tables().locked_table, kBalanceTableWidth).value();
        return table.get(Address::id(id)).value().value_or(TokenAmount(0));
    }
    std::optional<DealState> deal_state(DealId id) {
        return States::load(world_.store, tables().states, kStatesWidth).value().get(id).value();
    }
    std::optional<DealProposal> stored(DealId id) {
        return Proposals::load(world_.store, tables().proposals, kProposalsWidth).value().get(id).value();
    }
    std::optional<std::vector<DealId>> deals_of(SectorNumber sector, ActorId provider = kProvider) {
        const auto root = ProviderSectors::load(world_.store, tables().provider_sectors).value().get(provider).value();
        if (!root) return {};
        return SectorDealIds::load(world_.store, *root).value().get(sector).value();
    }
    bool is_pending() { return tables().pending_proposals != HamtSet<Cid>::empty_root(world_.store).value(); }
    TokenAmount burnt() { return balance_of(kBurntFundsId); }
};

}  // namespace strata::actors::market::testing
