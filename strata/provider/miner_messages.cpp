#include <strata/provider/miner_messages.hpp>

#include <strata/actors/miner/messages.hpp>
#include <strata/proofs/piece/commitment.hpp>

namespace strata::provider {
namespace {

namespace miner = actors::miner;

miner::PieceActivationManifest manifest_of(const SectorPiece& piece) {
    miner::PieceActivationManifest out{piece.info.cid, piece.info.size, std::nullopt, {}};
    if (!piece.deal) return out;
    if (const auto& allocation = piece.deal->allocation) {
        out.verified_allocation_key = miner::VerifiedAllocationKey{allocation->first, allocation->second};
    }
    // The payload for the storage market is the CBOR of its deal's ID (docs/protocol/storage.md §2.4).
    out.notify.push_back({Address::id(kMarketId), to_cbor(piece.deal->id)});
    return out;
}

}  // namespace

MinerCall pre_commit_sectors(std::span<const SectorRecord> records) {
    miner::PreCommitSectorBatchParams2 params;
    for (const auto& record : records) {
        // The deal list stays empty: ProveCommitSectors3 names the deals, and refuses pre-commitments that name any
        // (docs/protocol/storage.md §2.3).
        miner::SectorPreCommitInfo info;
        info.seal_proof = record.proof;
        info.sector_number = record.number;
        info.sealed_cid = proofs::replica_cid(record.comm_r);
        info.seal_rand_epoch = record.ticket_epoch;
        info.expiration = record.expiration;
        // For a sector of zeros the field stays empty (docs/protocol/storage.md §1.2).
        if (record.has_data()) info.unsealed_cid = proofs::piece_cid(record.comm_d);
        params.sectors.push_back(std::move(info));
    }
    return {kPreCommitSectorBatch2, to_cbor(params)};
}

MinerCall prove_commit_sectors(std::span<const SectorRecord> records) {
    miner::ProveCommitSectors3Params params;
    params.require_activation_success = true;
    params.require_notification_success = true;
    for (const auto& record : records) {
        miner::SectorActivationManifest manifest{record.number, {}};
        for (const auto& piece : record.pieces) manifest.pieces.push_back(manifest_of(piece));
        params.sector_activations.push_back(std::move(manifest));
        params.sector_proofs.push_back(record.seal_proof);
    }
    return {kProveCommitSectors3, to_cbor(params)};
}

MinerCall submit_windowed_post(std::uint64_t deadline, const std::vector<PoStPartition>& partitions,
                               const PoStProof& proof, ChainEpoch commit_epoch, const Hash256& commit_randomness) {
    return {kSubmitWindowedPoSt, to_cbor(miner::SubmitWindowedPoStParams{
                                     deadline, partitions, {proof}, commit_epoch, to_bytes(commit_randomness)})};
}

MinerCall declare_faults(std::vector<SectorDeclaration> faults) {
    return {kDeclareFaults, to_cbor(miner::DeclareFaultsParams{std::move(faults)})};
}
MinerCall declare_faults_recovered(std::vector<SectorDeclaration> recoveries) {
    return {kDeclareFaultsRecovered, to_cbor(miner::DeclareFaultsRecoveredParams{std::move(recoveries)})};
}
MinerCall withdraw_balance(const TokenAmount& amount) {
    return {kWithdrawBalance, to_cbor(miner::WithdrawBalanceParams{amount})};
}

}  // namespace strata::provider
