#pragma once
// Deals, and the parameters and returns of the storage market. Source: docs/protocol/fvm.md §8.9,
// docs/protocol/storage.md §10.
#include <variant>

#include <strata/actors/batch_return.hpp>
#include <strata/ipld/bitfield.hpp>
#include <strata/types/actor_signature.hpp>
#include <strata/types/basic.hpp>
#include <strata/types/sector.hpp>

namespace strata::actors {
struct Policy;
}

namespace strata::actors::market {

inline constexpr MethodNumber kAddBalance = 2;
inline constexpr MethodNumber kWithdrawBalance = 3;
inline constexpr MethodNumber kPublishStorageDeals = 4;
inline constexpr MethodNumber kVerifyDealsForActivation = 5;
inline constexpr MethodNumber kBatchActivateDeals = 6;
inline constexpr MethodNumber kOnMinerSectorsTerminate = 7;
inline constexpr MethodNumber kCronTick = 9;
inline constexpr MethodNumber kSettleDealPayments = 1900091594;
inline constexpr MethodNumber kSectorContentChanged = 2034386435;
inline constexpr MethodNumber kMarketNotifyDeal = 4186741094;

/// A string or a byte string. The CID of the proposal depends on which of the two the label is.
struct Label {
    std::variant<std::string, Bytes> value;
    void to_cbor(CborWriter& w) const;
    static Result<Label> read_cbor(CborReader& r);
    std::size_t size() const;
    friend bool operator==(const Label&, const Label&) = default;
};

struct DealProposal {
    Cid piece_cid;
    std::uint64_t piece_size = 0;  // padded
    bool verified_deal = false;
    Address client;
    Address provider;
    Label label;
    ChainEpoch start_epoch = 0;
    ChainEpoch end_epoch = 0;
    TokenAmount storage_price_per_epoch;
    TokenAmount provider_collateral;
    TokenAmount client_collateral;
    STRATA_CBOR_TUPLE(piece_cid, piece_size, verified_deal, client, provider, label, start_epoch, end_epoch,
                      storage_price_per_epoch, provider_collateral, client_collateral);
    friend bool operator==(const DealProposal&, const DealProposal&) = default;

