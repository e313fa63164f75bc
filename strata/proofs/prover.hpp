#pragma once
// From vanilla proofs to what goes on chain: one Groth16 proof of 192 bytes for each partition.
#include <strata/crypto/random.hpp>
#include <strata/proofs/params/parameter_store.hpp>
#include <strata/proofs/porep/seal_config.hpp>
#include <strata/proofs/post/post_config.hpp>
#include <strata/proofs/update/vanilla_proof.hpp>

namespace strata::proofs {

// `random` gives every proof's r and s, in this order, partition by partition: the same source, the same bytes.
// Keys must be there (ParameterStore::make). Errors: not_found without keys; invalid_argument for another circuit's
// values; verification where the values break a row: nobody would accept such a proof; cancelled.

/// Partitions' proofs one after the other, as ProveCommitSectors3 carries them.
Result<Bytes> prove_seal(ParameterStore& parameters, const SealConfig& config, const VanillaSealProof& vanilla,
                         crypto::RandomSource& random, const Watch& watch = {});
/// `partitions`: of window_post_vanilla().
Result<Bytes> prove_window_post(ParameterStore& parameters, const PostConfig& config,
                                std::span<const std::vector<PostSectorValues>> partitions, crypto::RandomSource& random,
                                const Watch& watch = {});
/// `sectors`: of winning_post_vanilla().
Result<Bytes> prove_winning_post(ParameterStore& parameters, const PostConfig& config,
                                 std::span<const PostSectorValues> sectors, crypto::RandomSource& random,
                                 const Watch& watch = {});
/// `partitions`: of update_vanilla(), all of them.
Result<Bytes> prove_update(ParameterStore& parameters, std::uint64_t sector_size,
                           std::span<const UpdateValues> partitions, crypto::RandomSource& random,
                           const Watch& watch = {});

}  // namespace strata::proofs
