#include <strata/proofs/update/update.hpp>

#include <strata/base/mapped_file.hpp>
#include <strata/crypto/poseidon.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/merkle/data_tree.hpp>
#include <strata/proofs/merkle/replica_tree.hpp>
#include <strata/proofs/porep/sealed_sector.hpp>

namespace strata::proofs {

using crypto::Fr;

namespace {

constexpr std::size_t kHighBitsIndex = 3;  // provers use the fourth of the six allowed values of h

Fr update_hash(const Fr& a, const Fr& b) {
    return crypto::poseidon(crypto::update_poseidon_constants(), std::array{a, b});
}

/// Returns the top h bits of a node's index.
std::uint64_t high_of(const UpdateShape& shape, std::uint64_t node) {
    return node >> (shape.log2_nodes - update_high_bits(shape));
}

/// Tabulates rho for all 2^h values of the top h bits of an index.
std::vector<Fr> rhos(const UpdateShape& shape, const Fr& phi) {
    std::vector<Fr> out;
    for (std::uint64_t high = 0; high < std::uint64_t{1} << update_high_bits(shape); ++high)
        out.push_back(update_rho(phi, high));
    return out;
}

/// Returns h_select: bit i is set if h is allowed value i. If several of the six values are equal, the first one
/// counts.
std::uint64_t h_select_of(const UpdateShape& shape) {
    const auto at = std::ranges::find(shape.high_bits, update_high_bits(shape));
    return std::uint64_t{1} << (at - shape.high_bits.begin());
}

}  // namespace

unsigned update_high_bits(const UpdateShape& shape) {
    return shape.high_bits[kHighBitsIndex];
}

Fr update_phi(const Fr& comm_d_new, const Fr& comm_r_old) {
    return update_hash(comm_d_new, comm_r_old);
}

Fr update_rho(const Fr& phi, std::uint64_t high) {
    return update_hash(phi, Fr::from_u64(high));
}

std::vector<std::uint64_t> update_challenges(const UpdateShape& shape, const Fr& comm_r_new, std::uint64_t partition) {
    // Digest d of the partition is H'(comm_r_new, partition·digests + d), where H' is update_hash(). Its bits, the
    // lowest first, are cut into indices within the partition, and the number of the partition is put above each.
    const unsigned width = shape.log2_nodes - shape.log2_partitions;
    const std::size_t per_digest = Fr::kCapacity / width;
    const std::size_t digests = (shape.challenges + per_digest - 1) / per_digest;
    std::vector<std::uint64_t> out;
    for (std::size_t d = 0; d < digests; ++d) {
        const auto bytes = update_hash(comm_r_new, Fr::from_u64(partition * digests + d)).to_bytes();
        for (std::size_t i = 0; i < per_digest && out.size() < shape.challenges; ++i) {
            std::uint64_t node = partition << width;
            for (std::size_t bit = 0; bit < width; ++bit) {
                const std::size_t at = i * width + bit;
                node |= std::uint64_t{bytes[at / 8] >> (at % 8) & 1U} << bit;
            }
            out.push_back(node);
        }
    }
    return out;
}

Result<std::vector<Fr>> update_public_inputs(const UpdateShape& shape, const UpdateCommitments& commitments,
                                             std::uint64_t partition) {
    std::vector<Fr> out{Fr::from_u64(partition | h_select_of(shape) << shape.log2_partitions)};
    for (const auto* commitment : {&commitments.comm_r_old, &commitments.comm_d_new, &commitments.comm_r_new}) {
        STRATA_TRY(const auto element, Fr::from_bytes(*commitment));
        out.push_back(element);
    }
    return out;
}

Result<UpdateCommitments> encode_update(std::uint64_t sector_size, const UpdatePaths& paths, const Watch& watch) {
    STRATA_TRY(const auto shape, update_shape(sector_size));
    const ReplicaTreeShape tree_shape(shape.log2_nodes);
    STRATA_TRY(const auto old_commitments, read_commitments(paths.old_cache, {}));
    STRATA_TRY(const auto old_replica, MappedFile::open_sized(paths.old_sealed, sector_size));
    STRATA_TRY(const auto staged, MappedFile::open(paths.staged));
    if (staged.bytes().size() > sector_size || staged.bytes().size() % kNodeSize != 0)
        return fail(Errc::invalid_argument, paths.staged.string() + " has " + std::to_string(staged.bytes().size()) +
                                                " bytes, expected a multiple of 32, at most " +
                                                std::to_string(sector_size) + " (the sector size)");
    STRATA_TRY(const auto data,
               DataTree::build(paths.new_cache / kDataTreeFile, tree_shape.leaves, nodes_of(staged.bytes()), watch));
    STRATA_TRY(const auto comm_d_new, Fr::from_bytes(data.root()));
    STRATA_TRY(const auto comm_r_old, Fr::from_bytes(old_commitments.comm_r));
    STRATA_TRY(const auto comm_c, Fr::from_bytes(old_commitments.comm_c));
    const auto rho_by_high = rhos(shape, update_phi(comm_d_new, comm_r_old));

    STRATA_TRY(auto replica, MappedWriter::create(paths.new_sealed, sector_size));
    const auto old_nodes = nodes_of(old_replica.bytes());
    const auto new_nodes = nodes_of(replica.writable());
    // new = old + data·rho.
    const auto encode = [&](std::uint64_t first, std::span<Fr> out) -> Status {
        for (std::size_t i = 0; i < out.size(); ++i) {
            STRATA_TRY(const auto old_node, Fr::from_bytes(old_nodes[first + i]));
            STRATA_TRY(const auto value, Fr::from_bytes(data.leaves()[first + i]));
            out[i] = old_node + value * rho_by_high[high_of(shape, first + i)];
            new_nodes[first + i] = out[i].to_bytes();
        }
        return {};
    };
    STRATA_TRY(const auto root, build_replica_tree(tree_shape, encode, paths.new_cache, kTreeRLastStem,
                                                   tree_shape.first_kept_row(), watch));
    STRATA_OK(replica.commit());
    STRATA_OK(write_commitments(paths.new_cache, comm_c, root));
    return UpdateCommitments{old_commitments.comm_r, data.root(), comm_r_of(comm_c, root).to_bytes()};
}

Status decode_update(std::uint64_t sector_size, const UpdateCommitments& commitments,
                     const std::filesystem::path& old_sealed, const std::filesystem::path& new_sealed,
                     const std::filesystem::path& out) {
    STRATA_TRY(const auto shape, update_shape(sector_size));
    STRATA_TRY(const auto comm_d_new, Fr::from_bytes(commitments.comm_d_new));
    STRATA_TRY(const auto comm_r_old, Fr::from_bytes(commitments.comm_r_old));
    auto inverses = rhos(shape, update_phi(comm_d_new, comm_r_old));
    // data = (new - old)/rho.
    for (auto& rho : inverses) rho = rho.inverse();
    STRATA_TRY(const auto before, MappedFile::open_sized(old_sealed, sector_size));
    STRATA_TRY(const auto after, MappedFile::open_sized(new_sealed, sector_size));
    STRATA_TRY(auto data, MappedWriter::create(out, sector_size));
    for (std::uint64_t i = 0; i < sector_size / kNodeSize; ++i) {
        STRATA_TRY(const auto old_node, Fr::from_bytes(nodes_of(before.bytes())[i]));
        STRATA_TRY(const auto new_node, Fr::from_bytes(nodes_of(after.bytes())[i]));
        nodes_of(data.writable())[i] = ((new_node - old_node) * inverses[high_of(shape, i)]).to_bytes();
    }
    return data.commit();
}

Result<UpdateValues> update_vanilla(std::uint64_t sector_size, const UpdatePaths& paths,
                                    const UpdateCommitments& commitments, std::uint64_t partition) {
    STRATA_TRY(const auto shape, update_shape(sector_size));
    if (partition >> shape.log2_partitions != 0)
        return fail(Errc::invalid_argument, "partition " + std::to_string(partition) +
                                                " does not exist; partitions are 0 to " +
                                                std::to_string((std::uint64_t{1} << shape.log2_partitions) - 1));
    const ReplicaTreeShape tree_shape(shape.log2_nodes);
    STRATA_TRY(const auto before, MappedFile::open_sized(paths.old_sealed, sector_size));
    STRATA_TRY(const auto after, MappedFile::open_sized(paths.new_sealed, sector_size));
    STRATA_TRY(const auto old_tree,
               ReplicaTree::open(tree_shape, paths.old_cache, kTreeRLastStem, nodes_of(before.bytes())));
    STRATA_TRY(const auto new_tree,
               ReplicaTree::open(tree_shape, paths.new_cache, kTreeRLastStem, nodes_of(after.bytes())));
    STRATA_TRY(const auto data, DataTree::open(paths.new_cache / kDataTreeFile, tree_shape.leaves));
    STRATA_TRY(const auto cached, read_commitments(paths.new_cache, {}));

    UpdateValues out;
    out.partition = partition;
    out.h_select = h_select_of(shape);
    STRATA_TRY(out.comm_r_old, Fr::from_bytes(commitments.comm_r_old));
    STRATA_TRY(out.comm_d_new, Fr::from_bytes(commitments.comm_d_new));
    STRATA_TRY(out.comm_r_new, Fr::from_bytes(commitments.comm_r_new));
    STRATA_TRY(out.comm_c, Fr::from_bytes(cached.comm_c));
    out.root_r_old = old_tree.root();
    out.root_r_new = new_tree.root();

    // A partition is a subtree of TreeD. Its apex leaves are log2_apex_leaves rows below the root of that subtree.
    const unsigned partition_height = shape.log2_nodes - shape.log2_partitions;
    const unsigned apex_height = partition_height - shape.log2_apex_leaves;
    const std::uint64_t apex_leaves = std::uint64_t{1} << shape.log2_apex_leaves;
    for (std::uint64_t i = 0; i < apex_leaves; ++i) {
        STRATA_TRY(const auto node, Fr::from_bytes(data.row(apex_height)[partition * apex_leaves + i]));
        out.apex_leaves.push_back(node);
    }
    STRATA_TRY(const auto first_path, data.path(partition << partition_height));
    out.partition_siblings.assign(first_path.siblings.begin() + partition_height, first_path.siblings.end());

    for (const auto node : update_challenges(shape, out.comm_r_new, partition)) {
        UpdateChallengeValues shown;
        STRATA_TRY(shown.old_leaf, old_tree.leaf(node));
        STRATA_TRY(shown.data_leaf, Fr::from_bytes(data.leaves()[node]));
        STRATA_TRY(auto old_path, old_tree.path(node));
        STRATA_TRY(auto new_path, new_tree.path(node));
        STRATA_TRY(auto data_path, data.path(node));
        shown.old_siblings = std::move(old_path.siblings);
        shown.new_siblings = std::move(new_path.siblings);
        shown.data_siblings = std::move(data_path.siblings);
        out.challenges.push_back(std::move(shown));
    }
    return out;
}

}  // namespace strata::proofs
