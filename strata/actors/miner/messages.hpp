#pragma once
// Parameters and returns: addresses and control of a miner, onboarding and extension of sectors, questions.
// Source: docs/protocol/fvm.md §8.8, docs/protocol/storage.md §2-4; builtin-actors v18 actors/miner/src/types.rs.
#include <strata/actors/batch_return.hpp>
#include <strata/actors/math/smoothing.hpp>
#include <strata/actors/miner/types.hpp>
#include <strata/ipld/bitfield.hpp>
#include <strata/types/sector.hpp>

namespace strata::actors::miner {

struct ChangeWorkerAddressParams {
    Address new_worker;
    std::vector<Address> new_control_addresses;
    STRATA_CBOR_TUPLE(new_worker, new_control_addresses);
};
struct ChangePeerIdParams {
    Bytes new_id;
    STRATA_CBOR_TUPLE(new_id);
};
struct ChangeMultiaddrsParams {
    std::vector<Bytes> new_multi_addrs;
    STRATA_CBOR_TUPLE(new_multi_addrs);
};
struct ChangeBeneficiaryParams {
    Address new_beneficiary;
    TokenAmount new_quota;
    ChainEpoch new_expiration = 0;
    STRATA_CBOR_TUPLE(new_beneficiary, new_quota, new_expiration);
};
struct ActiveBeneficiary {
    Address beneficiary;
    BeneficiaryTerm term;
    STRATA_CBOR_TUPLE(beneficiary, term);
};
struct GetBeneficiaryReturn {
    ActiveBeneficiary active;
    std::optional<PendingBeneficiaryChange> proposed;
    STRATA_CBOR_TUPLE(active, proposed);
};
struct GetOwnerReturn {
    Address owner;
    std::optional<Address> proposed;
    STRATA_CBOR_TUPLE(owner, proposed);
};
struct GetVestingFundsReturn {
    std::vector<std::pair<ChainEpoch, TokenAmount>> vesting_funds;
    STRATA_CBOR_TUPLE(vesting_funds);
};
struct GetPeerIdReturn {
    Bytes peer_id;
    STRATA_CBOR_TUPLE(peer_id);
};
struct GetMultiaddrsReturn {
    std::vector<Bytes> multi_addrs;
    STRATA_CBOR_TUPLE(multi_addrs);
};
struct MaxTerminationFeeParams {
    StoragePower power;
    TokenAmount initial_pledge;
    STRATA_CBOR_TUPLE(power, initial_pledge);
};

struct PreCommitSectorBatchParams2 {
    std::vector<SectorPreCommitInfo> sectors;
    STRATA_CBOR_TUPLE(sectors);
};
struct InternalSectorSetupForPresealParams {
    std::vector<SectorNumber> sectors;
    FilterEstimate reward_smoothed;
    StoragePower reward_baseline_power;
    FilterEstimate quality_adj_power_smoothed;
    STRATA_CBOR_TUPLE(sectors, reward_smoothed, reward_baseline_power, quality_adj_power_smoothed);
};

struct VerifiedAllocationKey {
    ActorId client = 0;
    std::uint64_t id = 0;
    STRATA_CBOR_TUPLE(client, id);
};
struct DataActivationNotification {
    Address address;
    Bytes payload;
    STRATA_CBOR_TUPLE(address, payload);
};
/// A piece of a sector's data. Pieces are listed in the sector's order, and zeros fill the rest.
struct PieceActivationManifest {
    Cid cid;
    std::uint64_t size = 0;  // padded
    std::optional<VerifiedAllocationKey> verified_allocation_key;
    std::vector<DataActivationNotification> notify;
    STRATA_CBOR_TUPLE(cid, size, verified_allocation_key, notify);
};
struct SectorActivationManifest {
    SectorNumber sector_number = 0;
    std::vector<PieceActivationManifest> pieces;
    STRATA_CBOR_TUPLE(sector_number, pieces);
};
/// Carries either one proof for each sector or one aggregate of all.
struct ProveCommitSectors3Params {
    std::vector<SectorActivationManifest> sector_activations;
    std::vector<Bytes> sector_proofs;
    Bytes aggregate_proof;
    std::optional<RegisteredAggregateProof> aggregate_proof_type;
    bool require_activation_success = false;
    bool require_notification_success = false;
    STRATA_CBOR_TUPLE(sector_activations, sector_proofs, aggregate_proof, aggregate_proof_type,
                      require_activation_success, require_notification_success);
};

struct SectorNiActivationInfo {
    SectorNumber sealing_number = 0;
    ActorId sealer_id = 0;
    Cid sealed_cid;
    SectorNumber sector_number = 0;
    ChainEpoch seal_rand_epoch = 0;
    ChainEpoch expiration = 0;
    STRATA_CBOR_TUPLE(sealing_number, sealer_id, sealed_cid, sector_number, seal_rand_epoch, expiration);
};
struct ProveCommitSectorsNiParams {
    std::vector<SectorNiActivationInfo> sectors;
    Bytes aggregate_proof;
    RegisteredSealProof seal_proof_type{};
    RegisteredAggregateProof aggregate_proof_type{};
    std::uint64_t proving_deadline = 0;
    bool require_activation_success = false;
    STRATA_CBOR_TUPLE(sectors, aggregate_proof, seal_proof_type, aggregate_proof_type, proving_deadline,
                      require_activation_success);
};

struct SectorUpdateManifest {
    SectorNumber sector = 0;
    std::uint64_t deadline = 0;
    std::uint64_t partition = 0;
    Cid new_sealed_cid;
    std::vector<PieceActivationManifest> pieces;
    STRATA_CBOR_TUPLE(sector, deadline, partition, new_sealed_cid, pieces);
};
struct ProveReplicaUpdates3Params {
    std::vector<SectorUpdateManifest> sector_updates;
    std::vector<Bytes> sector_proofs;
    Bytes aggregate_proof;
    RegisteredUpdateProof update_proofs_type{};
    std::optional<RegisteredAggregateProof> aggregate_proof_type;
    bool require_activation_success = false;
    bool require_notification_success = false;
    STRATA_CBOR_TUPLE(sector_updates, sector_proofs, aggregate_proof, update_proofs_type, aggregate_proof_type,
                      require_activation_success, require_notification_success);
};

struct SectorClaim {
    SectorNumber sector_number = 0;
    std::vector<std::uint64_t> maintain_claims;
    std::vector<std::uint64_t> drop_claims;
    STRATA_CBOR_TUPLE(sector_number, maintain_claims, drop_claims);
};
struct ExpirationExtension2 {
    std::uint64_t deadline = 0;
    std::uint64_t partition = 0;
    BitField sectors;  // without claims
    std::vector<SectorClaim> sectors_with_claims;
    ChainEpoch new_expiration = 0;
    STRATA_CBOR_TUPLE(deadline, partition, sectors, sectors_with_claims, new_expiration);
};
struct ExtendSectorExpiration2Params {
    std::vector<ExpirationExtension2> extensions;
    STRATA_CBOR_TUPLE(extensions);
};

/// Names sectors that shall count ten times. Source: crate fil_actor_miner_state 27.2.0 src/v19/types.rs.
struct UpgradeSectorQuality {
    std::uint64_t deadline = 0;
    std::uint64_t partition = 0;
    BitField sectors;
    std::optional<ChainEpoch> new_expiration;  // empty: the sectors keep theirs
    STRATA_CBOR_TUPLE(deadline, partition, sectors, new_expiration);
};
struct UpgradeSectorQualityParams {
    std::vector<UpgradeSectorQuality> upgrades;
    STRATA_CBOR_TUPLE(upgrades);
};

enum class SectorStatusCode : std::uint8_t { dead = 0, active = 1, faulty = 2 };
/// Reading refuses all other numbers.
struct SectorStatus {
    SectorStatusCode code{};
    void to_cbor(CborWriter& w) const { encode(w, code); }
    static Result<SectorStatus> read_cbor(CborReader& r);
};
/// Both are -1 if the sector is not in any partition.
struct SectorLocation {
    std::int64_t deadline = -1;
    std::int64_t partition = -1;
    STRATA_CBOR_TUPLE(deadline, partition);
};
struct GenerateSectorLocationParams {
    SectorNumber sector_number = 0;
    STRATA_CBOR_TUPLE(sector_number);
};
struct GenerateSectorLocationReturn {
    SectorStatus status;
    Bytes aux_data;  // CBOR of a SectorLocation
    STRATA_CBOR_TUPLE(status, aux_data);
};
struct ValidateSectorStatusParams {
    SectorNumber sector_number = 0;
    SectorStatus status;
    Bytes aux_data;
    STRATA_CBOR_TUPLE(sector_number, status, aux_data);
};

}  // namespace strata::actors::miner
