#include <array>

#include <strata/conformance/ipld_collections.hpp>
#include <strata/conformance/proofs_circuits.hpp>
#include <strata/conformance/sequences.hpp>
#include <strata/conformance/suite.hpp>

namespace strata::conformance {

std::span<const Suite* const> suites() {
    static const std::array<const Suite*, 3> all{
        &ipld_collections(),
        &sequences(),
        &proofs_circuits(),
    };
    return all;
}

}  // namespace strata::conformance
