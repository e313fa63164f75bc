#include <array>

#include <strata/conformance/api_samples.hpp>
#include <strata/conformance/cars.hpp>
#include <strata/conformance/codec_fixtures.hpp>
#include <strata/conformance/ipld_collections.hpp>
#include <strata/conformance/lotus_sectors.hpp>
#include <strata/conformance/multiformats.hpp>
#include <strata/conformance/proofs_circuits.hpp>
#include <strata/conformance/proofs_groth16_prove.hpp>
#include <strata/conformance/proofs_vanilla.hpp>
#include <strata/conformance/proofs_verify.hpp>
#include <strata/conformance/sequences.hpp>
#include <strata/conformance/serialization.hpp>
#include <strata/conformance/suite.hpp>
#include <strata/conformance/wycheproof.hpp>

namespace strata::conformance {

std::span<const Suite* const> suites() {
    static const std::array<const Suite*, 13> all{
        &codec_fixtures(),  &multiformats(),         &cars(),
        &serialization(),   &ipld_collections(),     &sequences(),
        &proofs_circuits(), &proofs_groth16_prove(), &proofs_vanilla(),
        &lotus_sectors(),   &wycheproof(),           &proofs_verify(),
        &api_samples(),
    };
    return all;
}

}  // namespace strata::conformance
