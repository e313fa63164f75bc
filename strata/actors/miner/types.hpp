#pragma once
// The records that a miner keeps on chain about itself and its sectors. Source: docs/protocol/fvm.md §8.8,
// docs/protocol/storage.md §2-4; builtin-actors v18 actors/miner/src/{types,state,beneficiary,partition_state}.rs.
#include <strata/ipld/bitfield.hpp>
#include <strata/types/basic.hpp>
#include <strata/types/sector.hpp>

namespace strata::actors::miner {

/// A higher limit would need a different kind of array.
inline constexpr SectorNumber kMaxSectorNumber = 0x7fff'ffff'ffff'ffff;

/// Raw and quality-adjusted power.
struct PowerPair {
    StoragePower raw;
    StoragePower qa;
    STRATA_CBOR_TUPLE(raw, qa);

    bool is_zero() const { return raw.is_zero() && qa.is_zero(); }
    PowerPair& operator+=(const PowerPair& b) {
        raw += b.raw;
        qa += b.qa;
        return *this;
    }
    PowerPair& operator-=(const PowerPair& b) {
        raw -= b.raw;
        qa -= b.qa;
        return *this;
    }
    PowerPair operator-() const { return {-raw, -qa}; }
    friend PowerPair operator+(PowerPair a, const PowerPair& b) { return std::move(a += b); }
    friend PowerPair operator-(PowerPair a, const PowerPair& b) { return std::move(a -= b); }
    friend bool operator==(const PowerPair&, const PowerPair&) = default;
};

/// The payload of a miner's entry in the power actor's cron.
enum class CronEvent : std::int64_t { worker_key_change = 0, proving_deadline = 1, process_early_terminations = 2 };
struct CronEventPayload {
    CronEvent event_type{};
    STRATA_CBOR_TUPLE(event_type);
};

struct WorkerKeyChange {
    Address new_worker;
    ChainEpoch effective_at = 0;
    STRATA_CBOR_TUPLE(new_worker, effective_at);
};
struct BeneficiaryTerm {
    TokenAmount quota;
    TokenAmount used_quota;
    ChainEpoch expiration = 0;
    STRATA_CBOR_TUPLE(quota, used_quota, expiration);
    /// Returns the amount that may still be withdrawn.
    TokenAmount available(ChainEpoch now) const {
        return expiration > now ? max(quota - used_quota, TokenAmount(0)) : TokenAmount(0);
    }
};
struct PendingBeneficiaryChange {
    Address new_beneficiary;
    TokenAmount new_quota;
    ChainEpoch new_expiration = 0;
    bool approved_by_beneficiary = false;
    bool approved_by_nominee = false;
    STRATA_CBOR_TUPLE(new_beneficiary, new_quota, new_expiration, approved_by_beneficiary, approved_by_nominee);
};

/// All addresses are IDs.
struct MinerInfo {
    Address owner;
    Address worker;
    std::vector<Address> control_addresses;
    std::optional<WorkerKeyChange> pending_worker_key;
    Bytes peer_id;
    std::vector<Bytes> multi_address;
    RegisteredPoStProof window_post_proof_type{};
    SectorSize sector_size{};
    std::uint64_t window_post_partition_sectors = 0;
    ChainEpoch consensus_fault_elapsed = kEpochUndefined;
    std::optional<Address> pending_owner_address;
    Address beneficiary;
    BeneficiaryTerm beneficiary_term;
    std::optional<PendingBeneficiaryChange> pending_beneficiary_term;
    STRATA_CBOR_TUPLE(owner, worker, control_addresses, pending_worker_key, peer_id, multi_address,
                      window_post_proof_type, sector_size, window_post_partition_sectors, consensus_fault_elapsed,
                      pending_owner_address, beneficiary, beneficiary_term, pending_beneficiary_term);
};

struct SectorPreCommitInfo {
    RegisteredSealProof seal_proof{};
    SectorNumber sector_number = 0;
    Cid sealed_cid;
    ChainEpoch seal_rand_epoch = 0;
    std::vector<DealId> deal_ids;
    ChainEpoch expiration = 0;
    std::optional<Cid> unsealed_cid;  // compact: empty for a sector of zeros
    STRATA_CBOR_TUPLE(seal_proof, sector_number, sealed_cid, seal_rand_epoch, deal_ids, expiration, unsealed_cid);
};
struct SectorPreCommitOnChainInfo {
    SectorPreCommitInfo info;
    TokenAmount pre_commit_deposit;
    ChainEpoch pre_commit_epoch = 0;
    STRATA_CBOR_TUPLE(info, pre_commit_deposit, pre_commit_epoch);
};

// Flags of sectors.
/// The power follows FIP-0045. Since version 19 nothing depends on it.
inline constexpr std::uint32_t kSimpleQaPower = 1;
/// The sector counts ten times, whatever it holds: all sectors made or updated since version 19 (FIP-0118).
inline constexpr std::uint32_t kFullQaPower = 2;

struct SectorOnChainInfo {
    SectorNumber sector_number = 0;
    RegisteredSealProof seal_proof{};
    Cid sealed_cid;
    std::vector<DealId> deprecated_deal_ids;
    ChainEpoch activation = 0;
    ChainEpoch expiration = 0;
    BigInt deal_weight;           // spacetime of unverified pieces; 0 in sectors since version 19
    BigInt verified_deal_weight;  // spacetime of verified pieces; since version 19 of all pieces
    TokenAmount initial_pledge;
    std::optional<TokenAmount> expected_day_reward;      // unused since FIP-0098
    std::optional<TokenAmount> expected_storage_pledge;  // unused since FIP-0098
    ChainEpoch power_base_epoch = 0;
    std::optional<TokenAmount> replaced_day_reward;  // unused since FIP-0098
    std::optional<Cid> sector_key_cid;               // the first sealed CID, after an update
    std::uint32_t flags = 0;
    TokenAmount daily_fee;  // FIP-0100; older sectors lack this field

    void to_cbor(CborWriter& w) const;
    static Result<SectorOnChainInfo> read_cbor(CborReader& r);
    friend bool operator==(const SectorOnChainInfo&, const SectorOnChainInfo&) = default;

  private:
    static auto fields(auto& s) {
        return std::tie(s.sector_number, s.seal_proof, s.sealed_cid, s.deprecated_deal_ids, s.activation, s.expiration,
                        s.deal_weight, s.verified_deal_weight, s.initial_pledge, s.expected_day_reward,
                        s.expected_storage_pledge, s.power_base_epoch, s.replaced_day_reward, s.sector_key_cid, s.flags,
                        s.daily_fee);
    }
};

}  // namespace strata::actors::miner
