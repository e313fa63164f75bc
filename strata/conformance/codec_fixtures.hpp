#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {
const Suite& codec_fixtures();
}  // namespace strata::conformance
