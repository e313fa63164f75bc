#pragma once
// The nodes that a PoRep must prove, and the SNARK's public inputs about them (docs/protocol/proofs.md §8, §11).
#include <strata/proofs/porep/seal_config.hpp>

namespace strata::proofs {

struct ChallengeSeeds {
    Hash256 replica_id{};
    Hash256 comm_r{};
    Hash256 seed{};  // interactive randomness; not used by non-interactive proofs
};

/// Returns the challenged nodes of a partition.
std::vector<std::uint64_t> porep_challenges(const SealConfig& config, const ChallengeSeeds& seeds,
                                            std::size_t partition);

/// The nodes whose proofs are made before the seed is known (FIP-0059).
class SyntheticChallenges {
  public:
    static constexpr std::uint64_t kMaxCount = std::uint64_t{1} << 18;
    SyntheticChallenges(std::uint64_t nodes, const Hash256& replica_id, const Hash256& comm_r,
                        std::uint64_t max_count = kMaxCount);

    std::uint64_t count() const { return count_; }
    /// Returns node i in generation order.
    std::uint64_t operator[](std::uint64_t i) const;
    /// Returns the index of the node that is the j-th challenge for this seed.
    std::uint64_t selected(const Hash256& seed, std::uint64_t j) const;

  private:
    std::uint64_t nodes_;
    std::uint64_t count_;
    Hash256 replica_id_;
    Hash256 key_;
};

/// Returns the public inputs of a partition's SNARK, without ONE. Errors: non_canonical if a commitment is not a field
/// element.
Result<std::vector<crypto::Fr>> porep_public_inputs(const SealConfig& config, const StackedGraph& graph,
                                                    const ChallengeSeeds& seeds, const Hash256& comm_d,
                                                    std::size_t partition);

}  // namespace strata::proofs
