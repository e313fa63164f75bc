#include <array>

#include <strata/conformance/ipld_collections.hpp>
#include <strata/conformance/sequences.hpp>
#include <strata/conformance/suite.hpp>

namespace strata::conformance {

std::span<const Suite* const> suites() {
    static const std::array<const Suite*, 2> all{
        &ipld_collections(),
        &sequences(),
    };
    return all;
}

}  // namespace strata::conformance