    ChainEpoch duration() const { return end_epoch - start_epoch; }
    TokenAmount total_storage_fee() const { return storage_price_per_epoch * BigInt(duration()); }
    TokenAmount client_balance_requirement() const { return client_collateral + total_storage_fee(); }
};

struct ClientDealProposal {
    DealProposal proposal;
    ActorSignature client_signature;  // over the CBOR of the proposal
    STRATA_CBOR_TUPLE(proposal, client_signature);
};

struct DealState {
    SectorNumber sector_number = 0;
    ChainEpoch sector_start_epoch = kEpochUndefined;
    ChainEpoch last_updated_epoch = kEpochUndefined;
    ChainEpoch slash_epoch = kEpochUndefined;
    STRATA_CBOR_TUPLE(sector_number, sector_start_epoch, last_updated_epoch, slash_epoch);
};

/// A deal that is not over, as the market's state holds it.
struct Deal {
    DealProposal proposal;
    DealState state;  // all epochs are undefined until the deal is activated
};

// Bounds of a proposal (docs/protocol/storage.md §10.1; builtin-actors actors/market/src/policy.rs, lib.rs).
inline constexpr std::size_t kMaxLabel = 256;
inline constexpr ChainEpoch kMinDuration = kMinSectorLifetime;
inline constexpr ChainEpoch kMaxDuration = kMaxSectorExtension;

/// Returns the minimum collateral of a deal's provider. `network_power` is the larger of raw power and baseline.
TokenAmount least_provider_collateral(const Policy& policy, std::uint64_t padded_size,
                                      const StoragePower& network_power, const TokenAmount& circulating);

struct WithdrawBalanceParams {
    Address provider_or_client;
    TokenAmount amount;
    STRATA_CBOR_TUPLE(provider_or_client, amount);
};
struct GetBalanceReturn {
    TokenAmount balance;
    TokenAmount locked;
    STRATA_CBOR_TUPLE(balance, locked);
};
struct PublishStorageDealsParams {
    std::vector<ClientDealProposal> deals;
    STRATA_CBOR_TUPLE(deals);
};
struct PublishStorageDealsReturn {
    std::vector<DealId> ids;
    BitField valid_deals;
    STRATA_CBOR_TUPLE(ids, valid_deals);
};
struct MarketNotifyDealParams {
    Bytes proposal;
    DealId deal_id = 0;
    STRATA_CBOR_TUPLE(proposal, deal_id);
};

struct SectorDeals {
    SectorNumber sector_number = 0;
    RegisteredSealProof sector_type{};
    ChainEpoch sector_expiry = 0;
    std::vector<DealId> deal_ids;
    STRATA_CBOR_TUPLE(sector_number, sector_type, sector_expiry, deal_ids);
};
struct VerifyDealsForActivationParams {
    std::vector<SectorDeals> sectors;
    STRATA_CBOR_TUPLE(sectors);
};
struct VerifyDealsForActivationReturn {
    std::vector<std::optional<Cid>> unsealed_cids;
    STRATA_CBOR_TUPLE(unsealed_cids);
};
struct BatchActivateDealsParams {
    std::vector<SectorDeals> sectors;
    bool compute_cid = false;
    STRATA_CBOR_TUPLE(sectors, compute_cid);
};
struct ActivatedDeal {
    ActorId client = 0;
    std::uint64_t allocation_id = 0;
    Cid data;
    std::uint64_t size = 0;
    STRATA_CBOR_TUPLE(client, allocation_id, data, size);
};
struct SectorDealActivation {
    std::vector<ActivatedDeal> activated;
    std::optional<Cid> unsealed_cid;
    STRATA_CBOR_TUPLE(activated, unsealed_cid);
};
struct BatchActivateDealsReturn {
    BatchReturn activation_results;
    std::vector<SectorDealActivation> activations;
    STRATA_CBOR_TUPLE(activation_results, activations);
};
struct OnMinerSectorsTerminateParams {
    ChainEpoch epoch = 0;
    BitField sectors;
    STRATA_CBOR_TUPLE(epoch, sectors);
};

struct DealSettlementSummary {
    TokenAmount payment;
    bool completed = false;
    STRATA_CBOR_TUPLE(payment, completed);
};
struct SettleDealPaymentsReturn {
    BatchReturn results;
    std::vector<DealSettlementSummary> settlements;
    STRATA_CBOR_TUPLE(results, settlements);
};

// SectorContentChanged is the notification that a miner sends to the actors that its pieces name.
struct PieceChange {
    Cid data;
    std::uint64_t size = 0;
    Bytes payload;
    STRATA_CBOR_TUPLE(data, size, payload);
};
struct SectorChanges {
    SectorNumber sector = 0;
    ChainEpoch minimum_commitment_epoch = 0;
    std::vector<PieceChange> added;
    STRATA_CBOR_TUPLE(sector, minimum_commitment_epoch, added);
};
using SectorContentChangedParams = std::vector<SectorChanges>;
struct PieceReturn {
    bool accepted = false;
    STRATA_CBOR_TRANSPARENT(accepted);
};
/// Has one entry for each piece of each sector.
using SectorContentChangedReturn = std::vector<std::vector<PieceReturn>>;

struct DealDataCommitment {
    Cid data;
    std::uint64_t size = 0;
    STRATA_CBOR_TUPLE(data, size);
};
struct DealTerm {
    ChainEpoch start = 0;
    ChainEpoch duration = 0;
    STRATA_CBOR_TUPLE(start, duration);
};
struct DealActivation {
    ChainEpoch activated = kEpochUndefined;
    ChainEpoch terminated = kEpochUndefined;
    STRATA_CBOR_TUPLE(activated, terminated);
};

}  // namespace strata::actors::market
