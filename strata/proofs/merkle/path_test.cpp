// Protects paths in Merkle trees: the root they lead to, and that a path of the wrong form leads nowhere. Source:
// FRC-0069, the CID of a piece of 32 GiB of zeros, whose tree has 30 levels; docs/protocol/proofs.md §3, §7.
#include <strata/proofs/merkle/path.hpp>

#include <gtest/gtest.h>

#include <numeric>

#include <strata/proofs/piece/commitment.hpp>

namespace strata::proofs {
namespace {

/// The path of a leaf in a tree of zeros.
PathValues zero_path(unsigned height, std::uint64_t index) {
    PathValues out;
    out.index = index;
    for (unsigned level = 0; level < height; ++level)
        out.siblings.push_back(crypto::Fr::from_bytes(zero_commitment(std::uint64_t{32} << level)).value());
    return out;
}

TEST(MerklePath, thirty_levels_of_zeros_lead_to_the_published_piece) {
    const auto shape = PathShape::binary_sha256(30);
    ASSERT_EQ(shape.siblings(), 30U);
    for (const std::uint64_t index : {std::uint64_t{0}, std::uint64_t{12345}, (std::uint64_t{1} << 30) - 1}) {
        const auto root = root_of_path(shape, crypto::Fr(), zero_path(30, index));
        ASSERT_TRUE(root) << root.error().message();
        Commitment commitment{};
        std::ranges::copy(root->to_bytes(), commitment.begin());
        EXPECT_EQ(piece_cid(commitment).to_string(),
                  "baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq");
    }
}

TEST(MerklePath, the_side_of_a_sibling_matters) {
    const auto shape = PathShape::binary_sha256(1);
    const auto one = crypto::Fr::one();
    const auto left = root_of_path(shape, one, {0, {crypto::Fr()}}),
               right = root_of_path(shape, one, {1, {crypto::Fr()}});
    ASSERT_TRUE(left && right);
    EXPECT_NE(left->to_hex(), right->to_hex());
    // The other leaf's path leads to the same root.
    EXPECT_EQ(root_of_path(shape, crypto::Fr(), {1, {one}})->to_hex(), left->to_hex());
}

TEST(MerklePath, a_path_of_the_wrong_form_is_refused) {
    const auto shape = PathShape::binary_sha256(4);
    EXPECT_EQ(root_of_path(shape, crypto::Fr(), zero_path(3, 0)).error().code(), Errc::invalid_argument);
    EXPECT_EQ(root_of_path(shape, crypto::Fr(), zero_path(5, 0)).error().code(), Errc::invalid_argument);
    EXPECT_EQ(root_of_path(shape, crypto::Fr(), zero_path(4, 16)).error().code(), Errc::invalid_argument);
    EXPECT_EQ(root_of_path(shape, crypto::Fr(), zero_path(4, UINT64_MAX)).error().code(), Errc::invalid_argument);
    EXPECT_TRUE(root_of_path(shape, crypto::Fr(), zero_path(4, 15)));
}

// The reference's tree of a 32 GiB replica has ten levels of eight; that of 64 GiB has a level of two on top
// (docs/protocol/proofs.md §3).
TEST(MerklePath, shapes_of_replicas) {
    const auto leaves = [](const PathShape& shape) {
        return std::accumulate(shape.arities.begin(), shape.arities.end(), std::uint64_t{1}, std::multiplies<>());
    };
    for (const unsigned log2 : {6U, 18U, 24U, 30U, 31U}) {
        EXPECT_EQ(leaves(PathShape::of_replica(log2)), std::uint64_t{1} << log2) << log2;
        EXPECT_EQ(PathShape::of_replica(log2).hash, PathShape::Hash::poseidon);
    }
    EXPECT_EQ(PathShape::of_replica(31).arities.back(), 2U);
    EXPECT_EQ(PathShape::of_replica(30).arities.front(), 8U);
}

}  // namespace
}  // namespace strata::proofs
