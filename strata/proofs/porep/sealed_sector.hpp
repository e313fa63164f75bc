#pragma once
// A sector between pre-commit and prove-commit, with its layers, trees and replica open to prove challenged nodes.
#include <optional>

#include <strata/proofs/merkle/data_tree.hpp>
#include <strata/proofs/merkle/replica_tree.hpp>
#include <strata/proofs/porep/seal.hpp>

namespace strata::proofs {

class SealedSector {
  public:
    /// Errors: not_found; malformed if a file has the wrong length.
    static Result<SealedSector> open(const SealConfig& config, const SealPaths& paths);

    const DataTree& data_tree() const { return data_tree_; }
    const ReplicaTree& tree_c() const { return *tree_c_; }
    const ReplicaTree& tree_r_last() const { return *tree_r_last_; }
    /// Returns the labels of a node, layer 1 first.
    Result<std::vector<crypto::Fr>> column(std::uint64_t node) const;
    /// Returns everything that proves a challenged node: its data, its parents' columns, and all paths.
    Result<PorepChallengeValues> evidence(std::uint64_t challenge, const Parents& parents) const;

  private:
    Result<ColumnValues> column_with_path(std::uint64_t node) const;

    std::vector<MappedFile> layers_;
    MappedFile replica_;
    DataTree data_tree_;
    std::optional<ReplicaTree> tree_c_, tree_r_last_;
};

/// Returns CommR, the hash of the roots of two trees.
crypto::Fr comm_r_of(const crypto::Fr& comm_c, const crypto::Fr& comm_r_last);

/// Computes the labels of a challenged node from its parents' columns.
Result<std::vector<crypto::Fr>> labels_of_challenge(const SealConfig& config, const Hash256& replica_id,
                                                    const PorepChallengeValues& shown);

/// Checks one challenge as a verifier who sees all of the evidence would: nodes, paths, columns, labels and encoding
/// (docs/protocol/proofs.md §8). Errors: verification, which names what differs; invalid_argument for wrong counts.
Status check_porep_challenge(const SealConfig& config, const Parents& parents, const PorepPublicValues& commitments,
                             std::uint64_t challenge, const PorepChallengeValues& shown);
/// Checks the whole proof: commitments, challenged nodes, and each challenge as above.
Status check_vanilla_seal_proof(const SealConfig& config, const VanillaSealProof& proof, const Hash256& seed);

}  // namespace strata::proofs
