#pragma once
// A sector between pre-commit and prove-commit: layers, trees and replica are open, and challenged nodes are shown.
#include <optional>

#include <strata/proofs/merkle/data_tree.hpp>
#include <strata/proofs/merkle/replica_tree.hpp>
#include <strata/proofs/porep/seal.hpp>

namespace strata::proofs {

class SealedSector {
  public:
    /// Errors: not_found; malformed for files of other lengths.
    static Result<SealedSector> open(const SealConfig& config, const SealPaths& paths);

    const DataTree& data_tree() const { return data_tree_; }
    const ReplicaTree& tree_c() const { return *tree_c_; }
    const ReplicaTree& tree_r_last() const { return *tree_r_last_; }
    /// Labels of a node, layer 1 first.
    Result<std::vector<crypto::Fr>> column(std::uint64_t node) const;
    Result<PorepChallengeValues> show(std::uint64_t challenge, const Parents& parents) const;

  private:
    Result<ColumnValues> column_with_path(std::uint64_t node) const;

    std::vector<MappedFile> layers_;
    MappedFile replica_;
    DataTree data_tree_;
    std::optional<ReplicaTree> tree_c_, tree_r_last_;
};

/// CommR of its two trees.
crypto::Fr comm_r_of(const crypto::Fr& comm_c, const crypto::Fr& comm_r_last);

/// Labels of a challenged node, computed from its parents' columns.
Result<std::vector<crypto::Fr>> labels_of_challenge(const SealConfig& config, const Hash256& replica_id,
                                                    const PorepChallengeValues& shown);

/// What a verifier who sees everything checks: nodes, paths, columns, labels and encoding (proofs.md §8).
/// Errors: verification, naming what differs; invalid_argument for wrong counts.
Status check_porep_challenge(const SealConfig& config, const Parents& parents, const PorepPublicValues& commitments,
                             std::uint64_t challenge, const PorepChallengeValues& shown);
/// The whole proof: commitments, challenged nodes and all of the above.
Status check_vanilla_seal_proof(const SealConfig& config, const VanillaSealProof& proof, const Hash256& seed);

}  // namespace strata::proofs
