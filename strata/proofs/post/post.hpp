#pragma once
// Vanilla PoSt of sealed sectors, from replica and cached tree, and the checks that find faulty sectors.
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

/// The named leaves of one sector with their paths, checked against its CommR.
/// Errors: not_found, io, malformed, verification: in all these cases the sector is faulty.
Result<PostSectorValues> show_sector(const PostConfig& config, const HeldSector& sector,
                                     std::span<const std::uint64_t> leaves);

struct WindowVanilla {
    std::vector<std::vector<PostSectorValues>> partitions;  // filled up; empty if any sector is faulty
    std::vector<SectorNumber> faulty;
};
/// Sectors in order of their numbers. Faulty ones do not fail the call: they are to be declared and left out.
/// Errors: invalid_argument for the order; cancelled.
Result<WindowVanilla> window_post_vanilla(const PostConfig& config, const Hash256& randomness,
                                          std::span<const HeldSector> sectors, const Watch& watch = {});
/// 66 "sectors" of one leaf each, all of the one sector.
Result<std::vector<PostSectorValues>> winning_post_vanilla(const PostConfig& config, const Hash256& randomness,
                                                           const HeldSector& sector);

/// Shows the leaves that randomness would ask for: is the sector still there and whole enough to prove?
Status check_sector(const PostConfig& config, const Hash256& randomness, const HeldSector& sector);

/// What a verifier who sees everything checks. Errors: verification; invalid_argument for wrong counts.
Status check_post_sector(const PathShape& tree, const PostSectorValues& shown, const Hash256& comm_r,
                         std::span<const std::uint64_t> leaves);

}  // namespace strata::proofs
