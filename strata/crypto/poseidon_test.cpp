#include <strata/crypto/poseidon.hpp>

#include <gtest/gtest.h>

namespace strata::crypto {

// docs/protocol/proofs.md §6: inputs 0, 1, ..., arity - 1 with the Merkle tag.
TEST(Poseidon, published_digests) {
    const std::pair<unsigned, std::string_view> known[] = {
        {2, "ffe7029a363c202e9da6059d33a9fba661e1ef02d90f9e736ba5765ed7086539"},
        {4, "5d076266ff149801ec2713bf05466bfb99932279653cdb008a84e5a9104ba558"},
        {8, "e6a5386df534992ad9aec49c9d2e684b777067114200011255dea5a31d619423"},
        {11, "6331692bc3bbe3cec18fb0ccd8dcf3097ae8eb32e237a56c287f22e5b2c10f0c"}};
    for (const auto& [arity, digest] : known) {
        std::vector<Fr> inputs;
        for (unsigned i = 0; i < arity; ++i) inputs.push_back(Fr::from_u64(i));
        EXPECT_EQ(poseidon(merkle_poseidon_constants(arity), inputs).to_hex(), digest);
    }
}

TEST(Poseidon, many_at_once_equal_one_by_one) {
    for (const unsigned arity : {2U, 4U, 8U, 11U}) {
        const auto& constants = merkle_poseidon_constants(arity);
        constexpr std::size_t kHashes = 21;  // not a multiple of the lanes
        std::vector<Fr> inputs;
        for (std::size_t i = 0; i < kHashes * arity; ++i) inputs.push_back(-Fr::from_u64(i * i * i + 7).inverse());
        std::vector<Fr> out(kHashes);
        poseidon_many(constants, inputs, out);
        for (std::size_t i = 0; i < kHashes; ++i)
            EXPECT_EQ(out[i], poseidon(constants, std::span(inputs).subspan(i * arity, arity)));
    }
}

}  // namespace strata::crypto
