#include <strata/proofs/merkle/path.hpp>

#include <strata/crypto/poseidon.hpp>
#include <strata/proofs/piece/commitment.hpp>

namespace strata::proofs {

using crypto::Fr;

namespace {

Fr parent_of(PathShape::Hash hash, std::span<const Fr> children) {
    if (hash == PathShape::Hash::poseidon)
        return crypto::poseidon(crypto::merkle_poseidon_constants(static_cast<unsigned>(children.size())), children);
    return Fr::from_bytes_trimmed(piece_node(children[0].to_bytes(), children[1].to_bytes()));
}

}  // namespace

PathShape PathShape::binary_sha256(unsigned height) {
    return {Hash::sha256, std::vector<unsigned>(height, 2)};
}

std::vector<unsigned> PathShape::above_base_of_replica(unsigned log2) {
    // Base levels use three bits of the index each. The sub and the top tree use the bits that are left: 8-8-2 and
    // 8-8-0 for large sectors.
    switch (log2) {
        case 5:  // 1KiB
        case 8:  // 8KiB
            return {4};
        case 7:   // 4KiB
        case 19:  // 16MiB
        case 25:  // 1GiB
            return {2};
        case 9:   // 16KiB
        case 30:  // 32GiB
            return {8};
        case 10:  // 32KiB
        case 31:  // 64GiB
            return {8, 2};
        default:
            return {};
    }
}

PathShape PathShape::of_replica(unsigned log2) {
    const auto upper = above_base_of_replica(log2);
    unsigned base_bits = log2;
    for (const unsigned arity : upper) base_bits -= log2_of(arity);
    PathShape shape{Hash::poseidon, std::vector<unsigned>(base_bits / 3, 8)};
    shape.arities.insert(shape.arities.end(), upper.begin(), upper.end());
    return shape;
}

Result<Fr> root_of_path(const PathShape& shape, const Fr& leaf, const PathValues& path) {
    if (path.siblings.size() != shape.siblings())
        return fail(Errc::invalid_argument, "the path has " + std::to_string(path.siblings.size()) +
                                                " siblings, expected " + std::to_string(shape.siblings()));
    // The lowest digit of the index, in base `arity`, is the place of the node among its siblings; the rest is the
    // index of its parent.
    std::uint64_t index = path.index;
    auto sibling = path.siblings.begin();
    Fr node = leaf;
    for (const unsigned arity : shape.arities) {
        STRATA_CHECK(arity > 1);
        std::vector<Fr> children;
        for (unsigned i = 0; i < arity; ++i) children.push_back(i == index % arity ? node : *sibling++);
        node = parent_of(shape.hash, children);
        index /= arity;
    }
    if (index != 0)
        return fail(Errc::invalid_argument,
                    "the path belongs to leaf " + std::to_string(path.index) + ", which is outside the tree");
    return node;
}

}  // namespace strata::proofs
