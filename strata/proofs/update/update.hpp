#pragma once
// Sector update (snap deals, FIP-0019): puts new data into a sealed sector without making its labels again
// (docs/protocol/proofs.md §16).
#include <filesystem>

#include <strata/base/watch.hpp>
#include <strata/proofs/node.hpp>
#include <strata/proofs/update/vanilla_proof.hpp>
#include <strata/types/sector.hpp>

namespace strata::proofs {

/// Returns h, the number of index bits that determine a node's rho. Provers use the fourth of the six allowed values.
unsigned update_high_bits(const UpdateShape& shape);

/// Returns phi, from which every rho of the update is made. A node's data is multiplied by its rho.
crypto::Fr update_phi(const crypto::Fr& comm_d_new, const crypto::Fr& comm_r_old);
/// `high` is the top h bits of a node's index.
crypto::Fr update_rho(const crypto::Fr& phi, std::uint64_t high);
/// Returns the challenged nodes of a partition.
std::vector<std::uint64_t> update_challenges(const UpdateShape& shape, const crypto::Fr& comm_r_new,
                                             std::uint64_t partition);

struct UpdateCommitments {
    Hash256 comm_r_old{}, comm_d_new{}, comm_r_new{};
};
/// Returns the public inputs of a partition's SNARK, without ONE. Errors: non_canonical.
Result<std::vector<crypto::Fr>> update_public_inputs(const UpdateShape& shape, const UpdateCommitments& commitments,
                                                     std::uint64_t partition);

/// The files of an update: replica and cache before and after it. A cache holds TreeRLast and p_aux, the new one also
/// TreeD of the new data.
struct UpdatePaths {
    std::filesystem::path old_sealed, old_cache;
    std::filesystem::path new_sealed, new_cache;  // new_cache must exist
    std::filesystem::path staged;                 // the new data, Fr32-padded
};

/// Makes the new replica, its trees and p_aux. Errors: io; malformed; cancelled.
Result<UpdateCommitments> encode_update(std::uint64_t sector_size, const UpdatePaths& paths, const Watch& watch = {});
/// Writes the padded data of an updated replica to `out`. That needs the replica from before the update.
Status decode_update(std::uint64_t sector_size, const UpdateCommitments& commitments,
                     const std::filesystem::path& old_sealed, const std::filesystem::path& new_sealed,
                     const std::filesystem::path& out);
/// Makes the values that the circuit of a partition takes.
Result<UpdateValues> update_vanilla(std::uint64_t sector_size, const UpdatePaths& paths,
                                    const UpdateCommitments& commitments, std::uint64_t partition);

}  // namespace strata::proofs
