#include <strata/provider/miner_messages.hpp>

#include <strata/actors/market/types.hpp>
#include <strata/proofs/piece/commitment.hpp>

namespace strata::provider {
namespace {

constexpr MethodNumber kSubmitWindowedPoSt = 5;
constexpr MethodNumber kDeclareFaults = 10;
constexpr MethodNumber kDeclareFaultsRecovered = 11;
constexpr MethodNumber kWithdrawBalance = 16;
constexpr MethodNumber kPreCommitSectorBatch2 = 28;
constexpr MethodNumber kProveCommitSectors3 = 34;

struct PreCommitInfo {
    RegisteredSealProof proof{};
    SectorNumber number = 0;
    Cid sealed;
    ChainEpoch rand_epoch = 0;
    std::vector<DealId> deals;  // stays empty: ProveCommitSectors3 refuses others (storage.md §2.3)
    ChainEpoch expiration = 0;
    std::optional<Cid> unsealed;
    STRATA_CBOR_TUPLE(proof, number, sealed, rand_epoch, deals, expiration, unsealed);
};
struct PreCommitParams {
    std::vector<PreCommitInfo> sectors;
    STRATA_CBOR_TUPLE(sectors);
};

struct Notification {
    Address address;
    Bytes payload;
    STRATA_CBOR_TUPLE(address, payload);
};
struct PieceManifest {
    Cid cid;
    std::uint64_t size = 0;
    std::optional<std::pair<ActorId, std::uint64_t>> allocation;
    std::vector<Notification> notify;
    STRATA_CBOR_TUPLE(cid, size, allocation, notify);
};
struct SectorManifest {
    SectorNumber number = 0;
    std::vector<PieceManifest> pieces;
    STRATA_CBOR_TUPLE(number, pieces);
};
struct ProveCommitParams {
    std::vector<SectorManifest> activations;
    std::vector<Bytes> proofs;
    Bytes aggregate_proof;
    std::optional<RegisteredAggregateProof> aggregate_type;
    bool require_activation_success = true;
    bool require_notification_success = true;
    STRATA_CBOR_TUPLE(activations, proofs, aggregate_proof, aggregate_type, require_activation_success,
                      require_notification_success);
};

struct WindowParams {
    std::uint64_t deadline = 0;
    std::vector<ProvenPartition> partitions;
    std::vector<PoStProof> proofs;
    ChainEpoch commit_epoch = 0;
    Bytes commit_randomness;
    STRATA_CBOR_TUPLE(deadline, partitions, proofs, commit_epoch, commit_randomness);
};
struct Declarations {
    std::vector<SectorsOfPartition> list;
    STRATA_CBOR_TUPLE(list);
};
struct WithdrawParams {
    TokenAmount amount;
    STRATA_CBOR_TUPLE(amount);
};

PieceManifest manifest_of(const SectorPiece& piece) {
    PieceManifest out{piece.info.cid, piece.info.size, std::nullopt, {}};
    if (piece.deal) {
        out.allocation = piece.deal->allocation;
        out.notify.push_back({Address::id(kMarketId), to_cbor(piece.deal->id)});
    }
    return out;
}

}  // namespace

MinerCall pre_commit_sectors(std::span<const SectorRecord> records) {
    PreCommitParams params;
    for (const auto& record : records) {
        PreCommitInfo info{
            record.proof,      record.number, proofs::replica_cid(record.comm_r), record.ticket_epoch, {},
            record.expiration, std::nullopt};
        // No CID stands for a sector of zeros (storage.md §1.2).
        if (record.has_data()) info.unsealed = proofs::piece_cid(record.comm_d);
        params.sectors.push_back(std::move(info));
    }
    return {kPreCommitSectorBatch2, to_cbor(params)};
}

MinerCall prove_commit_sectors(std::span<const SectorRecord> records) {
    ProveCommitParams params;
    for (const auto& record : records) {
        SectorManifest manifest{record.number, {}};
        for (const auto& piece : record.pieces) manifest.pieces.push_back(manifest_of(piece));
        params.activations.push_back(std::move(manifest));
        params.proofs.push_back(record.seal_proof);
    }
    return {kProveCommitSectors3, to_cbor(params)};
}

MinerCall submit_windowed_post(std::uint64_t deadline, const std::vector<ProvenPartition>& partitions,
                               const PoStProof& proof, ChainEpoch commit_epoch, const Hash256& commit_randomness) {
    return {kSubmitWindowedPoSt,
            to_cbor(WindowParams{deadline, partitions, {proof}, commit_epoch, to_bytes(commit_randomness)})};
}

MinerCall declare_faults(std::vector<SectorsOfPartition> faults) {
    return {kDeclareFaults, to_cbor(Declarations{std::move(faults)})};
}
MinerCall declare_faults_recovered(std::vector<SectorsOfPartition> recoveries) {
    return {kDeclareFaultsRecovered, to_cbor(Declarations{std::move(recoveries)})};
}
MinerCall withdraw_balance(const TokenAmount& amount) {
    return {kWithdrawBalance, to_cbor(WithdrawParams{amount})};
}

}  // namespace strata::provider
