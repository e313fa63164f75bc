#pragma once
// Sealing: from padded data to a replica, its commitments and vanilla proofs. Files have the reference's names and
// contents (proofs.md §7), so that either implementation can go on with the other's sectors. Every step leaves whole
// files behind and uses those that are there: a stopped step goes on where it stood, layer by layer.
#include <filesystem>

#include <strata/proofs/porep/seal_config.hpp>

namespace strata::proofs {

struct SealPaths {
    std::filesystem::path cache;   // folder of layers and trees; must be there
    std::filesystem::path staged;  // the data, Fr32-padded; zeros are added up to the sector size
    std::filesystem::path sealed;  // the replica
    std::string parent_cache;      // folder of parent tables; empty: kept in memory
};

struct PreCommit1 {
    Hash256 replica_id{};
    Hash256 comm_d{};
};

struct SealCommitments {
    Hash256 comm_d{}, comm_c{}, comm_r_last{}, comm_r{};
};

/// TreeD and all layers. `pieces`: if any, their CommD must be the data's. Errors: verification if it is not; io;
/// cancelled.
Result<PreCommit1> seal_pre_commit_phase1(const SealSubject& subject, const SealPaths& paths,
                                          std::span<const PieceInfo> pieces, const Watch& watch = {});
/// TreeC, the replica, TreeRLast, p_aux.
Result<SealCommitments> seal_pre_commit_phase2(const SealSubject& subject, const SealPaths& paths,
                                               const PreCommit1& phase1, const Watch& watch = {});
/// FIP-0059: proofs of all synthetic challenges, after which layers, TreeD and TreeC may go (clear_cache).
Status generate_synthetic_proofs(const SealSubject& subject, const SealPaths& paths, const SealCommitments& commitments,
                                 const Watch& watch = {});
/// Vanilla proofs of all partitions, checked. `seed`: interactive randomness.
Result<VanillaSealProof> seal_commit_phase1(const SealSubject& subject, const SealPaths& paths,
                                            const SealCommitments& commitments, const Hash256& seed,
                                            const Watch& watch = {});
Status write_commitments(const std::filesystem::path& cache, const crypto::Fr& comm_c, const crypto::Fr& comm_r_last);
/// CommC and CommRLast as the cache keeps them. Errors: not_found, malformed.
Result<SealCommitments> read_commitments(const std::filesystem::path& cache, const Hash256& comm_d);
/// Removes what only sealing needs: layers, TreeD, TreeC.
Status clear_cache(const SealConfig& config, const std::filesystem::path& cache);

/// The padded data of a replica, written to `out`. Needs as long as the layers did, which are made in `work` (a folder
/// that holds them afterwards, unless they were there).
Status unseal(const SealSubject& subject, const Hash256& comm_d, const std::filesystem::path& sealed,
              const std::filesystem::path& work, const std::string& parent_cache, const std::filesystem::path& out,
              const Watch& watch = {});

std::string layer_file_name(std::uint32_t layer);
inline constexpr std::string_view kDataTreeFile = "sc-02-data-tree-d.dat";
inline constexpr std::string_view kCommitmentsFile = "p_aux";
inline constexpr std::string_view kSyntheticFile = "syn-porep-vanilla-proofs.dat";

}  // namespace strata::proofs
