#pragma once
// Sealing: from padded data to a replica, its commitments and vanilla proofs. Files have the reference's names and
// contents (docs/protocol/proofs.md §7), so that either implementation can continue the other's sectors. Every step
// leaves only complete files behind and uses those it finds, so that a stopped run resumes at the layer where it
// stopped.
#include <filesystem>

#include <strata/proofs/porep/seal_config.hpp>

namespace strata::proofs {

struct SealPaths {
    std::filesystem::path cache;   // folder of layers and trees; must exist
    std::filesystem::path staged;  // the data, Fr32-padded; zeros are added up to the sector size
    std::filesystem::path sealed;  // the replica
    std::string parent_cache;      // folder of parent tables; if empty, the table is kept in memory
};

struct PreCommit1 {
    Hash256 replica_id{};
    Hash256 comm_d{};
};

struct SealCommitments {
    Hash256 comm_d{}, comm_c{}, comm_r_last{}, comm_r{};
};

/// Makes TreeD and all layers. If `pieces` is not empty, its CommD must equal that of the data. Errors: verification if
/// the two differ; io; cancelled.
Result<PreCommit1> seal_pre_commit_phase1(const SealSubject& subject, const SealPaths& paths,
                                          std::span<const PieceInfo> pieces, const Watch& watch = {});
/// Makes TreeC, the replica, TreeRLast and p_aux.
Result<SealCommitments> seal_pre_commit_phase2(const SealSubject& subject, const SealPaths& paths,
                                               const PreCommit1& phase1, const Watch& watch = {});
/// Makes the proofs of all synthetic challenges (FIP-0059). Afterwards layers, TreeD and TreeC may be removed
/// (clear_cache).
Status generate_synthetic_proofs(const SealSubject& subject, const SealPaths& paths, const SealCommitments& commitments,
                                 const Watch& watch = {});
/// Makes the vanilla proofs of all partitions and checks them. `seed` is the interactive randomness.
Result<VanillaSealProof> seal_commit_phase1(const SealSubject& subject, const SealPaths& paths,
                                            const SealCommitments& commitments, const Hash256& seed,
                                            const Watch& watch = {});
Status write_commitments(const std::filesystem::path& cache, const crypto::Fr& comm_c, const crypto::Fr& comm_r_last);
/// Reads CommC and CommRLast from the cache, computes CommR and copies `comm_d` into the result. Errors: not_found,
/// malformed.
Result<SealCommitments> read_commitments(const std::filesystem::path& cache, const Hash256& comm_d);
/// Removes the files that only sealing needs: layers, TreeD, TreeC.
Status clear_cache(const SealConfig& config, const std::filesystem::path& cache);

/// Writes the padded data of a replica to `out`. Unsealing takes as long as making the layers did, because it makes
/// them again in the folder `work` and leaves them there. Layers that `work` already holds are used.
Status unseal(const SealSubject& subject, const Hash256& comm_d, const std::filesystem::path& sealed,
              const std::filesystem::path& work, const std::string& parent_cache, const std::filesystem::path& out,
              const Watch& watch = {});

std::string layer_file_name(std::uint32_t layer);
inline constexpr std::string_view kDataTreeFile = "sc-02-data-tree-d.dat";
inline constexpr std::string_view kCommitmentsFile = "p_aux";
inline constexpr std::string_view kSyntheticFile = "syn-porep-vanilla-proofs.dat";

}  // namespace strata::proofs
