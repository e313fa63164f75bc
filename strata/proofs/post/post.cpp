#include <strata/proofs/post/post.hpp>

#include <optional>

#include <strata/base/hex.hpp>
#include <strata/base/thread_pool.hpp>
#include <strata/proofs/merkle/replica_tree.hpp>
#include <strata/proofs/porep/sealed_sector.hpp>

namespace strata::proofs {

using crypto::Fr;

Result<PostSectorValues> read_checked_leaves(const PostConfig& config, const HeldSector& held,
                                             std::span<const std::uint64_t> leaves) {
    STRATA_TRY(const auto replica, MappedFile::open(held.sealed));
    const ReplicaTreeShape shape(static_cast<unsigned>(std::countr_zero(config.nodes())));
    STRATA_TRY(const auto tree, ReplicaTree::open(shape, held.cache, kTreeRLastStem, nodes_of(replica.bytes())));
    STRATA_TRY(const auto commitments, read_commitments(held.cache, {}));
    PostSectorValues out;
    STRATA_TRY(out.comm_c, Fr::from_bytes(commitments.comm_c));
    out.comm_r_last = tree.root();
    STRATA_TRY(out.comm_r, Fr::from_bytes(held.sector.comm_r));
    for (const auto index : leaves) {
        STRATA_TRY(const auto leaf, tree.leaf(index));
        STRATA_TRY(auto path, tree.path(index));
        out.leaves.push_back(leaf);
        out.paths.push_back(std::move(path));
    }
    // Damage on the disk is found here, while the sector can still be declared faulty: the paths of a damaged sector do
    // not lead to CommR.
    STRATA_OK(check_post_sector(shape.path, out, held.sector.comm_r, leaves));
    return out;
}

Status check_post_sector(const PathShape& tree, const PostSectorValues& shown, const Hash256& comm_r,
                         std::span<const std::uint64_t> leaves) {
    if (shown.leaves.size() != leaves.size() || shown.paths.size() != leaves.size())
        return fail(Errc::invalid_argument, "the proof has " + std::to_string(shown.leaves.size()) + " leaves and " +
                                                std::to_string(shown.paths.size()) + " paths, expected " +
                                                std::to_string(leaves.size()) + " of each");
    if (shown.comm_r.to_bytes() != comm_r)
        return fail(Errc::verification,
                    "the sector's CommR is " + to_hex(shown.comm_r.to_bytes()) + ", expected " + to_hex(comm_r));
    if (comm_r_of(shown.comm_c, shown.comm_r_last) != shown.comm_r)
        return fail(Errc::verification, "the sector's CommR is not the hash of its CommC and CommRLast");
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        STRATA_TRY(const auto root, root_of_path(tree, shown.leaves[i], shown.paths[i]));
        if (shown.paths[i].index != leaves[i])
            return fail(Errc::verification, "a path belongs to leaf " + std::to_string(shown.paths[i].index) +
                                                ", expected leaf " + std::to_string(leaves[i]));
        if (root != shown.comm_r_last)
            return fail(Errc::verification,
                        "the path of leaf " + std::to_string(leaves[i]) + " does not lead to the sector's CommRLast");
    }
    return {};
}

Result<WindowVanilla> window_post_vanilla(const PostConfig& config, const Hash256& randomness,
                                          std::span<const HeldSector> sectors, const Watch& watch) {
    if (sectors.empty())
        return fail(Errc::invalid_argument, "there are 0 sectors, expected at least one for a WindowPoSt");
    if (config.kind != PostKind::window)
        return fail(Errc::invalid_argument, "the proof type is for WinningPoSt, expected one for WindowPoSt");
    const auto out_of_order = [](const HeldSector& a, const HeldSector& b) {
        return a.sector.number >= b.sector.number;
    };
    if (const auto at = std::ranges::adjacent_find(sectors, out_of_order); at != sectors.end())
        return fail(Errc::invalid_argument, "the sectors' numbers must ascend: sector " +
                                                std::to_string(at->sector.number) + " is followed by " +
                                                std::to_string(std::next(at)->sector.number));
    STRATA_OK(watch.at("vanilla proofs", 0));

    std::vector<std::optional<PostSectorValues>> shown(sectors.size());
    parallel_for(sectors.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (auto i = begin; i < end && !watch.stopped(); ++i) {
            auto values =
                read_checked_leaves(config, sectors[i], post_leaves(config, randomness, sectors[i].sector.number, i));
            if (values) shown[i] = std::move(*values);
        }
    });
    STRATA_OK(watch.at("vanilla proofs", 1));

    WindowVanilla out;
    for (std::size_t i = 0; i < sectors.size(); ++i)
        if (!shown[i]) out.faulty.push_back(sectors[i].sector.number);
    // Leaving out a sector can change the challenges of the sectors after it, so no proof is made until the caller has
    // removed the faulty sectors.
    if (!out.faulty.empty()) return out;
    out.partitions.resize(config.partitions(sectors.size()));
    // The last partition is filled with exact copies of the last real sector, challenges included.
    for (std::size_t i = 0; i < out.partitions.size() * config.shape.sectors; ++i)
        out.partitions[i / config.shape.sectors].push_back(*shown[std::min(i, sectors.size() - 1)]);
    return out;
}

Result<std::vector<PostSectorValues>> winning_post_vanilla(const PostConfig& config, const Hash256& randomness,
                                                           const HeldSector& sector) {
    if (config.kind != PostKind::winning)
        return fail(Errc::invalid_argument, "the proof type is for WindowPoSt, expected one for WinningPoSt");
    STRATA_TRY(auto all, read_checked_leaves(config, sector, post_leaves(config, randomness, sector.sector.number, 0)));
    std::vector<PostSectorValues> out;
    // The circuit has 66 sectors of one challenge. All of them are this sector, each with a leaf of its own.
    for (std::size_t i = 0; i < all.leaves.size(); ++i)
        out.push_back({all.comm_r_last, all.comm_c, all.comm_r, {all.leaves[i]}, {std::move(all.paths[i])}});
    return out;
}

Status check_sector(const PostConfig& config, const Hash256& randomness, const HeldSector& sector) {
    STRATA_OK(read_checked_leaves(config, sector, post_leaves(config, randomness, sector.sector.number, 0)));
    return {};
}

}  // namespace strata::proofs
