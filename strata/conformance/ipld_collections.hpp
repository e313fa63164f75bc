#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {
const Suite& ipld_collections();
}  // namespace strata::conformance
