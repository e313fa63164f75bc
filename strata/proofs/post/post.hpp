#pragma once
// Vanilla PoSt of sealed sectors, made from the replica and the cached tree, and the checks that find faulty sectors.
#include <filesystem>

#include <strata/base/watch.hpp>
#include <strata/proofs/post/post_config.hpp>

namespace strata::proofs {

/// A sector that this machine holds.
struct HeldSector {
    PostSector sector;
    std::filesystem::path cache;   // p_aux and TreeRLast
    std::filesystem::path sealed;  // the replica
};

/// Reads the named leaves of one sector with their paths and checks them against its CommR. Every error means that the
/// sector is faulty: not_found, io, malformed, verification.
Result<PostSectorValues> read_checked_leaves(const PostConfig& config, const HeldSector& held,
                                             std::span<const std::uint64_t> leaves);

struct WindowVanilla {
    /// Empty if any sector is faulty. The last partition is filled up with copies of its last sector.
    std::vector<std::vector<PostSectorValues>> partitions;
    std::vector<SectorNumber> faulty;
};
/// Takes sectors in the order of their numbers. The call succeeds despite faulty sectors and lists them, so that the
/// caller can declare them and leave them out. Errors: invalid_argument for the wrong order; cancelled.
Result<WindowVanilla> window_post_vanilla(const PostConfig& config, const Hash256& randomness,
                                          std::span<const HeldSector> sectors, const Watch& watch = {});
/// Makes 66 "sectors" of one leaf each, all taken from the one sector.
Result<std::vector<PostSectorValues>> winning_post_vanilla(const PostConfig& config, const Hash256& randomness,
                                                           const HeldSector& sector);

/// Reads the leaves that `randomness` would ask for, to find out whether the sector can still be proven. Every error
/// means that it cannot, as for read_checked_leaves().
Status check_sector(const PostConfig& config, const Hash256& randomness, const HeldSector& sector);

/// Checks a vanilla proof as a verifier who sees all of it would. Errors: verification; invalid_argument for wrong
/// counts.
Status check_post_sector(const PathShape& tree, const PostSectorValues& shown, const Hash256& comm_r,
                         std::span<const std::uint64_t> leaves);

}  // namespace strata::proofs
