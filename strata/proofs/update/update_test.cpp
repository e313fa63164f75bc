// Protects the numbers of a sector update: which nodes are proven and how new data is folded into the replica. Source:
// tests/vectors/proofs/update.json, computed with storage-proofs-update 19.1.0.
#include <strata/proofs/update/update.hpp>

#include <gtest/gtest.h>

#include <strata/proofs/test_vectors.hpp>

namespace strata::proofs {
namespace {

crypto::Fr element(const nlohmann::json& hex) {
    return crypto::Fr::from_bytes(testing::hash_of(hex)).value();
}

TEST(Update, challenges_factors_and_inputs_are_the_references) {
    int compared = 0;
    for (const auto& one : testing::cases_of("update.json")) {
        const auto shape = update_shape(testing::sector_bytes(one));
        ASSERT_TRUE(shape) << one["command"];
        if (one["h"].get<unsigned>() != update_high_bits(*shape)) continue;  // provers always use the fourth
        const auto phi = update_phi(element(one["comm_d_new"]), element(one["comm_r_old"]));
        EXPECT_EQ(phi.to_hex(), one["phi"].get<std::string>());
        for (std::size_t high = 0; high < one["rho"].size(); ++high)
            EXPECT_EQ(update_rho(phi, high).to_hex(), one["rho"][high].get<std::string>()) << one["command"] << high;
        const UpdateCommitments commitments{testing::hash_of(one["comm_r_old"]), testing::hash_of(one["comm_d_new"]),
                                            testing::hash_of(one["comm_r_new"])};
        for (std::size_t k = 0; k < one["challenges"].size(); ++k)
            EXPECT_EQ(update_challenges(*shape, element(one["comm_r_new"]), k),
                      one["challenges"][k].get<std::vector<std::uint64_t>>())
                << one["command"] << " partition " << k;
        std::vector<std::vector<crypto::Fr>> inputs;
        for (std::size_t k = 0; k < one["inputs"].size(); ++k) {
            const auto partition = update_public_inputs(*shape, commitments, k);
            ASSERT_TRUE(partition);
            inputs.push_back(*partition);
        }
        EXPECT_EQ(testing::hex_of(inputs), (one["inputs"].get<std::vector<std::vector<std::string>>>()))
            << one["command"];
        ++compared;
    }
    EXPECT_GE(compared, 3);
}

TEST(Update, a_commitment_above_the_modulus_is_refused) {
    const auto shape = update_shape(2048);
    ASSERT_TRUE(shape);
    UpdateCommitments commitments;
    ASSERT_TRUE(update_public_inputs(*shape, commitments, 0));
    for (auto* commitment : {&commitments.comm_r_old, &commitments.comm_d_new, &commitments.comm_r_new}) {
        commitment->fill(0xff);
        EXPECT_EQ(update_public_inputs(*shape, commitments, 0).error().code(), Errc::non_canonical);
        commitment->fill(0);
    }
}

}  // namespace
}  // namespace strata::proofs
