#pragma once
// Turns vanilla proofs into the proofs that go on chain: one Groth16 proof of 192 bytes for each partition.

#include <span>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>
#include <strata/base/watch.hpp>

namespace strata::crypto {
class RandomSource;
}

namespace strata::proofs {

class ParameterStore;
struct PostConfig;
struct PostSectorValues;
struct SealConfig;
struct UpdateValues;
struct VanillaSealProof;

// Each proof draws r and then s from `random`, partition by partition, so that equal sources give equal proofs. The
// keys must exist (ParameterStore::make). Errors: not_found if the keys are missing; invalid_argument for values of a
// different circuit; verification if the values break a row, since nobody would accept such a proof; cancelled.

/// Returns the partitions' proofs joined, as ProveCommitSectors3 carries them.
Result<Bytes> prove_seal(ParameterStore& parameters, const SealConfig& config, const VanillaSealProof& vanilla,
                         crypto::RandomSource& random, const Watch& watch = {});
/// `partitions` comes from window_post_vanilla().
Result<Bytes> prove_window_post(ParameterStore& parameters, const PostConfig& config,
                                std::span<const std::vector<PostSectorValues>> partitions, crypto::RandomSource& random,
                                const Watch& watch = {});
/// `sectors` comes from winning_post_vanilla().
Result<Bytes> prove_winning_post(ParameterStore& parameters, const PostConfig& config,
                                 std::span<const PostSectorValues> sectors, crypto::RandomSource& random,
                                 const Watch& watch = {});
/// `partitions` holds the result of update_vanilla() for every partition, in order.
Result<Bytes> prove_update(ParameterStore& parameters, std::uint64_t sector_size,
                           std::span<const UpdateValues> partitions, crypto::RandomSource& random,
                           const Watch& watch = {});

}  // namespace strata::proofs
