#pragma once
// PoSt rules, challenges and public inputs (docs/protocol/proofs.md §3, §9).
#include <strata/proofs/node.hpp>
#include <strata/proofs/post/vanilla_proof.hpp>
#include <strata/types/sector.hpp>

namespace strata::proofs {

enum class PostKind : std::uint8_t { winning, window };

/// FIP-0061 (WindowPoSt V1_1) made challenges independent of a sector's position.
enum class PostRules : std::uint8_t { by_position, by_sector };

struct PostConfig {
    std::uint64_t sector_size = 0;
    PostKind kind{};
    PostRules rules{};
    PostShape shape;  // of the circuit: sectors of a partition and challenges of each

    /// Errors: invalid_argument.
    static Result<PostConfig> of(RegisteredPoStProof proof);
    static Result<PostConfig> of(std::uint64_t sector_size, PostKind kind, PostRules rules);

    std::uint64_t nodes() const { return sector_size / kNodeSize; }
    /// The number of leaves that are proven of one real sector: 10, or 66 for WinningPoSt, whose circuit has 66 sectors
    /// of one leaf each.
    std::size_t leaves() const { return kind == PostKind::winning ? shape.sectors : shape.challenges; }
    /// The number of partitions that `sectors` real sectors need.
    std::size_t partitions(std::size_t sectors) const;
};

/// The public facts about a sector.
struct PostSector {
    SectorNumber number = 0;
    Hash256 comm_r{};
};

/// Clears the two top bits of chain randomness, as PoSt does before use.
Hash256 post_randomness(Hash256 randomness);
/// Returns the leaf that challenge q selects in a sector with this many nodes.
std::uint64_t post_leaf(const Hash256& randomness, SectorNumber sector, std::uint64_t q, std::uint64_t nodes);
/// Returns the challenged leaves of the sector at `position` among all sectors of the proof.
std::vector<std::uint64_t> post_leaves(const PostConfig& config, const Hash256& randomness, SectorNumber sector,
                                       std::uint64_t position);
/// Returns the index, among `sectors` sectors, of the one that WinningPoSt asks for at draw `draw`.
std::uint64_t winning_sector_index(const Hash256& prover_id, const Hash256& randomness, std::uint64_t sectors,
                                   std::uint64_t draw = 0);

/// Returns the public inputs of every partition's SNARK, without ONE. Sectors must be in strictly ascending order of
/// their numbers; WinningPoSt takes exactly one. The last partition is filled with copies of its last sector. Errors:
/// invalid_argument; non_canonical if a CommR is not a field element.
Result<std::vector<std::vector<crypto::Fr>>> post_public_inputs(const PostConfig& config, const Hash256& randomness,
                                                                std::span<const PostSector> sectors);

}  // namespace strata::proofs
