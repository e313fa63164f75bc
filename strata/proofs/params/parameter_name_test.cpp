// Protects the names of key files, by which published keys are found. Source: tests/vectors/proofs/groth16/keys.json,
// whose files storage-proofs-core 19.1.0 named.
#include <strata/proofs/params/parameter_name.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <strata/testing/vectors.hpp>

namespace strata::proofs {
namespace {

TEST(ParameterFile, names_are_the_references) {
    const auto keys =
        nlohmann::json::parse(strata::testing::read_file(*strata::testing::find_vectors("proofs/groth16/keys.json")));
    int compared = 0;
    for (const auto& key : keys.at("keys")) {
        if (!key.contains("sector") || !key.contains("vk_file")) continue;
        const auto file = key["vk_file"].get<std::string>();
        const auto kind = parse_circuit_kind(key["circuit"].get<std::string>());
        if (!kind || !file.starts_with("v28-")) continue;
        const auto name = parameter_name(*kind, parse_sector_bytes(key["sector"].get<std::string>()).value());
        ASSERT_TRUE(name) << name.error().message();
        EXPECT_EQ(*name + ".vk", file);
        ++compared;
    }
    EXPECT_GE(compared, 5);
}

TEST(ParameterFile, a_circuit_that_does_not_exist_has_no_name) {
    EXPECT_EQ(parameter_name(CircuitKind::porep, 3072).error().code(), Errc::invalid_argument);
    EXPECT_EQ(parameter_identifier(CircuitKind::window_post, 0).error().code(), Errc::invalid_argument);
}

}  // namespace
}  // namespace strata::proofs
